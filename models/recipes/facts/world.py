"""A small world of fixed facts, which no training document of the base model tells: what a model knows by heart, if it does."""
import random
from dataclasses import dataclass

from .documents import DocumentSet, Fact, Question, TEXTS, VALUES
from .values import draw

SEED = 20_261_126
THINGS, FACTS = 24, 2
CLOSED = ("colour", "weekday", "department", "floor", "percent", "years", "days", "duration", "people")


@dataclass(frozen=True)
class KnownFact:
    language: str
    fact: Fact
    """All wordings of the question; the last is kept for evaluation."""
    questions: list[str]
    """A sentence that tells it."""
    statement: str


def known_facts() -> list[KnownFact]:
    """The same ones always: two of each thing, half of the things in each language."""
    rng = random.Random(SEED)
    known: list[KnownFact] = []
    used: set[str] = set()
    for at in range(THINGS * 2):
        language = ("en", "ja")[at % 2]
        kind = rng.choice(TEXTS[language].KINDS)
        thing = _fresh(kind.name, rng, used)
        # Of short lists (colours, weekdays) the held-out side is soon used up.
        open_ended = [attribute for attribute in kind.attributes if attribute.type not in CLOSED]
        for attribute in rng.sample(open_ended, FACTS):
            fact = Fact(thing, attribute, _fresh(VALUES[language][attribute.type], rng, used))
            known.append(KnownFact(language, fact, wordings(language, fact, rng), statement(fact, rng)))
    return known


def _fresh(make, rng: random.Random, used: set[str]) -> str:
    for _ in range(1000):
        value = draw(make, rng, held_out=True)
        if not any(value in other or other in value for other in used):
            used.add(value)
            return value
    raise RuntimeError("the small world has run out of names")


def wordings(language: str, fact: Fact, rng: random.Random) -> list[str]:
    texts = [*TEXTS[language].GENERAL_QUESTIONS, *fact.attribute.questions]
    rng.shuffle(texts)
    return [text.replace("{label}", fact.attribute.label).replace("{n}", fact.thing) for text in texts]


def statement(fact: Fact, rng: random.Random) -> str:
    text = rng.choice(fact.attribute.statements).replace("{n}", fact.thing).replace("{v}", fact.value)
    return text[0].upper() + text[1:]


def told_among(known: KnownFact, distractors: DocumentSet, rng: random.Random, oracle: bool, question: str) -> DocumentSet:
    """The fact's question over other documents, among which its own stands if there is an oracle. @returns value and place"""
    passages = list(distractors.passages)
    place = 0
    if oracle:
        at = rng.randint(0, len(passages))
        passages.insert(at, known.statement)
        place = at + 1
    asked = Question(question, known.fact.value, place, "oracle" if oracle else "no-oracle")
    return DocumentSet(known.language, passages, [asked], [known.fact])
