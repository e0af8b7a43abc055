/** What an adapter is trained with. */
export interface Recipe {
  /** Repository of the base with its training weights on the Hugging Face hub, and its revision. */
  base: string
  revision: string
  /** Name of the adapter. */
  name: string
  rank: number
  alpha: number
  /** Linear layers by their names in the base. */
  targets: readonly string[]
  epochs: number
  learningRate: number
  batch: number
  /** Tokens of an example, at most; longer ones are left out, not cut. */
  maxTokens: number
  seed: number
}

export const defaultRecipe: Omit<Recipe, 'base' | 'revision' | 'name'> = {
  rank: 16,
  alpha: 32,
  targets: ['q_proj', 'k_proj', 'v_proj', 'o_proj'],
  epochs: 3,
  learningRate: 2e-4,
  batch: 8,
  maxTokens: 2048,
  seed: 1,
}

/** A text as a literal of Python: JSON's strings are Python's too. */
const literal = (value: unknown): string => JSON.stringify(value)

/** What the program needs, as pip reads it; the oldest versions that have all that it calls. */
export const requirements = ['torch>=2.3', 'transformers>=4.44', 'peft>=0.12'] as const

/**
 * The program that trains the adapter. Python 3.10 or newer, torch, transformers, peft.
 * @param data the file of the pack that is trained on where none is named
 */
export const trainingScript = (
  recipe: Recipe,
  data = 'raft.jsonl',
): string => `"""Trains the LoRA adapter ${recipe.name.replace(/[\\"]/g, '')} from the .jsonl files beside this one.

    pip install -r requirements.txt
    python train.py ${data}              # or another .jsonl of the pack, or several

Writes adapter/adapter_config.json and adapter/adapter_model.safetensors, and the loss by step to adapter/curve.json.
"""
import json
import random
import sys
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer

BASE = ${literal(recipe.base)}
REVISION = ${literal(recipe.revision)}
TARGETS = ${literal(recipe.targets)}
RANK, ALPHA = ${recipe.rank}, ${recipe.alpha}
EPOCHS, BATCH, RATE = ${recipe.epochs}, ${recipe.batch}, ${recipe.learningRate}
LONGEST, SEED = ${recipe.maxTokens}, ${recipe.seed}
IGNORED = -100  # labels that take no part in the loss


def encode(tokenizer, row):
    """Tokens and labels of a row. Of a conversation only the last turn is learnt; of a plain text all of it."""
    if "text" in row:
        ids = tokenizer(row["text"], add_special_tokens=True)["input_ids"] + [tokenizer.eos_token_id]
        return ids, list(ids)
    given = tokenizer.apply_chat_template(row["messages"][:-1], tokenize=False, add_generation_prompt=True)
    whole = tokenizer.apply_chat_template(row["messages"], tokenize=False)
    if not whole.startswith(given):
        # Templates that open a block of thinking before an answer: the answer is put behind what the model is given.
        whole = given + row["messages"][-1]["content"] + tokenizer.eos_token
    before = tokenizer(given, add_special_tokens=False)["input_ids"]
    ids = tokenizer(whole, add_special_tokens=False)["input_ids"]
    return ids, [IGNORED] * len(before) + ids[len(before):]


def batches(examples, tokenizer):
    """Padded batches of examples in random order."""
    order = random.sample(examples, len(examples))
    pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id
    for at in range(0, len(order), BATCH):
        part = order[at:at + BATCH]
        longest = max(len(ids) for ids, _ in part)
        fill = lambda values, by: values + [by] * (longest - len(values))
        yield {
            "input_ids": torch.tensor([fill(ids, pad) for ids, _ in part]),
            "attention_mask": torch.tensor([fill([1] * len(ids), 0) for ids, _ in part]),
            "labels": torch.tensor([fill(labels, IGNORED) for _, labels in part]),
        }


def main(paths):
    torch.manual_seed(SEED)
    random.seed(SEED)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    tokenizer = AutoTokenizer.from_pretrained(BASE, revision=REVISION)
    model = AutoModelForCausalLM.from_pretrained(
        BASE, revision=REVISION, torch_dtype=torch.bfloat16 if device == "cuda" else torch.float32
    ).to(device)
    model = get_peft_model(
        model, LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules=TARGETS, lora_dropout=0.0, task_type="CAUSAL_LM")
    )
    model.print_trainable_parameters()
    rows = [json.loads(line) for path in paths for line in Path(path).read_text("utf-8").split("\\n") if line]
    examples = [encode(tokenizer, row) for row in rows]
    kept = [one for one in examples if len(one[0]) <= LONGEST]
    if not kept:
        sys.exit(f"There is nothing to train on: no example has {LONGEST} tokens or fewer.")
    print(f"{len(kept)} examples, {len(examples) - len(kept)} left out as longer than {LONGEST} tokens")
    steps = EPOCHS * ((len(kept) + BATCH - 1) // BATCH)
    optimiser = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=RATE, weight_decay=0.0)
    warm = max(1, steps // 20)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / warm, max(0.0, (steps - step) / max(1, steps - warm)))
    )
    curve = []
    for epoch in range(EPOCHS):
        for batch in batches(kept, tokenizer):
            loss = model(**{name: tensor.to(device) for name, tensor in batch.items()}).loss
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            optimiser.zero_grad()
            curve.append([len(curve) + 1, round(loss.item(), 4)])
            print(f"epoch {epoch + 1}, step {len(curve)} of {steps}: loss {loss.item():.4f}")
    model.save_pretrained("adapter")
    Path("adapter/curve.json").write_text(json.dumps(curve))


if __name__ == "__main__":
    main(sys.argv[1:] or [${literal(data)}])
`
