#!/usr/bin/python3
"""Cuts lines into pieces with sentencepiece: what src/retrieval/soft-lexicon/tokenizer.ts has to agree with.

    /usr/bin/python3 models/recipes/lexicon/cut.py TOKENIZER.model < LINES > IDS

Folds every line (NFKC, lower case), splits it into runs and cuts each run; writes a JSON array of ids a line.
"""
import json
import re
import sys
import unicodedata

import sentencepiece

RUN = re.compile(
    r" ?[a-z\u00c0-\u024f']+| ?[0-9]+|[\u4e00-\u9fff\u3400-\u4dbf々〆〇]+|[\u30a1-\u30ffー]+|[\u3041-\u309f]+|[^\s]"
)


def main() -> None:
    tokenizer = sentencepiece.SentencePieceProcessor(model_file=sys.argv[1])
    cut = {}
    for line in sys.stdin:
        ids = []
        for run in RUN.findall(unicodedata.normalize("NFKC", line.rstrip("\n")).lower()):
            if run not in cut:
                cut[run] = tokenizer.encode(run)
            ids += cut[run]
        print(json.dumps(ids))


if __name__ == "__main__":
    main()
