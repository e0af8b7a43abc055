"""Cutting text into pieces by a unigram model (Kudo 2018), step by step as @huggingface/tokenizers does, ties and rounding
included: the file that a browser reads, tokenizer.json, has to give the ids that the weights were trained on.
"""

# How much less likely than the least likely piece a character is that no piece holds.
UNKNOWN_PENALTY = 10


class Unigram:
    def __init__(self, pieces: list[str], scores: list[float], unknown: int):
        self.pieces, self.scores, self.unknown = pieces, scores, unknown
        self.ids = {piece: id for id, piece in enumerate(pieces)}
        self.longest = max(map(len, pieces))
        self.unknown_score = min(scores) - UNKNOWN_PENALTY

    def cut(self, run: str) -> list[int]:
        """The most probable way to cut a run. Of equal ones that wins whose last piece begins first."""
        # Pieces that end at each place: (probability of all so far, id, the piece before it).
        ending: list[list] = [[] for _ in range(len(run) + 1)]
        ending[0].append((0.0, -1, None))
        for start in range(len(run)):
            single = False
            for end in range(start + 1, min(len(run), start + self.longest) + 1):
                id = self.ids.get(run[start:end])
                if id is not None and ending[start]:
                    ending[end].append(self._best(ending[start], self.scores[id], id))
                    single = single or end == start + 1
            if not single:
                ending[start + 1].append(self._best(ending[start], self.unknown_score, self.unknown))
        node, ids = self._best(ending[-1], 0.0, -1)[2], []
        while node[2] is not None:
            ids.append(node[1])
            node = node[2]
        return ids[::-1]

    @staticmethod
    def _best(before: list, score: float, id: int) -> tuple:
        best = None
        for node in before:
            if best is None or node[0] + score > best[0]:
                best = (node[0] + score, id, node)
        return best
