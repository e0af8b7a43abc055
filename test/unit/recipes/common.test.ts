import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { canTrain, hasModules, python } from '../../fixtures/recipes'

const recipes = resolve(import.meta.dirname, '../../../models/recipes')

/** The lines that a snippet prints where the recipes can be imported. */
function printed(snippet: string): string[] {
  const ran = spawnSync(python, ['-B', '-c', snippet], { cwd: recipes, encoding: 'utf8' })
  expect(ran.status, ran.stderr).toBe(0)
  return ran.stdout.trim().split('\n')
}

/** Prints what is left to train on beside a held-out question about one article, and beside two held-out sentences. */
const apart = `
import random
from common.sets import apart
letters = random.Random(1)
text = lambda: "".join(letters.choices("abcdefghij ", k=600))
article, other = text(), text()
held = [("Who wrote it?", "Read this and answer. " + article)]
kept = [
    ("Where was it found?", "Given the passage: " + article),
    ("Where was it lost?", article[100:500]),
    ("who wrote it", other),
    ("Who found it?", article[:250] + other),
    ("What is it?", "A few words."),
]
print([question for question, _ in apart(kept, held)])
said = [
    ("Rain falls.", "It rains."), ("It is raining.", "It rains."), ("It rains.", "It is wet."), ("The sun is out.", "It is dry.")
]
print([first for first, _ in apart(said, [("It rains!", "rain falls")])])
`

test.runIf(hasModules('json'))('nothing that is trained on tells a held-out answer', { timeout: 60_000 }, () => {
  expect(printed(apart)).toEqual(["['Who found it?', 'What is it?']", "['It is raining.', 'The sun is out.']"])
})

/** Prints what a folder holds after it was packed, unpacked and packed again, once with an older checkpoint left newest. */
const packing = `
import os, sys, tempfile
from pathlib import Path
import torch
from common import checkpoint, parts
work, there, back, carried = (Path(tempfile.mkdtemp()) for _ in range(4))
state = lambda number: dict(model=dict(weight=torch.tensor([float(number)])), steps=number)
for number, name in enumerate(("zeta", "alpha")):
    checkpoint.save(work / f"{name}.pt", state(number))
    os.utime(work / f"{name}.pt", (1_000_000_000 + number,) * 2)
parts.pack(work, carried, "weights")
parts.unpack(carried, there)
parts.pack(there, carried, "weights")
parts.unpack(carried, back)
for name in ("zeta", "alpha"):
    known = checkpoint.load(back / f"{name}.pt", "cpu")
    print(name, known["steps"], "model" in known, int((back / f"{name}.pt").stat().st_mtime))
os.utime(back / "zeta.pt")
parts.pack(back, carried, "weights")
parts.unpack(carried, there)
print("model" in checkpoint.load(there / "alpha.pt", "cpu"))
`

test.runIf(canTrain)(
  'weights that came from another machine are packed again, with the times of their files',
  { timeout: 60_000 },
  () => {
    expect(printed(packing)).toEqual(['zeta 0 False 1000000000', 'alpha 1 True 1000000001', 'True'])
  },
)
