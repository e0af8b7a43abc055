"""Writes the model card, and says whether a new lexicon is at least as good as the one that is shipped."""
import struct
from pathlib import Path

import numpy as np
from common import checkpoint
from common.batches import Pairs, held_out
from common.card import fill, table
from common.report import EVALUATION_SETS, recalls, unmeasured

SETS = {
    "jaquad": "JaQuAD train, titles held out: question → paragraph",
    "t0qa": "adversarial_qa, quoref, ropes, passages held out: question → passage",
    "jsts": "JSTS train, held out: Japanese sentence → one that says the same",
    "xling": "Tanaka corpus and Python documentation, held out: English → Japanese sentence",
    "alike-en": "English sentences of nearly one translation, held out: sentence → one that says the same",
}
ALONE, TOGETHER = "lexicon", "words and lexicon"
# Recall@1 that a set may lose by chance (a few questions of a thousand) and the lexicon still ships.
CHANCE = 0.002
HEADER = 40


class Packed:
    """A packed lexicon as the browser reads it."""

    def __init__(self, path: Path):
        data = path.read_bytes()
        self.size, _, words_from, links, _ = struct.unpack_from("<5I", data, 12)
        self.penalty, scale = struct.unpack_from("<2f", data, 32)
        at = HEADER + 4 * (self.size - words_from)
        ids = np.frombuffer(data, "<u2", links, at)
        self.weights = np.frombuffer(data, "u1", self.size, at + 2 * links) * scale
        counts = np.frombuffer(data, "u1", self.size, at + 2 * links + self.size)
        near = np.frombuffer(data, "u1", links, at + 2 * links + 2 * self.size) / 255
        ends = np.concatenate([[0], np.cumsum(counts.astype(int))])
        self.neighbours = [(ids[ends[i] : ends[i + 1]], near[ends[i] : ends[i + 1]]) for i in range(self.size)]

    def ranks(self, held: Pairs) -> np.ndarray:
        """The rank of each question's passage among all held-out ones, from 1."""
        holds = np.zeros((self.size, len(held.passages)), np.float32)
        for at, passage in enumerate(held.passages):
            holds[passage, at] = 1
        lengths = self.penalty * np.log(holds.sum(0).clip(1))
        found: dict[int, np.ndarray] = {}
        ranks = []
        for question, right in zip(held.questions, held.right):
            score = -lengths
            for piece in map(int, np.unique(question)):
                if piece not in found:
                    ids, near = self.neighbours[piece]
                    found[piece] = np.vstack([holds[piece], holds[ids] * near[:, None]]).max(0) * self.weights[piece]
                score = score + found[piece]
            ranks.append(int((score > score[right]).sum()) + 1)
        return np.array(ranks)


def held_scores(work: Path, lexicon: Path) -> str:
    packed, rows = Packed(lexicon), []
    for name, held in held_out(work).items():
        ranks = packed.ranks(held)
        shares = [(ranks <= 1).mean(), (ranks <= 10).mean(), np.where(ranks <= 10, 1 / ranks, 0).mean()]
        rows.append([SETS.get(name, name), len(ranks), len(held.passages), *(f"{share:.3f}" for share in shares)])
    return table(["held out", "questions", "passages", "R@1", "R@10", "MRR@10"], rows)


def losses(report: Path, before: Path) -> list[str]:
    """Sets that were not measured, or on which words and the new lexicon find less than words and the shipped one."""
    missing = [line for each in (before, report) for line in unmeasured(each, TOGETHER, EVALUATION_SETS)]
    if missing:
        return missing
    new, old = recalls(report, TOGETHER), recalls(before, TOGETHER)
    return [f"{name}: {new[name]:.3f} after {old[name]:.3f}" for name in EVALUATION_SETS if new[name] < old[name] - CHANCE]


def compared(report: Path | None, before: Path | None) -> str:
    if report is None:
        return "Printed by `npm run -s eval -- lexicon`."
    ways = [("words", report, "words")]
    for name, path in (("new", report), ("shipped before", before)):
        if path:
            ways += [(f"lexicon, {name}", path, ALONE), (f"words and lexicon, {name}", path, TOGETHER)]
    columns = [(title, recalls(path, way)) for title, path, way in ways]
    rows = [[name, *(f"{found.get(name, 0):.3f}" for _, found in columns)] for name in columns[0][1]]
    return table(["R@1", *(title for title, _ in columns)], [row for row in rows if row[0] != "northwind"])


def curve(points: list[dict]) -> str:
    names = list(points[0]["recall"])
    rows = [
        [f"{point['seconds'] / 60:.1f}", point["sum_steps"], point["steps"], *(f"{point['recall'][name]:.3f}" for name in names)]
        for point in points
    ]
    return table(["minutes", "steps of sums", "steps", *names], rows)


def begun(sum_steps: int) -> str:
    if sum_steps:
        return f"from nothing: {sum_steps:,} steps of up to 1,024 pairs by sums of vectors, then"
    return "from the vectors of the starter embedder (`models/starter/embedder`):"


def write_card(work: Path, output: Path, report: Path | None, before: Path | None) -> None:
    state = checkpoint.load(work / "checkpoint.pt", "cpu")
    if state is None:
        raise SystemExit("nothing is trained yet")
    held = held_scores(work, output / "lexicon.bin")
    parts = {
        "size": f"{(output / 'lexicon.bin').stat().st_size / 1e6:.2f}", "pieces": f"{len(state['table']):,}",
        "dimension": state["table"].shape[1], "minutes": f"{state['seconds'] / 60:.0f}",
        "begun": begun(state["sum_steps"]), "steps": f"{state['steps']:,}",
        "penalty": f"{float(state['lexicon']['penalty']):.3f}", "held": held, "evaluated": compared(report, before),
        "curve": curve(state["curve"]),
    }  # fmt: skip
    (output / "README.md").write_text(fill(Path(__file__).parent / "card.md", parts), encoding="utf-8")
    print(held, flush=True)
