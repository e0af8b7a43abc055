"""A byte-level BPE of 1,024 pieces, learnt from the lines below: as the file that the browser reads, and as the few functions
that expected.json rests on. Common words of both languages are one piece, other kanji and emoji fall into bytes, so that a
character may take several tokens.
"""
import unicodedata
from collections import Counter

SPECIAL = ['<|endoftext|>', '<|im_start|>', '<|im_end|>']
SIZE = 1024
END_OF_TEXT, START_OF_TURN, END_OF_TURN = (SIZE - len(SPECIAL) + i for i in range(len(SPECIAL)))

CORPUS = """
Answer the question from the documents only. If the documents do not hold the answer, say so. Give the number of the passage.
The company grants ten days of paid leave to everyone who has worked for six months and came on four days of five.
Requests for leave are made in writing three days ahead. The manager may ask for another day when the work would stop.
Working hours are from nine to six with an hour of rest at noon. Overtime needs the consent of the head of the section.
Wages are paid on the twenty-fifth of each month. The rule about travel costs stands in the annex. Keep the receipts.
Before the machine is cleaned, switch it off and pull the plug. Wear gloves. The tank holds forty litres of water.
The meeting began at two in the afternoon. The chair read the minutes of the last meeting, which were approved.
Where is the rule about this? Who is the author of the report? When does the contract end? How many days are there?
What is the capital? Which page says that? Why was it changed? It was changed because the law changed in April.
you are a helpful assistant system user assistant yes no not all any one two three four five six seven eight nine ten
質問には、文書だけをもとに答えてください。文書に答えがないときは、ないと答えてください。箇所の番号を付けてください。
会社は、採用日から六か月を継続して勤務し、所定の労働日の八割以上に出勤した社員に対して、十日の年次有給休暇を与える。
有給休暇は何日もらえますか。休暇を取るときは、三日前までに書面で申し出るものとします。ただし、仕事に支障があるときは、
別の日に変えてもらうことがあります。就業時間は午前九時から午後六時までとし、正午から一時間を休憩とする。
賃金は毎月二十五日に支払います。出張の費用については、別に定める規則によります。領収書を保管してください。
機械を掃除する前に、必ず電源を切り、コンセントを抜いてください。タンクには四十リットルの水が入ります。手袋をはめます。
会議は午後二時に始まりました。議長が前回の議事録を読み上げ、承認されました。これはどこに書いてありますか。
この規則はいつ変わりましたか。だれが作りましたか。なぜですか。東京の大学で日本語の文書を検索しています。
あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをんがぎぐげござじずぜぞだぢづでど
ばびぶべぼぱぴぷぺぽアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲンー、。「」
"""

CHAT_TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)


def chat(messages):
    turns = ''.join(f'<|im_start|>{role}\n{content}<|im_end|>\n' for role, content in messages)
    return turns + '<|im_start|>assistant\n'


def byte_letters():
    """A visible letter for each byte, as GPT-2 has them: printable bytes stand for themselves."""
    visible = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in visible]
    return {byte: chr(byte) for byte in visible} | {byte: chr(256 + i) for i, byte in enumerate(hidden)}


LETTER = byte_letters()


def kind_of(char):
    if char.isspace():
        return 'space'
    return {'L': 'letter', 'N': 'number'}.get(unicodedata.category(char)[0], 'other')


CONTRACTIONS = ("'s", "'t", "'re", "'ve", "'m", "'ll", "'d")


def words_of(text):
    """GPT-2's division of a text: runs of one kind, each with the one space before it; the rest of the spaces by themselves."""
    at = 0
    while at < len(text):
        contraction = next((c for c in CONTRACTIONS if text.startswith(c, at)), None)
        if contraction:
            end = at + len(contraction)
        else:
            start = at + 1 if text[at] == ' ' and at + 1 < len(text) and kind_of(text[at + 1]) != 'space' else at
            end = start + 1
            while end < len(text) and kind_of(text[end]) == kind_of(text[start]):
                end += 1
            # Of several spaces the last belongs to the word behind.
            if kind_of(text[start]) == 'space' and end < len(text) and end - start > 1:
                end -= 1
        yield text[at:end]
        at = end


def merged(pieces, pair):
    out, at = [], 0
    while at < len(pieces):
        if tuple(pieces[at : at + 2]) == pair:
            out.append(''.join(pair))
            at += 2
        else:
            out.append(pieces[at])
            at += 1
    return out


def letters_of(word):
    return [LETTER[byte] for byte in word.encode()]


def learn():
    """The pairs to merge, most frequent first; of equals the one that is first in the alphabet."""
    words = {word: [letters_of(word), count] for word, count in Counter(words_of(CORPUS.strip())).items()}
    merges = []
    while len(merges) < SIZE - 256 - len(SPECIAL):
        pairs = Counter()
        for pieces, count in words.values():
            for pair in zip(pieces, pieces[1:]):
                pairs[pair] += count
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        for word in words.values():
            word[0] = merged(word[0], best)
    return merges


MERGES = learn()
RANK = {pair: rank for rank, pair in enumerate(MERGES)}
IDS = {LETTER[byte]: byte for byte in range(256)} | {''.join(pair): 256 + i for i, pair in enumerate(MERGES)}
assert len(IDS) == SIZE - len(SPECIAL)


def encode_word(word):
    pieces = letters_of(word)
    while len(pieces) > 1:
        best = min(zip(pieces, pieces[1:]), key=lambda pair: RANK.get(pair, SIZE))
        if best not in RANK:
            break
        pieces = merged(pieces, best)
    return [IDS[piece] for piece in pieces]


def encode(text):
    """Special tokens written out in the text are tokens."""
    for i, special in enumerate(SPECIAL):
        before, found, after = text.partition(special)
        if found:
            return encode(before) + [END_OF_TEXT + i] + encode(after)
    return [id for word in words_of(text) for id in encode_word(word)]


def to_json():
    added = lambda i, content: dict(
        id=END_OF_TEXT + i, content=content, single_word=False, lstrip=False, rstrip=False, normalized=False, special=True
    )
    bytes_to_letters = dict(type='ByteLevel', add_prefix_space=False, trim_offsets=True, use_regex=True)
    return dict(
        version='1.0', truncation=None, padding=None, added_tokens=[added(i, each) for i, each in enumerate(SPECIAL)],
        normalizer=None, pre_tokenizer=bytes_to_letters, post_processor=None, decoder=bytes_to_letters,
        model=dict(
            type='BPE', dropout=None, unk_token=None, continuing_subword_prefix=None, end_of_word_suffix=None,
            fuse_unk=False, byte_fallback=False, ignore_merges=False, vocab=IDS,
            merges=[' '.join(pair) for pair in MERGES],
        ),
    )


def configuration(positions):
    return dict(
        tokenizer_class='PreTrainedTokenizerFast', bos_token=None, eos_token='<|im_end|>', pad_token='<|endoftext|>',
        unk_token=None, model_max_length=positions, clean_up_tokenization_spaces=False, chat_template=CHAT_TEMPLATE,
    )
