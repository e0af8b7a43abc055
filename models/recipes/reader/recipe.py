#!/usr/bin/python3
"""The reader: 20 to 30 million parameters that answer from numbered passages, from training sets to a folder that the page loads.

    /usr/bin/python3 models/recipes/reader/recipe.py data      tokenizer, questions, running text
    /usr/bin/python3 models/recipes/reader/recipe.py copy      generated facts until they are copied; writes the gate's verdict
    /usr/bin/python3 models/recipes/reader/recipe.py mix       facts, questions and text mixed; refused before the gate is passed
    /usr/bin/python3 models/recipes/reader/recipe.py ask       learns to ask, asks about text, keeps what is answered alike
    /usr/bin/python3 models/recipes/reader/recipe.py settle    mostly questions of people, the rate falling
    /usr/bin/python3 models/recipes/reader/recipe.py pointer   the control: the same body pointing at answers
    /usr/bin/python3 models/recipes/reader/recipe.py export    a folder in the work folder: 4-bit ONNX, tokenizer, settings
    /usr/bin/python3 models/recipes/reader/recipe.py evaluate  its model card; --sample (test/eval/reader-sample.ts)
    /usr/bin/python3 models/recipes/reader/recipe.py all       the eight in turn; --minutes is divided among the trainings
    /usr/bin/python3 models/recipes/reader/recipe.py pack      --only data or weights of the work folder, into --parts
    /usr/bin/python3 models/recipes/reader/recipe.py unpack    --parts into the work folder, on another machine
    /usr/bin/python3 models/recipes/reader/recipe.py ship      copies it to models/starter/reader, if it beats the rules
    /usr/bin/python3 models/recipes/reader/recipe.py estimate  counted operations, and minutes at --teraflops; nothing is run

Every training goes on from its checkpoint. With --smoke all of it runs at toy size, on generated documents and a few sentences
of ours, in a temporary folder. See ../README.md for what is needed, and for a graphics processor.
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
# What it shares with the tiny reader: batches, the way of asking, the writer of ONNX.
sys.path[1:1] = [str(HERE.parent), str(HERE.parent / "tiny-reader")]

from common.command import use_threads

# Of the minutes of `all`, so many for each training.
TRAININGS = {"copy": 0.12, "mix": 0.55, "ask": 0.06, "settle": 0.22, "pointer": 0.05}
STAGES = ["data", *TRAININGS, "export", "evaluate"]
SMOKE_STEPS = {"copy": 60, "mix": 30, "ask": 30, "settle": 20, "pointer": 20}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stage", choices=[*STAGES, "all", "ship", "estimate", "pack", "unpack"])
    parser.add_argument("--shared", type=Path, default=REPOSITORY.parent / "shared/data", help="the training sets")
    parser.add_argument("--work", type=Path, help="data and checkpoints; default: large-reader-work beside the checkout")
    parser.add_argument("--minutes", type=float, default=25, help="of training, earlier runs included")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--tokenizer", type=Path, help="a tokenizer.json that is kept; default: one is learnt")
    parser.add_argument("--pieces", type=int, default=12_000)
    parser.add_argument("--hidden", type=int, default=384)
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--tokens", type=int, help="of a step; default: 65,536, or 2,048 without a GPU")
    parser.add_argument("--workers", type=int, help="processes that make batches; default: 12, or none without a GPU")
    parser.add_argument("--gate", type=float, help="exact answers that `copy` has to reach; default: 0.95")
    parser.add_argument("--paragraphs", type=int, default=30_000, help="that `ask` asks about")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--sample", type=Path, help="written by test/eval/reader-sample.ts")
    parser.add_argument("--parts", type=Path, help="for pack and unpack: the folder that is carried")
    parser.add_argument("--only", choices=["data", "weights"], default="weights", help="for pack")
    parser.add_argument("--teraflops", type=float, default=120, help="for estimate: what a device does in a second")
    chosen = parser.parse_args()
    if chosen.smoke:
        chosen.minutes, chosen.pieces, chosen.hidden, chosen.layers = min(chosen.minutes, 60), 900, 64, 2
        chosen.tokens, chosen.paragraphs = 1024, 8
        # At toy size nothing is learnt that deserves a gate; a test asks for one and is refused.
        chosen.gate = 0.0 if chosen.gate is None else chosen.gate
        chosen.work = chosen.work or Path(tempfile.mkdtemp(prefix="fumikura-reader-"))
    chosen.gate = 0.95 if chosen.gate is None else chosen.gate
    chosen.work = chosen.work or REPOSITORY.parent / "large-reader-work"
    return chosen


def shape_of(chosen: argparse.Namespace, pieces: int | None = None):
    from common.llama import Shape
    from common.text_tokenizer import TextTokenizer

    pieces = pieces or len(TextTokenizer.load(chosen.work / "tokenizer.json"))
    heads = max(2, chosen.hidden // 64)
    return Shape(pieces, chosen.hidden, chosen.layers, heads, 2, chosen.hidden * 8 // 3 // 64 * 64, positions=1024)


def train(stage: str, minutes: float, chosen: argparse.Namespace) -> None:
    import torch
    from common.running import device_name

    from asking import Ask, generate
    from pointer import Point
    from stages import Read, check_gate

    torch.set_num_threads(chosen.threads)
    device, shape = device_name(), shape_of(chosen)
    tokens = chosen.tokens or (65_536 if device == "cuda" else 2_048)
    common = (shape, chosen.seed, device, tokens)
    workers = (12 if device == "cuda" else 0) if chosen.workers is None else chosen.workers
    if stage != "copy":
        check_gate(chosen.work)
    if stage == "pointer":
        training = Point(chosen.work, *common)
    elif stage == "ask":
        training = Ask(chosen.work, *common, workers)
    else:
        training = Read(chosen.work, stage, *common, workers, chosen.gate)
    training.run(minutes, SMOKE_STEPS[stage] if chosen.smoke else None, points=2 if chosen.smoke else 10)
    if stage == "ask":
        asked, kept = generate(chosen.work, shape, chosen.paragraphs, chosen.seed)
        print(f"{asked} questions generated, {kept} kept", flush=True)


def run(stage: str, chosen: argparse.Namespace) -> None:
    began, model = time.time(), chosen.work / "model"
    if stage == "data":
        import prepare

        if chosen.smoke:
            prepare.prepare_sample(HERE.parent / "embedder/sample.tsv", chosen.work, chosen.pieces, chosen.threads)
        else:
            prepare.prepare(
                REPOSITORY, chosen.shared, chosen.work, chosen.tokenizer, chosen.pieces, chosen.threads, chosen.seed
            )
    elif stage in TRAININGS:
        train(stage, chosen.minutes * (TRAININGS[stage] if chosen.stage == "all" else 1), chosen)
    elif stage == "export":
        from ship import write_model

        print(json.dumps(write_model(chosen.work, shape_of(chosen), model), indent=2))
    else:
        from judge import judge
        from ship import write_card

        report = judge(chosen.work, shape_of(chosen), chosen.sample, sets=6 if chosen.smoke else 100)
        print(json.dumps(report, indent=2, ensure_ascii=False))
        write_card(chosen.work, shape_of(chosen), model, report)
    print(f"{stage}: {time.time() - began:.1f} s", flush=True)


def ship(chosen: argparse.Namespace) -> None:
    from judge import unshipped

    lost = unshipped(chosen.work)
    if lost:
        raise SystemExit("\n".join(["The reader does not ship; quoted answers stay the default.", *lost]))
    target = REPOSITORY / "models/starter/reader"
    shutil.copytree(chosen.work / "model", target, dirs_exist_ok=True)
    print(f"{target} is written; models/llms.json has to name it")


def main() -> None:
    chosen = arguments()
    use_threads(chosen.threads)
    if chosen.stage == "ship":
        return ship(chosen)
    if chosen.stage in ("pack", "unpack"):
        from common import parts

        return parts.carry(chosen.stage, chosen.work, chosen.parts, chosen.only)
    if chosen.stage == "estimate":
        from estimate import estimate, parameters

        shape = shape_of(chosen, chosen.pieces)
        print(json.dumps(dict(parameters=parameters(shape), teraflops=chosen.teraflops)))
        return print("\n".join(map(json.dumps, estimate(shape, chosen.teraflops))))
    for stage in STAGES if chosen.stage == "all" else [chosen.stage]:
        run(stage, chosen)
    if chosen.smoke:
        print(chosen.work / "model")


if __name__ == "__main__":
    main()
