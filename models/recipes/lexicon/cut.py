#!/usr/bin/python3
"""Cuts lines into pieces with sentencepiece: what src/retrieval/soft-lexicon/tokenizer.ts has to agree with.

    /usr/bin/python3 models/recipes/lexicon/cut.py LEXICON.bin < LINES > IDS

Folds every line (NFKC, lower case), splits it into runs and cuts each run; writes a JSON array of ids a line.
"""
import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(1, str(Path(__file__).resolve().parents[1]))
from pieces import RUN, Pieces, fold, of_lexicon


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "pieces.model"
        of_lexicon(Path(sys.argv[1]), model)
        pieces = Pieces(model)
    for line in sys.stdin:
        print(json.dumps([id for run in RUN.findall(fold(line.rstrip("\n"))) for id in pieces.cut(run)]))


if __name__ == "__main__":
    main()
