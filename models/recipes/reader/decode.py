"""Greedy decoding of many questions at once: each prefix is read anew for every token, for all its questions together."""
from typing import Sequence

import torch
from batches import Example, collate
from common.llama import Llama
from common.running import precision
from common.text_tokenizer import END

LONGEST = 40


@torch.no_grad()
def decode(model: Llama, examples: Sequence[Example], at_once: int = 32, longest: int = LONGEST) -> list[list[list[int]]]:
    """The ids that follow each question of each example, without what ends them. What stands behind a question is not read."""
    device = str(model.embed_tokens.device)
    answered: list[list[list[int]]] = [[] for _ in examples]
    order = sorted(range(len(examples)), key=lambda at: len(examples[at][0]))
    for first in range(0, len(order), at_once):
        rows = order[first : first + at_once]
        with precision(device):
            found = _together(model, [examples[row] for row in rows], device, longest)
        for row, ids in zip(rows, found):
            answered[row] = ids
    return answered


def _together(model: Llama, examples: list[Example], device: str, longest: int) -> list[list[list[int]]]:
    table = model.table()
    asked = [[item[:start] for item, start in zip(items, starts)] for _, items, starts in examples]
    answers: list[list[list[int]]] = [[[] for _ in items] for items in asked]
    going = {(row, column) for row, items in enumerate(asked) for column in range(len(items))}
    for _ in range(longest):
        items = [[[*ids, *answer] for ids, answer in zip(*both)] for both in zip(asked, answers)]
        batch = collate([(prefix, own, [1] * len(own)) for (prefix, _, _), own in zip(examples, items)]).to(device)
        ends = torch.tensor([[row, column, len(items[row][column]) - 1] for row, column in sorted(going)], device=device).T
        hidden = model.hidden(batch, table)[ends[0], ends[1], ends[2]]
        for (row, column), token in zip(sorted(going), (hidden @ table.T).argmax(-1).tolist()):
            if token == END:
                going.discard((row, column))
            else:
                answers[row][column].append(token)
        if not going:
            break
    return answers
