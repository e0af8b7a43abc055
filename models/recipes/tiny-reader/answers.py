"""What a model answers, word for word, by greedy decoding."""
import numpy as np
import torch

from batches import Example, Render, as_example, collate
from common.llama import Batch, Llama
from common.text_tokenizer import END, TextTokenizer
from facts.documents import DocumentSet

# The json adapter is to write up to 49, and 48 cut three of the 719 held-out answers.
LONGEST = 64
SETS_AT_ONCE = 8


@torch.no_grad()
def greedy_ids(model: Llama, ids: list[int], most: int) -> tuple[list[int], np.ndarray]:
    """The most likely continuation, without what ends it, and the logits of its first token."""
    tokens: list[int] = []
    first = np.zeros(0)
    table = model.table()
    while len(tokens) < most:
        # A question alone: its first token is the prefix.
        prefix = torch.tensor([ids[:1]], device=table.device)
        rest = torch.tensor([[[*ids[1:], *tokens]]], device=table.device)
        batch = Batch(prefix, torch.ones(1, dtype=torch.long, device=table.device), rest, rest > 0)
        logits = (model.hidden(batch, table)[0, 0, -1] @ table.T).cpu().numpy()
        first = logits if not tokens else first
        token = int(logits.argmax())
        if token == END:
            break
        tokens.append(token)
    return tokens, first


@torch.no_grad()
def answers(model: Llama, tokenizer: TextTokenizer, sets: list[DocumentSet], render: Render) -> list[list[str]]:
    """
    The answer to each question of each set. Where every token of the expected answer is the most likely one, greedy decoding
    would give just that; only the other questions are decoded.
    """
    given: list[list[str]] = []
    for start in range(0, len(sets), SETS_AT_ONCE):
        part = sets[start : start + SETS_AT_ONCE]
        examples = [as_example(tokenizer, each, render) for each in part]
        right = _all_right(model, examples)
        for row, (documents, (prefix, items, starts)) in enumerate(zip(part, examples)):
            texts = [render(documents.language, each.value, each.citation) for each in documents.questions]
            missed = [column for column in range(len(items)) if not right[row][column]]
            decoded = _decode(model, prefix, [items[column][: starts[column]] for column in missed]) if missed else []
            for column, ids in zip(missed, decoded):
                texts[column] = tokenizer.decode(ids)
            given.append(texts)
    return given


def _all_right(model: Llama, examples: list[Example]) -> list[list[bool]]:
    batch = collate(examples).to(str(model.embed_tokens.device))
    logits, wanted = model.answers(batch)
    wrong = torch.zeros_like(batch.targets[..., :-1])
    wrong[batch.targets[..., :-1]] = logits.argmax(-1) != wanted
    return (~wrong.any(-1)).tolist()


def _decode(model: Llama, prefix: list[int], questions: list[list[int]]) -> list[list[int]]:
    """Several questions about one prefix, all read anew for each token: there are few of them."""
    device, table = model.embed_tokens.device, model.table()
    answered: list[list[int]] = [[] for _ in questions]
    open_ones = set(range(len(questions)))
    for _ in range(LONGEST):
        rows = [[*question, *answer] for question, answer in zip(questions, answered)]
        items = torch.full((1, len(rows), max(map(len, rows))), END, device=device)
        for at, row in enumerate(rows):
            items[0, at, : len(row)] = torch.tensor(row)
        batch = Batch(torch.tensor([prefix], device=device), torch.tensor([len(prefix)], device=device), items, items > 0)
        hidden = model.hidden(batch, table)[0]
        for at in sorted(open_ones):
            token = int((hidden[at, len(rows[at]) - 1] @ table.T).argmax())
            if token == END:
                open_ones.remove(at)
            else:
                answered[at].append(token)
        if not open_ones:
            break
    return answered
