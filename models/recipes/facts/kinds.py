"""The shape of what documents are generated from."""
from dataclasses import dataclass

from .values import Draw


@dataclass(frozen=True)
class Attribute:
    """One thing that can be said of a kind: its name in tables, the type of its values, sentences and questions."""

    label: str
    type: str
    statements: list[str]
    questions: list[str]


@dataclass(frozen=True)
class Kind:
    key: str
    name: Draw
    attributes: list[Attribute]
    """What a list of such things is called."""
    list_name: str
