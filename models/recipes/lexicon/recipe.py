#!/usr/bin/python3
"""The soft lexicon, from training sets to the file that the page serves.

    /usr/bin/python3 models/recipes/lexicon/recipe.py data      pieces and training sets as ids
    /usr/bin/python3 models/recipes/lexicon/recipe.py train     goes on from its checkpoint; --minutes, --threads
    /usr/bin/python3 models/recipes/lexicon/recipe.py pack      lexicon.bin, in the work folder
    /usr/bin/python3 models/recipes/lexicon/recipe.py evaluate  the model card beside it, on what was held out
    /usr/bin/python3 models/recipes/lexicon/recipe.py all       the four in turn
    /usr/bin/python3 models/recipes/lexicon/recipe.py ship      copies both to models/starter/lexicon, if nothing is lost by it

With --smoke all of it runs in seconds on the few sentences of the embedder's recipe, in a temporary folder. See README.md for
what is needed and for how the reports that `ship` asks for are made.
"""
import argparse
import shutil
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[2]
SHIPPED = REPOSITORY / "models/starter/lexicon"
sys.path.insert(1, str(HERE.parent))

from common.command import use_threads

STAGES = ["data", "train", "pack", "evaluate"]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stage", choices=[*STAGES, "all", "ship"])
    parser.add_argument("--shared", type=Path, default=REPOSITORY.parent / "shared/data", help="the training sets")
    parser.add_argument("--work", type=Path, help="pieces, ids and checkpoint; default: lexicon-work beside the checkout")
    parser.add_argument("--minutes", type=float, default=15, help="of training, earlier runs included")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--dimension", type=int, default=128)
    parser.add_argument("--begin", type=Path, help="the folder of a starter embedder, whose vectors are begun with")
    parser.add_argument("--keep", type=Path, help="a lexicon.bin whose pieces are kept; default: pieces are learnt")
    parser.add_argument("--vocabulary", type=int, default=24_001, help="pieces to learn")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--report", type=Path, help="what `npm run -s eval -- lexicon --json` printed with the new lexicon")
    parser.add_argument("--before", type=Path, help="the same with the shipped one")
    chosen = parser.parse_args()
    if chosen.smoke:
        chosen.minutes, chosen.dimension, chosen.vocabulary = min(chosen.minutes, 0.15), 32, 700
        chosen.work = chosen.work or Path(tempfile.mkdtemp(prefix="fumikura-lexicon-"))
    chosen.work = chosen.work or REPOSITORY.parent / "lexicon-work"
    return chosen


def run(stage: str, chosen: argparse.Namespace) -> None:
    model = chosen.work / "lexicon"
    if stage == "data":
        import data

        if chosen.smoke:
            data.prepare_sample(HERE.parent / "embedder/sample.tsv", chosen.work, chosen.vocabulary, chosen.threads)
        else:
            data.prepare(chosen.shared, chosen.work, chosen.keep, chosen.vocabulary, chosen.threads, chosen.seed)
    elif stage == "train":
        import torch

        from train import Training

        torch.set_num_threads(chosen.threads)
        device = "cuda" if torch.cuda.is_available() else "cpu"
        training = Training(chosen.work, chosen.dimension, chosen.seed, device, chosen.begin)
        training.run(chosen.minutes, every=max(1, chosen.minutes * 5))
    elif stage == "pack":
        from pack import pack

        print(f"{pack(chosen.work, model):,} bytes")
    else:
        from card import write_card

        write_card(chosen.work, model, chosen.report, chosen.before)


def ship(chosen: argparse.Namespace) -> None:
    from card import losses

    if not (chosen.report and chosen.before):
        raise SystemExit("--report and --before are needed: see README.md")
    lost = losses(chosen.report, chosen.before)
    if lost:
        raise SystemExit("\n".join(["The shipped lexicon stays: less is found with the new one, or was not measured.", *lost]))
    for name in ("lexicon.bin", "README.md"):
        shutil.copyfile(chosen.work / "lexicon" / name, SHIPPED / name)
    print(f"{SHIPPED} is the new one")


def main() -> None:
    chosen = arguments()
    use_threads(chosen.threads)
    if chosen.stage == "ship":
        return ship(chosen)
    for stage in STAGES if chosen.stage == "all" else [chosen.stage]:
        run(stage, chosen)
    if chosen.smoke:
        print(chosen.work / "lexicon")


if __name__ == "__main__":
    main()
