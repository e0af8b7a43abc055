#!/usr/bin/python3
"""The tiny reader and its five adapters, from generated documents to the folders that the page serves.

    /usr/bin/python3 models/recipes/tiny-reader/recipe.py data      tokenizer, and the held-out documents beside this file
    /usr/bin/python3 models/recipes/tiny-reader/recipe.py train     goes on from its checkpoint; --minutes, --processes
    /usr/bin/python3 models/recipes/tiny-reader/recipe.py adapters  onto the trained base; --adapter for one of them
    /usr/bin/python3 models/recipes/tiny-reader/recipe.py export    models/starter/tiny: ONNX, tokenizer.json, expected.json
    /usr/bin/python3 models/recipes/tiny-reader/recipe.py evaluate  scores and the model card, on what was held out
    /usr/bin/python3 models/recipes/tiny-reader/recipe.py all       the five in turn
    /usr/bin/python3 models/recipes/tiny-reader/recipe.py lines     generated lines and digests of their ids, which tests compare
    /usr/bin/python3 models/recipes/tiny-reader/recipe.py pack      weights and adapters of the work folder, into --parts
    /usr/bin/python3 models/recipes/tiny-reader/recipe.py unpack    --parts into the work folder, on another machine
    /usr/bin/python3 models/recipes/tiny-reader/recipe.py encode TOKENIZER.json < LINES > IDS

With --smoke all of it runs in less than two minutes at toy size, into a temporary folder unless --output says otherwise.
See README.md for what is needed.
"""
import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[2]
STAGES = ["data", "train", "adapters", "export", "evaluate"]
sys.path.append(str(HERE.parent))

from common.command import encode_lines, use_threads


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stage", choices=[*STAGES, "all", "lines", "encode", "pack", "unpack"])
    parser.add_argument("tokenizer", nargs="?", type=Path, help="for encode")
    parser.add_argument("--shared", type=Path, default=REPOSITORY.parent / "shared/data", help="texts for the tokenizer")
    parser.add_argument("--work", type=Path, help="tokenizer, checkpoint, report; default: tiny-reader-work beside the checkout")
    parser.add_argument("--output", type=Path, help="default: models/starter, which gets tiny/ and adapters/")
    parser.add_argument("--minutes", type=float, default=60, help="of training the base, earlier runs included")
    parser.add_argument("--adapter-minutes", type=float, default=4, help="of training each adapter")
    parser.add_argument("--adapter", action="append", help="only this one, trained or scored anew; may be given several times")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="of the base, one thread each; 1 on a GPU")
    parser.add_argument("--tokens", type=int, help="of a batch in each process; default: 32,768, or 2,200 without a GPU")
    parser.add_argument("--workers", type=int, help="processes that make batches of the base; default: 8, or none without a GPU")
    parser.add_argument("--weights", type=Path, help="train: a checkpoint to begin from, with half of the plan left out")
    parser.add_argument("--parts", type=Path, help="for pack and unpack: the folder that is carried")
    parser.add_argument("--new-tokenizer", action="store_true", help="learn one although one ships; then also run lines")
    parser.add_argument("--vocabulary", type=int, default=12_000)
    parser.add_argument("--hidden", type=int, default=256)
    parser.add_argument("--layers", type=int, default=6, help="a checkpoint of fewer gets more, and goes on as it was")
    parser.add_argument("--heads", type=int, default=4)
    parser.add_argument("--kv-heads", type=int, default=4)
    parser.add_argument("--inner", type=int, default=384)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--smoke", action="store_true")
    chosen = parser.parse_args()
    if chosen.smoke:
        make_small(chosen)
    chosen.work = chosen.work or REPOSITORY.parent / "tiny-reader-work"
    chosen.output = chosen.output or REPOSITORY / "models/starter"
    return chosen


def make_small(chosen: argparse.Namespace) -> None:
    small = dict(
        minutes=0.3, adapter_minutes=0.05, processes=2, tokens=1024, vocabulary=1024, hidden=64, layers=2, heads=4, kv_heads=2,
        inner=96, shared=None,
    )  # fmt: skip
    given = {name for name in small if f"--{name.replace('_', '-')}" in sys.argv}
    for name, value in small.items():
        if name not in given:
            setattr(chosen, name, value)
    chosen.work = chosen.work or Path(tempfile.mkdtemp(prefix="fumikura-tiny-reader-"))
    chosen.output = chosen.output or chosen.work / "starter"


def device() -> str:
    import torch

    # Products in TF32: they round less than the 4 bits that weights get, and are several times as fast.
    torch.set_float32_matmul_precision("high" if torch.cuda.is_available() else "highest")
    return "cuda" if torch.cuda.is_available() else "cpu"


def tokens_of(chosen: argparse.Namespace) -> int:
    return chosen.tokens or (32_768 if device() == "cuda" else 2_200)


def prepare(chosen: argparse.Namespace) -> None:
    import data
    import held_out

    shipped = REPOSITORY / "models/starter/tiny/tokenizer.json"
    if not chosen.smoke:
        held_out.write()
        # Other weights of the same pieces: adapters, fixtures and what was measured stay comparable.
        if shipped.exists() and not chosen.new_tokenizer:
            shutil.copy(shipped, chosen.work / "tokenizer.json")
            return
    sets = 300 if chosen.smoke else 6000
    tokenizer = data.learn_tokenizer(chosen.shared, chosen.vocabulary, sets, chosen.seed, chosen.processes)
    tokenizer.save(chosen.work / "tokenizer.json")


def train_base(chosen: argparse.Namespace) -> None:
    import torch

    from common.llama import Shape
    from common.text_tokenizer import TextTokenizer
    from train import SETS_HELD, Training

    torch.set_num_threads(1)
    pieces = len(TextTokenizer.load(chosen.work / "tokenizer.json"))
    shape = Shape(pieces, chosen.hidden, chosen.layers, chosen.heads, chosen.kv_heads, chosen.inner)
    # A rehearsal is to show a falling loss on a busy machine too.
    held, least_steps = (6, 40) if chosen.smoke else (SETS_HELD, 0)
    workers = (8 if device() == "cuda" else 0) if chosen.workers is None else chosen.workers
    training = Training(chosen.work, shape, chosen.minutes, tokens_of(chosen), chosen.seed, device(), held, workers)
    if chosen.weights:
        training.begin_from(chosen.weights)
    training.run(max(3.0, min(120.0, chosen.minutes * 3)), least_steps)


def make_adapters(chosen: argparse.Namespace) -> None:
    from adapters import PLANS, make_adapter
    from common.text_tokenizer import TextTokenizer
    from export import load_model

    tokenizer = TextTokenizer.load(chosen.work / "tokenizer.json")
    for plan in PLANS:
        if chosen.adapter and plan.id not in chosen.adapter:
            continue
        model = load_model(chosen.work, device())
        minutes = chosen.adapter_minutes * plan.effort
        told = make_adapter(model, plan, tokenizer, chosen.output / "adapters", minutes, tokens_of(chosen), chosen.seed)
        (chosen.work / f"adapter-{plan.id}.json").write_text(json.dumps(told) + "\n", encoding="utf-8")
        print(json.dumps(told), flush=True)


def score(chosen: argparse.Namespace) -> None:
    import held_out
    from card import write_card
    from common.text_tokenizer import TextTokenizer
    from evaluate import Evaluation
    from export import load_model

    tokenizer = TextTokenizer.load(chosen.output / "tiny/tokenizer.json")
    model = load_model(chosen.work, device())
    few = 4 if chosen.smoke else None
    documents, world = held_out.read("documents")[:few], held_out.read("world")[:few]
    evaluation = Evaluation(model, tokenizer, chosen.output / "adapters")
    path = chosen.work / "report.json"
    if chosen.adapter and path.exists():
        # One that was trained anew; the arms are scored again with all of them, since two adapters are in them.
        report = json.loads(path.read_text(encoding="utf-8"))
        report["adapters"] |= evaluation.adapted(documents, chosen.adapter)
        report["arms"] = evaluation.arms(world)
    else:
        report = evaluation.all(documents, world)
    path.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(path.read_text(encoding="utf-8"), flush=True)
    write_card(chosen.work, chosen.output)


def run(stage: str, chosen: argparse.Namespace) -> None:
    if stage == "data":
        prepare(chosen)
    elif stage == "train":
        from common import together

        together.run(train_base, 1 if device() == "cuda" else chosen.processes, chosen)
    elif stage == "adapters":
        make_adapters(chosen)
    elif stage == "export":
        from export import export

        print(json.dumps(export(chosen.work, chosen.output / "tiny"), indent=2))
    else:
        score(chosen)


def encode(path: Path) -> None:
    """Needs nothing but Python: tests compare it with the browser's tokenizer where there is no PyTorch."""
    from common.text_tokenizer import TextTokenizer

    encode_lines(TextTokenizer.load(path).encode)


def main() -> None:
    chosen = arguments()
    if chosen.stage == "encode":
        return encode(chosen.tokenizer)
    if chosen.stage == "lines":
        from lines import write_fixture

        return write_fixture(chosen.output / "tiny/tokenizer.json", REPOSITORY / "test/fixtures")
    if chosen.stage in ("pack", "unpack"):
        from common import parts

        return parts.carry(chosen.stage, chosen.work, chosen.parts, "weights")
    chosen.work.mkdir(parents=True, exist_ok=True)
    use_threads(1)
    # Waiting threads must not burn what others compute with.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    for stage in STAGES if chosen.stage == "all" else [chosen.stage]:
        run(stage, chosen)
    if chosen.smoke:
        print(chosen.output)


if __name__ == "__main__":
    main()
