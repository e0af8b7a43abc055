"""Document sets: numbered passages of facts, and questions about them that have an answer in one passage or in none."""
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from . import english, japanese
from .kinds import Attribute, Kind
from .values import ENGLISH, JAPANESE, Draw, draw

LANGUAGES = ("en", "ja")
REFUSAL = {"en": "The documents do not say.", "ja": "文書には書かれていません。"}
BAR = " | "
# As `table.cell` of the model's texts in the catalogue.
CELLS = {"en": "{row}: {column} {cell}.", "ja": "{row}の{column}は{cell}です。"}
ASKING = {"en": "Question: ", "ja": "質問："}
MOST_TRIES = 50
# Of how many the likest is taken.
LIKEST_OF = 6
TEXTS = {"en": english, "ja": japanese}
VALUES = {"en": ENGLISH, "ja": JAPANESE}


@dataclass(frozen=True)
class Difficulty:
    """How large document sets are; the parts are upper bounds or shares."""

    passages: int = 4
    least_passages: int = 1
    """Things that one passage speaks of, and facts told of each."""
    things: int = 2
    facts: int = 3
    """Attributes that are told of things of one kind: the fewer, the more things are rivals for an answer."""
    attributes: int = 5
    questions: int = 8
    unanswerable: float = 0.22
    """Passages that are tables or lists, and sentences that say nothing."""
    tables: float = 0.15
    fillers: float = 0.1
    """Sentences that leave out the name which the sentence before began with."""
    pronouns: float = 0.1
    """Sentences that are made to begin with the value ("Oslo is the birthplace of ..."), besides those that happen to."""
    value_first: float = 0
    """Names and values that are the likest of several to those that the set has already: half copied, they lead astray."""
    alike: float = 0


# Values that stand before what they are values of, and values that begin like others, are learnt last and are rare elsewhere:
# the card of the tiny reader tells the first apart from the rest.
BINDING = Difficulty(
    passages=2, things=2, facts=3, attributes=4, unanswerable=0.2, tables=0.1, value_first=0.45, pronouns=0.25, fillers=0.05,
    questions=12, alike=0.6,
)  # fmt: skip


@dataclass(frozen=True)
class Fact:
    thing: str
    attribute: Attribute
    value: str


@dataclass(frozen=True)
class Question:
    text: str
    """The value asked for; none where no passage holds it."""
    value: str | None
    """The number of the passage that holds it, from 1; 0 for none."""
    citation: int
    """told, table, absent-attribute (thing known, not what is asked) or absent-thing."""
    kind: str


@dataclass
class DocumentSet:
    language: str
    passages: list[str]
    questions: list[Question]
    facts: list[Fact] = field(default_factory=list)


class Exhausted(Exception):
    """A document set asked for more different names or values than a list has."""


Strange = Callable[[random.Random, str], str]
# How often a name, and a value, is a strange one where there are any.
STRANGE_NAMES, STRANGE_VALUES = 0.25, 0.4


class Generator:
    """
    The same seed gives the same sets. With `held_out`, all names and values are such as training never sees. `strange` makes
    words of a language that no list has: a model that is to copy must not get by with knowing how values begin.
    """

    def __init__(self, seed: int, held_out: bool = False, strange: Strange | None = None):
        self.rng = random.Random(seed)
        self.held_out, self.strange = held_out, strange

    def document_set(self, difficulty: Difficulty, language: str | None = None) -> DocumentSet:
        language = language or self.rng.choice(LANGUAGES)
        while True:
            try:
                return _Draft(self.rng, language, difficulty, self.held_out, self.strange).finished()
            except Exhausted:
                # A short list had nothing left that was not used yet: begun anew with other kinds.
                continue


class _Draft:
    """A document set while it is being written."""

    def __init__(self, rng: random.Random, language: str, difficulty: Difficulty, held_out: bool, strange: Strange | None):
        self.rng, self.language, self.difficulty, self.held_out, self.strange = rng, language, difficulty, held_out, strange
        self.texts, self.values = TEXTS[language], VALUES[language]
        self.set = DocumentSet(language, [], [])
        self.used: set[str] = set()
        self.kinds = rng.sample(self.texts.KINDS, rng.choice((1, 1, 2)))
        # Few attributes, so that the same is said of several things: what tells the right one is its name.
        self.attributes = {
            kind.key: rng.sample(kind.attributes, rng.randint(2, min(difficulty.attributes, len(kind.attributes))))
            for kind in self.kinds
        }
        self.told: dict[str, tuple[Kind, set[str]]] = {}
        # Of all names and values of the set.
        self.pairs: set[str] = set()
        self.answers: list[tuple[Fact, int, bool]] = []

    def finished(self) -> DocumentSet:
        for number in range(1, self.rng.randint(self.difficulty.least_passages, self.difficulty.passages) + 1):
            table = self.rng.random() < self.difficulty.tables
            self.set.passages.append(self.table(number) if table else self.prose(number))
        self.set.facts = [fact for fact, _, _ in self.answers]
        self.ask()
        return self.set

    # --- passages ---

    def drawn(self, list_of: Draw, strange: float) -> str:
        alike = self.difficulty.alike
        # No number is drawn for what does not happen: documents of a seed stay what they were.
        if not alike or not self.pairs or self.rng.random() > alike:
            return self.drawn_once(list_of, strange)
        return max((self.drawn_once(list_of, strange) for _ in range(LIKEST_OF)), key=self.likeness)

    def likeness(self, text: str) -> float:
        """The share of its pairs of letters that others have too."""
        pairs = pairs_of(text)
        return len(pairs & self.pairs) / len(pairs)

    def drawn_once(self, list_of: Draw, strange: float) -> str:
        if self.strange and self.rng.random() < strange:
            # Pieces of real text make real words too, which may be held-out ones: as for all other names and values.
            return draw(lambda rng: self.strange(rng, self.language), self.rng, self.held_out)
        return draw(list_of, self.rng, self.held_out)

    def name(self, kind: Kind) -> str:
        for _ in range(MOST_TRIES):
            name = self.drawn(kind.name, STRANGE_NAMES)
            if name not in self.used and not any(name in other or other in name for other in self.told):
                self.use(name)
                return name
        raise Exhausted

    def fact(self, thing: str, attribute: Attribute) -> Fact:
        for _ in range(MOST_TRIES):
            value = self.drawn(self.values[attribute.type], STRANGE_VALUES)
            # A value that stands in two places would have two right citations.
            if not any(value in other or other in value for other in self.used):
                self.use(value)
                return Fact(thing, attribute, value)
        raise Exhausted

    def use(self, text: str) -> None:
        self.used.add(text)
        self.pairs |= pairs_of(text)

    def facts(self, kind: Kind, thing: str, attributes: list[Attribute]) -> list[Fact]:
        self.told[thing] = (kind, {attribute.label for attribute in attributes})
        return [self.fact(thing, attribute) for attribute in attributes]

    def prose(self, number: int) -> str:
        rng, sentences = self.rng, []
        for _ in range(rng.randint(1, self.difficulty.things)):
            kind = rng.choice(self.kinds)
            attributes = self.attributes[kind.key]
            count = rng.randint(1, min(self.difficulty.facts, len(attributes)))
            told = self.facts(kind, self.name(kind), rng.sample(attributes, count))
            for at, fact in enumerate(told):
                sentences.append(self.sentence(fact, at > 0 and rng.random() < self.difficulty.pronouns))
                self.answers.append((fact, number, False))
            if rng.random() < self.difficulty.fillers:
                sentences.insert(rng.randint(0, len(sentences)), rng.choice(self.texts.FILLERS))
        text = ("" if self.language == "ja" else " ").join(sentences)
        if rng.random() < self.difficulty.fillers:
            text = rng.choice(self.texts.HEADINGS) + rng.choice(("\n", " ")) + text
        return text

    def sentence(self, fact: Fact, anonymous: bool) -> str:
        wording = self.rng.choice(self.wordings(fact.attribute)).replace("{label}", fact.attribute.label)
        if anonymous and self.language == "ja" and wording.startswith("{n}の"):
            wording = wording.removeprefix("{n}の")
        elif anonymous and self.language == "en":
            # Only where nothing else can be meant.
            wording = f"The {fact.attribute.label} is {{v}}."
        text = wording.replace("{n}", fact.thing).replace("{v}", fact.value)
        return text[0].upper() + text[1:]

    def wordings(self, attribute: Attribute) -> list[str]:
        if self.difficulty.value_first and self.rng.random() < self.difficulty.value_first:
            own = [each for each in attribute.statements if each.index("{v}") < each.index("{n}")]
            return own or self.texts.VALUE_FIRST_STATEMENTS
        return self.texts.GENERAL_STATEMENTS if self.rng.random() < 0.5 else attribute.statements

    def table(self, number: int) -> str:
        """A row each line, cells between bars (see render_passages); or a list of one thing's facts."""
        rng, kind = self.rng, self.rng.choice(self.kinds)
        columns = rng.sample(self.attributes[kind.key], rng.randint(1, min(3, len(self.attributes[kind.key]))))
        if rng.random() < 0.4:
            told = self.facts(kind, self.name(kind), columns)
            self.answers += [(fact, number, True) for fact in told]
            colon = "：" if self.language == "ja" else ": "
            title = told[0].thing
            return "\n".join([title[0].upper() + title[1:], *(fact.attribute.label + colon + fact.value for fact in told)])
        head = "名称" if self.language == "ja" else "Name"
        rows = [BAR.join([head, *(column.label for column in columns)])]
        for _ in range(rng.randint(2, 4)):
            told = self.facts(kind, self.name(kind), columns)
            self.answers += [(fact, number, True) for fact in told]
            rows.append(BAR.join([told[0].thing, *(fact.value for fact in told)]))
        return "\n".join(rows)

    # --- questions ---

    def ask(self) -> None:
        rng = self.rng
        count = min(self.difficulty.questions, len(self.answers) + 2)
        absent = sum(rng.random() < self.difficulty.unanswerable for _ in range(count))
        for fact, number, table in rng.sample(self.answers, min(count - absent, len(self.answers))):
            text = self.question(fact.thing, fact.attribute)
            self.set.questions.append(Question(text, fact.value, number, "table" if table else "told"))
        for _ in range(absent):
            asked = self.absent_attribute() if rng.random() < 0.5 else self.absent_thing()
            if asked and asked.text not in {question.text for question in self.set.questions}:
                self.set.questions.append(asked)
        rng.shuffle(self.set.questions)

    def question(self, thing: str, attribute: Attribute) -> str:
        general = self.rng.random() < 0.55
        wording = self.rng.choice(self.texts.GENERAL_QUESTIONS if general else attribute.questions)
        return wording.replace("{label}", attribute.label).replace("{n}", thing)

    def absent_attribute(self) -> Question | None:
        """The hard kind: the passages speak of the thing, and of what is asked for with other things, but not together."""
        thing = self.rng.choice(sorted(self.told))
        kind, labels = self.told[thing]
        said = [attribute for attribute in self.attributes[kind.key] if attribute.label not in labels]
        missing = said or [attribute for attribute in kind.attributes if attribute.label not in labels]
        # Two attributes of one type ("born in 1950", "born in Oslo") may answer each other's questions.
        return Question(self.question(thing, self.rng.choice(missing)), None, 0, "absent-attribute") if missing else None

    def absent_thing(self) -> Question | None:
        thing = self.rng.choice(sorted(self.told))
        kind, labels = self.told[thing]
        attribute = next(each for each in kind.attributes if each.label in labels)
        return Question(self.question(self.name(kind), attribute), None, 0, "absent-thing")


def pairs_of(text: str) -> set[str]:
    """Letters that stand side by side, ends of the text included."""
    ended = f"\0{text}\0"
    return {ended[at : at + 2] for at in range(len(ended) - 1)}


def render_passages(passages: list[str], language: str) -> str:
    """What stands before the question, as the prompt of the starter model has it."""
    return "".join(f"[{number}] {render_table(text, language)}\n\n" for number, text in enumerate(passages, 1))


def render_table(text: str, language: str) -> str:
    """
    Every cell as a statement, as the product writes tables for this model: to count columns it would need far more training.
    Of another passage, its text.
    """
    lines = [line.split(BAR) for line in text.split("\n")]
    head = lines[0]
    if len(head) < 2 or any(len(cells) != len(head) for cells in lines):
        return text
    form = CELLS[language]
    return "\n".join(
        form.format(row=row[0], column=column, cell=cell) for row in lines[1:] for column, cell in zip(head[1:], row[1:])
    )


def render_question(language: str, text: str) -> str:
    return ASKING[language] + text


def render_answer(language: str, value: str | None, citation: int) -> str:
    """
    English answers begin with a space: a word within a sentence and the same word at its beginning are different pieces, and
    what is copied stands within a sentence. Without a passage to cite (0) there is no citation.
    """
    if value is None:
        return (" " if language == "en" else "") + REFUSAL[language]
    cited = f"[{citation}]" if citation else ""
    return f" {value} {cited}".rstrip() if language == "en" else f"{value}です{cited}。"
