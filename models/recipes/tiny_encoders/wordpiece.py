"""The tokenizer of the tiny models, twice: as the file that the browser reads, and as the few lines that expected.json rests on."""
import unicodedata

SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]']
VOCABULARY_SIZE = 512

# --- the vocabulary: every letter, digit and kana alone and inside a word, some whole words, some kanji ---

HIRAGANA = [chr(c) for c in range(0x3041, 0x3094)]
KATAKANA = [chr(c) for c in range(0x30A1, 0x30F5)] + ['ー']
LATIN = list('abcdefghijklmnopqrstuvwxyz0123456789')
WORDS = ['the', 'of', 'and', 'query', 'passage', 'search', 'page', 'rain', '##ing', '##ed']
KANJI = list('日本語文書検索質問回答有給休暇会社員年月時間金額規則第条東京大雨水人')


def vocabulary():
    pieces = SPECIAL + list('.,:;?!()-/\'"、。「」・') + LATIN + ['##' + c for c in LATIN]
    pieces += WORDS + HIRAGANA + ['##' + c for c in HIRAGANA] + KATAKANA + KANJI
    pieces += ['##' + c for c in KATAKANA][: VOCABULARY_SIZE - len(pieces)]
    return pieces + [f'[unused{i}]' for i in range(VOCABULARY_SIZE - len(pieces))]


def is_ideograph(char):
    code = ord(char)
    return 0x4E00 <= code <= 0x9FFF or 0x3400 <= code <= 0x4DBF or 0xF900 <= code <= 0xFAFF


def is_punctuation(char):
    code = ord(char)
    ascii_mark = 33 <= code <= 47 or 58 <= code <= 64 or 91 <= code <= 96 or 123 <= code <= 126
    return ascii_mark or unicodedata.category(char).startswith('P')


def word_pieces(word, ids):
    pieces, start = [], 0
    while start < len(word):
        prefix = '##' if start else ''
        end = next((e for e in range(len(word), start, -1) if prefix + word[start:e] in ids), None)
        if end is None:
            return ['[UNK]']
        pieces.append(prefix + word[start:end])
        start = end
    return pieces


def pieces_of(text, ids):
    spaced = ''.join(f' {c} ' if is_ideograph(c) or is_punctuation(c) else c for c in text.lower())
    return [piece for word in spaced.split() for piece in word_pieces(word, ids)]


def encode(text, ids):
    return [ids[piece] for piece in ['[CLS]', *pieces_of(text, ids), '[SEP]']]


def encode_pair(question, passage, ids, most):
    """The passage gives way where both are too long; types are 0 for the question and 1 for the passage and its end."""
    first = ['[CLS]', *pieces_of(question, ids), '[SEP]']
    second = [*pieces_of(passage, ids)[: most - len(first) - 1], '[SEP]']
    return [ids[piece] for piece in first + second], [0] * len(first) + [1] * len(second)


def tokenizer_json(pieces):
    special = lambda name: {'SpecialToken': {'id': name, 'type_id': 0}}
    added = lambda i, content: dict(
        id=i, content=content, single_word=False, lstrip=False, rstrip=False, normalized=False, special=True
    )
    second = [{'Sequence': {'id': 'B', 'type_id': 1}}, {'SpecialToken': {'id': '[SEP]', 'type_id': 1}}]
    single = [special('[CLS]'), {'Sequence': {'id': 'A', 'type_id': 0}}, special('[SEP]')]
    return dict(
        version='1.0',
        truncation=None,
        padding=None,
        added_tokens=[added(i, content) for i, content in enumerate(SPECIAL)],
        # Accents stay: taking them off would also take the voicing marks off kana (か for が).
        normalizer=dict(
            type='BertNormalizer', clean_text=True, handle_chinese_chars=True, strip_accents=False, lowercase=True
        ),
        pre_tokenizer=dict(type='BertPreTokenizer'),
        post_processor=dict(
            type='TemplateProcessing',
            single=single,
            pair=single + second,
            special_tokens={n: dict(id=n, ids=[SPECIAL.index(n)], tokens=[n]) for n in ('[CLS]', '[SEP]')},
        ),
        decoder=dict(type='WordPiece', prefix='##', cleanup=True),
        model=dict(
            type='WordPiece',
            unk_token='[UNK]',
            continuing_subword_prefix='##',
            max_input_chars_per_word=100,
            vocab={piece: i for i, piece in enumerate(pieces)},
        ),
    )
