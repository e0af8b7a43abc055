"""The soft lexicon while it is trained: a vector for each piece, how much each counts in a question, and two numbers.

    score(question, passage) = sum over question pieces t of weight(t) * max over passage pieces u of relu(cos(t, u))^3
                               - penalty * log(number of different pieces of the passage)

A late interaction (Khattab & Zaharia 2020) whose vectors know no context, so that its similarities can be written down.
"""
import numpy as np
import torch
import torch.nn.functional as F

# Between vectors that have little in common a cosine is still a tenth or two, and many of them add up.
POWER = 3
PENALTY, SHARPNESS = 0.05, 4.0


class Lexicon(torch.nn.Module):
    def __init__(self, table: torch.Tensor, weights: np.ndarray):
        """@param weights how much each piece counts in a question, to begin with: above 0"""
        super().__init__()
        self.table = torch.nn.Parameter(F.normalize(table, dim=1))
        # Softplus keeps a weight above 0; this is its inverse.
        self.raw_weights = torch.nn.Parameter(torch.tensor(np.log(np.expm1(weights)), dtype=torch.float32))
        self.penalty = torch.nn.Parameter(torch.tensor(PENALTY))
        self.log_sharpness = torch.nn.Parameter(torch.tensor(float(np.log(SHARPNESS))))

    def weights(self) -> torch.Tensor:
        return F.softplus(self.raw_weights)

    def scores(self, questions: list[np.ndarray], passages: list[np.ndarray]) -> torch.Tensor:
        """Questions x passages. A text counts as the set of its pieces; none may be empty."""
        device = self.table.device
        asked, asked_ids, _ = unique(questions, device)
        held, held_ids, lengths = unique(passages, device)
        vectors = F.normalize(self.table[held], dim=1), F.normalize(self.table[asked], dim=1)
        likeness = vectors[0] @ vectors[1].T
        # Which piece of each passage is the most like each asked one; only those get a gradient.
        with torch.no_grad():
            best = torch.stack([ids[likeness[ids].argmax(0)] for ids in held_ids.split(lengths)])
        found = torch.relu(likeness.gather(0, best)) ** POWER
        rows = torch.repeat_interleave(
            torch.arange(len(questions), device=device),
            torch.tensor([len(np.unique(question)) for question in questions], device=device),
        )
        present = torch.zeros(len(questions), len(asked), device=device)
        present[rows, asked_ids] = 1
        sizes = torch.tensor(lengths, dtype=torch.float32, device=device)
        return (present * self.weights()[asked]) @ found.T - self.penalty * sizes.log()


def unique(texts: list[np.ndarray], device: torch.device) -> tuple[torch.Tensor, torch.Tensor, list[int]]:
    """All different pieces; the places in it of each text's different pieces, end to end; how many each text has."""
    sets = [np.unique(text).astype(np.int64) for text in texts]
    every, places = np.unique(np.concatenate(sets), return_inverse=True)
    return torch.from_numpy(every).to(device), torch.from_numpy(places).to(device), [len(one) for one in sets]
