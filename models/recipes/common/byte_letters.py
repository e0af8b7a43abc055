"""A visible letter for each byte, as byte-level tokenizers write text (GPT-2): printable bytes stand for themselves."""


def byte_letters() -> dict[int, str]:
    visible = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in visible]
    return {byte: chr(byte) for byte in visible} | {byte: chr(256 + at) for at, byte in enumerate(hidden)}


LETTER = byte_letters()
_BYTE = {letter: byte for byte, letter in LETTER.items()}


def to_letters(text: str) -> str:
    return "".join(LETTER[byte] for byte in text.encode())


def to_bytes(letters: str) -> bytes:
    return bytes(_BYTE[letter] for letter in letters)
