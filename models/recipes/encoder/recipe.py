#!/usr/bin/python3
"""The small encoder and its cross-encoder, from training sets to folders that the page can load.

    /usr/bin/python3 models/recipes/encoder/recipe.py data      tokenizer, training sets as ids, negatives of BM25
    /usr/bin/python3 models/recipes/encoder/recipe.py pretrain  masked pieces; --minutes
    /usr/bin/python3 models/recipes/encoder/recipe.py contrast  questions near to passages; --minutes
    /usr/bin/python3 models/recipes/encoder/recipe.py rerank    question and passage read together; --minutes
    /usr/bin/python3 models/recipes/encoder/recipe.py export    two folders in the work folder: ONNX, tokenizer, expectations
    /usr/bin/python3 models/recipes/encoder/recipe.py evaluate  their model cards, on what was held out
    /usr/bin/python3 models/recipes/encoder/recipe.py all       the six in turn; --minutes is divided among the three
    /usr/bin/python3 models/recipes/encoder/recipe.py pack      --only data or weights of the work folder, into --parts
    /usr/bin/python3 models/recipes/encoder/recipe.py unpack    --parts into the work folder, on another machine
    /usr/bin/python3 models/recipes/encoder/recipe.py ship      copies to models/starter what passes the gate (--report)

Every training goes on from its checkpoint. With --smoke all of it runs in seconds, at toy size, on the few sentences of the
embedder's recipe, in a temporary folder. See README.md for what is needed, and for a graphics processor.
"""
import argparse
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[2]
sys.path.insert(1, str(HERE.parent))

from common.command import use_threads

# Of the minutes of `all`, so many for each training.
TRAININGS = {"pretrain": 0.5, "contrast": 0.35, "rerank": 0.15}
SMOKE_STEPS, SMOKE_RATE = {"pretrain": 60, "contrast": 80, "rerank": 40}, 5
STAGES = ["data", *TRAININGS, "export", "evaluate"]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stage", choices=[*STAGES, "all", "ship", "pack", "unpack"])
    parser.add_argument("--shared", type=Path, default=REPOSITORY.parent / "shared/data", help="the training sets")
    parser.add_argument("--work", type=Path, help="ids and checkpoints; default: encoder-work beside the checkout")
    parser.add_argument("--minutes", type=float, default=25, help="of training, earlier runs included")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--vocabulary", type=int, default=24_000)
    parser.add_argument("--paragraphs", type=int, default=40_000, help="of each text, at most")
    parser.add_argument("--batch-tokens", type=int, help="of a step of pretrain; default: 65,536, or 2,048 without a GPU")
    parser.add_argument("--batch", type=int, help="questions of a step of contrast; default: 512, or 32 without a GPU")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--report", type=Path, help="what `npm run -s eval -- retrieval --json` printed with these models")
    parser.add_argument("--parts", type=Path, help="for pack and unpack: the folder that is carried")
    parser.add_argument("--only", choices=["data", "weights"], default="weights", help="for pack")
    chosen = parser.parse_args()
    if chosen.smoke:
        chosen.minutes, chosen.vocabulary = min(chosen.minutes, 15), 700
        chosen.batch_tokens, chosen.batch = 1024, 16
        chosen.work = chosen.work or Path(tempfile.mkdtemp(prefix="fumikura-encoder-"))
    chosen.work = chosen.work or REPOSITORY.parent / "encoder-work"
    return chosen


def size_of(chosen: argparse.Namespace):
    from model import Size
    from tokenizer import Tokenizer

    pieces = len(Tokenizer.load(chosen.work / "tokenizer.json"))
    if chosen.smoke:
        return Size(pieces, embedding=32, hidden=64, layers=2, heads=2, inner=128, positions=64)
    return Size(pieces)


def train(stage: str, minutes: float, chosen: argparse.Namespace) -> None:
    import torch
    from common.running import device_name

    from contrast import Contrast
    from pretrain import Pretrain
    from rerank import Rerank

    torch.set_num_threads(chosen.threads)
    device = device_name()
    large = device == "cuda"
    tokens = chosen.batch_tokens or (65_536 if large else 2_048)
    batch = chosen.batch or (512 if large else 32)
    kinds = {"pretrain": (Pretrain, tokens), "contrast": (Contrast, batch), "rerank": (Rerank, batch)}
    kind, amount = kinds[stage]
    training = kind(chosen.work, size_of(chosen), chosen.seed, device, amount)
    if chosen.smoke:
        # Few steps, but long ones: something has to be learnt by them.
        training.rate *= SMOKE_RATE
        training.run(minutes, SMOKE_STEPS[stage], points=2)
    else:
        training.run(minutes)


def prepare(chosen: argparse.Namespace) -> None:
    import data

    if chosen.smoke:
        data.prepare_sample(HERE.parent / "embedder/sample.tsv", chosen.work, chosen.vocabulary, chosen.threads)
    else:
        data.prepare(chosen.shared, chosen.work, chosen.vocabulary, chosen.threads, chosen.paragraphs)


def run(stage: str, chosen: argparse.Namespace) -> None:
    began = time.time()
    models = chosen.work / "models"
    if stage == "data":
        prepare(chosen)
    elif stage in TRAININGS:
        train(stage, chosen.minutes * (TRAININGS[stage] if chosen.stage == "all" else 1), chosen)
    elif stage == "export":
        from export import export

        print(json.dumps(export(chosen.work, size_of(chosen), models), indent=2))
    else:
        from card import write_cards

        write_cards(chosen.work, size_of(chosen), models, chosen.report)
    print(f"{stage}: {time.time() - began:.1f} s", flush=True)


def ship(chosen: argparse.Namespace) -> None:
    import gate
    from export import EMBEDDER, RERANKER, too_large

    for name, way in ((EMBEDDER, gate.FUSED), (RERANKER, gate.RERANKED)):
        why = gate.missed(chosen.report, way) + too_large(chosen.work / "models" / name)
        if why:
            print("\n".join([f"{name} does not ship:", *why]))
        else:
            target = REPOSITORY / "models/starter" / name
            shutil.copytree(chosen.work / "models" / name, target, dirs_exist_ok=True)
            print(f"{name} is in {target}; its entry.json belongs into the catalogue, with the weight of its fusion")


def main() -> None:
    chosen = arguments()
    use_threads(chosen.threads)
    if chosen.stage == "ship":
        return ship(chosen)
    if chosen.stage in ("pack", "unpack"):
        from common import parts

        return parts.carry(chosen.stage, chosen.work, chosen.parts, chosen.only)
    for stage in STAGES if chosen.stage == "all" else [chosen.stage]:
        run(stage, chosen)
    if chosen.smoke:
        print(chosen.work / "models")


if __name__ == "__main__":
    main()
