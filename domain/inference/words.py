"""Words as the numbers that CLIP's text encoders take: byte pairs, merged in the order of a vocabulary file.

Sennrich, Haddow and Birch (2016) for byte pairs; Radford et al. (2021) for this vocabulary of 49,408 tokens. The vocabulary itself
is the operator's file: a text, gzipped, of a head line and one merge a line, as `bpe_simple_vocab_16e6.txt.gz` is.
"""

from __future__ import annotations

import gzip
import re
import unicodedata
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import IO

from .base import UnfitModel

MERGES = 48_894  # lines that count; with two tokens a byte and two for the ends they are the vocabulary
START, END = 49_406, 49_407
LENGTH = 32  # tokens of a text, both ends among them
VISUAL = (START, 7195, END)  # what SAM 3 is told where only boxes speak: the word "visual"
_MOST_BYTES = 16 << 20  # of the vocabulary, unpacked
_PIECES = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[^\W\d_]+|\d|(?:[^\s\w]|_)+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`ranks`: of each pair of symbols the place of its merge; `numbers`: of each symbol its token."""

    ranks: dict[tuple[str, str], int]
    numbers: dict[str, int]

    def tokens(self, text: str) -> tuple[int, ...]:
        """Of at most 32 tokens, the ends among them; what is longer is cut."""
        letters = _letters()
        words = _PIECES.findall(_apart(text.lower()))
        found = [
            self.numbers[symbol] for word in words for symbol in self._merged([letters[byte] for byte in word.encode()])
        ]
        return START, *found[: LENGTH - 2], END

    def _merged(self, word: list[str]) -> list[str]:
        """The symbols of a word after all merges, the earliest in the vocabulary first."""
        symbols = [*word[:-1], f"{word[-1]}</w>"]
        while len(symbols) > 1:
            best = min(pairwise(symbols), key=lambda pair: self.ranks.get(pair, MERGES))
            if best not in self.ranks:
                break
            joined, at = [], 0
            while at < len(symbols):
                both = tuple(symbols[at : at + 2]) == best
                joined.append("".join(best) if both else symbols[at])
                at += 2 if both else 1
            symbols = joined
        return symbols


def read_vocabulary(file: IO[bytes]) -> Vocabulary:
    """Raises UnfitModel: the file is no such vocabulary."""
    try:
        text = gzip.GzipFile(fileobj=file).read(_MOST_BYTES).decode()
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise UnfitModel("The vocabulary is no gzipped text.", "vocabulary_does_not_fit") from error
    merges = [tuple(line.split()) for line in text.split("\n")[1 : MERGES + 1]]
    if len(merges) < MERGES or any(len(pair) != 2 for pair in merges):
        raise UnfitModel(
            f"The vocabulary has not {MERGES} merges of two symbols, one a line.", "vocabulary_does_not_fit"
        )
    single = list(_letters().values())
    symbols = [*single, *(f"{one}</w>" for one in single), *("".join(pair) for pair in merges)]
    pairs: Sequence[tuple[str, str]] = [(pair[0], pair[1]) for pair in merges]
    return Vocabulary(
        {pair: rank for rank, pair in enumerate(pairs)}, {symbol: number for number, symbol in enumerate(symbols)}
    )


def padded(tokens: Sequence[int]) -> list[int]:
    """32 numbers, noughts behind the tokens."""
    return [*tokens, *[0] * (LENGTH - len(tokens))]


def _apart(text: str) -> str:
    """With room around each digit and other sign of a number, every one of which is a word."""
    return "".join(f" {one} " if unicodedata.category(one).startswith("N") else one for one in text)


def _letters() -> dict[int, str]:
    """A visible letter for each byte, in the order of their tokens: those that are visible stand for themselves, first."""
    visible = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    hidden = [byte for byte in range(256) if byte not in visible]
    return {byte: chr(byte) for byte in visible} | {byte: chr(256 + place) for place, byte in enumerate(hidden)}
