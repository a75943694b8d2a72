"""Vocabularies: enumerations whose every word says what it means, the same at every door and in the graph."""

from enum import StrEnum
from typing import Self


class Vocabulary(StrEnum):
    """Words with their meanings: `event = "event", "Something that happened."`."""

    meaning: str
    """What the word says, in a sentence."""

    def __new__(cls, word: str, meaning: str = "") -> Self:
        """Keep the meaning beside the word, which alone is the value; it is not given where a word is looked up."""
        member = str.__new__(cls, word)
        member._value_ = word
        member.meaning = meaning
        return member
