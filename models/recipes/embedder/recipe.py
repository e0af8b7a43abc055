#!/usr/bin/python3
"""The starter embedder, from training sets to the folder that the page serves.

    /usr/bin/python3 models/recipes/embedder/recipe.py data     tokenizer and training sets as ids
    /usr/bin/python3 models/recipes/embedder/recipe.py train    goes on from its checkpoint; --minutes, --threads
    /usr/bin/python3 models/recipes/embedder/recipe.py export   models/starter/embedder: ONNX, tokenizer.json, expected.json
    /usr/bin/python3 models/recipes/embedder/recipe.py evaluate the model card, on what was held out
    /usr/bin/python3 models/recipes/embedder/recipe.py all      the four in turn
    /usr/bin/python3 models/recipes/embedder/recipe.py encode TOKENIZER.json < LINES > IDS

With --smoke all of it runs in seconds on the few sentences beside this file, into a temporary folder unless --output says
otherwise. See README.md for what is needed.
"""
import argparse
import json
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[2]
sys.path.insert(1, str(HERE.parent))

from common.command import encode_lines, use_threads

STAGES = ["data", "train", "export", "evaluate"]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stage", choices=[*STAGES, "all", "encode"])
    parser.add_argument("tokenizer", nargs="?", type=Path, help="for encode")
    parser.add_argument("--shared", type=Path, default=REPOSITORY.parent / "shared/data", help="the training sets")
    parser.add_argument("--work", type=Path, help="tokenizer, ids and checkpoint; default: embedder-work beside the checkout")
    parser.add_argument("--output", type=Path, help="default: models/starter/embedder")
    parser.add_argument("--minutes", type=float, default=24, help="of training, earlier runs included")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--dimension", type=int, default=512, help="a multiple of 16")
    parser.add_argument("--vocabulary", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--report", type=Path, help="for evaluate: what `npm run -s eval -- retrieval --json` printed")
    chosen = parser.parse_args()
    if chosen.smoke:
        chosen.minutes, chosen.dimension, chosen.vocabulary = 0.1, 64, 500
        chosen.work = chosen.work or Path(tempfile.mkdtemp(prefix="fumikura-embedder-"))
        chosen.output = chosen.output or chosen.work / "model"
    chosen.work = chosen.work or REPOSITORY.parent / "embedder-work"
    chosen.output = chosen.output or REPOSITORY / "models/starter/embedder"
    return chosen


def encode(path: Path) -> None:
    """Needs nothing but Python: tests compare it with the browser's tokenizer where there is no PyTorch."""
    from tokenizer import Tokenizer

    encode_lines(Tokenizer.load(path).encode)


def run(stage: str, chosen: argparse.Namespace) -> None:
    if stage == "data":
        import data

        if chosen.smoke:
            data.prepare_sample(HERE / "sample.tsv", chosen.work, chosen.vocabulary, chosen.threads)
        else:
            data.prepare(chosen.shared, chosen.work, chosen.vocabulary, chosen.threads, chosen.seed)
    elif stage == "train":
        import torch

        from train import Training

        torch.set_num_threads(chosen.threads)
        device = "cuda" if torch.cuda.is_available() else "cpu"
        Training(chosen.work, chosen.dimension, chosen.seed, device).run(chosen.minutes, every=chosen.minutes * 5)
    elif stage == "export":
        from export import export

        print(json.dumps(export(chosen.work, chosen.output), indent=2))
    else:
        from card import write_card

        write_card(chosen.work, chosen.output, chosen.report)


def main() -> None:
    chosen = arguments()
    if chosen.stage == "encode":
        return encode(chosen.tokenizer)
    use_threads(chosen.threads)
    for stage in STAGES if chosen.stage == "all" else [chosen.stage]:
        run(stage, chosen)
    if chosen.smoke:
        print(chosen.output)


if __name__ == "__main__":
    main()
