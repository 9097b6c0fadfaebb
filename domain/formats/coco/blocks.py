"""A large JSON object read piece by piece: its long arrays as blocks of whole members, so that memory does not grow with them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import BinaryIO

import msgspec

from domain.formats.base import BYTE_ORDER_MARK

BLOCK = 1 << 20  # bytes
_SPACE = re.compile(rb"[ \t\r\n]*")
# A text that does not end here is a lone quotation mark
_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|["\[\]{},]', re.DOTALL)
_NO_NUMBER = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|-?\bInfinity\b|\bNaN\b', re.DOTALL)
_RAWS = msgspec.json.Decoder(list[msgspec.Raw])


class Unreadable(ValueError):
    """The text is no such object."""


class _Text:
    """A window on the file that moves on; `at` is where reading goes on in `data`."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.data, self.at = file, b"", 0
        self._begins = True

    def more(self) -> bool:
        """Read on; false at the end of the file."""
        part = self._file.read(BLOCK)
        if self._begins:
            part, self._begins = part.removeprefix(BYTE_ORDER_MARK), False
        self.data, self.at = self.data[self.at :] + part, 0
        return bool(part)

    def next(self) -> bytes:
        """The next character that is no space; none at the end of the file."""
        while True:
            found = _SPACE.match(self.data, self.at)
            assert found is not None
            self.at = found.end()
            if self.at < len(self.data):
                return self.data[self.at : self.at + 1]
            if not self.more():
                return b""

    def take(self, wanted: bytes) -> None:
        if self.next() != wanted:
            raise Unreadable(wanted.decode())
        self.at += 1

    def value(self) -> bytes:
        """Any whole value."""
        self.next()
        while True:
            end = _end_of_value(self.data, self.at)
            if end is not None:
                found, self.at = self.data[self.at : end], end
                return found
            if not self.more():
                raise Unreadable("a value does not end")


def _end_of_value(data: bytes, at: int) -> int | None:
    depth = 0
    for token in _TOKEN.finditer(data, at):
        found = token[0]
        if found == b'"':
            return None
        if found in (b"[", b"{"):
            depth += 1
        elif found in (b"]", b"}"):
            depth -= 1
            if depth <= 0:
                return token.start() if depth < 0 else token.end()
        elif depth == 0:
            return token.end() if found[:1] == b'"' else token.start()
    return None


def _members(data: bytes, at: int) -> tuple[int | None, int | None]:
    """(the last comma between members, the bracket that ends the array), as far as they are in `data`."""
    depth, comma = 0, None
    for token in _TOKEN.finditer(data, at):
        found = token[0]
        if found == b'"':
            break
        if found in (b"[", b"{"):
            depth += 1
        elif found in (b"]", b"}"):
            depth -= 1
            if depth < 0:
                return comma, token.start()
        elif depth == 0 and found == b",":
            comma = token.start()
    return comma, None


def _blocks(text: _Text) -> Iterator[bytes]:
    """The array that begins here, as arrays of some of its members each."""
    text.take(b"[")
    if text.next() == b"]":
        text.at += 1
        return
    while True:
        while len(text.data) - text.at < BLOCK and text.more():
            pass
        cut = text.data.rfind(b"},", text.at)  # most likely between two members, which reading them tells
        if cut >= 0:
            block = b"[" + text.data[text.at : cut + 1] + b"]"
            try:
                _RAWS.decode(block)
            except msgspec.DecodeError:
                pass
            else:
                text.at = cut + 2
                yield block
                continue
        comma, end = _members(text.data, text.at)
        if end is not None:
            yield b"[" + text.data[text.at : end] + b"]"
            text.at = end + 1
            return
        if comma is not None:
            block, text.at = b"[" + text.data[text.at : comma] + b"]", comma + 1
            yield block
        elif not text.more():
            raise Unreadable("an array does not end")


def members(file: BinaryIO, arrays: Collection[str]) -> Iterator[tuple[str, bytes]]:
    """(name, JSON) of the members of the object that the file holds; those of `arrays` in blocks, one after the other.

    Raises:
        Unreadable: it is no object, or a member of `arrays` no array.
    """
    text = _Text(file)
    text.take(b"{")
    first = True
    while text.next() != b"}":
        if not first:
            text.take(b",")
            text.next()
        first = False
        name = _name(text.value())
        text.take(b":")
        if name in arrays and text.next() != b"n":
            for block in _blocks(text):
                yield name, _tamed(block)
        else:
            value = text.value()
            if name in arrays and value.strip() != b"null":
                raise Unreadable("[")
            yield name, _tamed(value)
    text.at += 1
    if text.next():
        raise Unreadable("something stands behind the object")


def _tamed(text: bytes) -> bytes:
    """Without the NaN and Infinity that Python writes and JSON has no word for: null, which whoever needs a number names."""
    if b"NaN" not in text and b"Infinity" not in text:
        return text
    return _NO_NUMBER.sub(lambda found: found[0] if found[0][:1] == b'"' else b"null", text)


def _name(raw: bytes) -> str:
    try:
        return msgspec.json.decode(raw, type=str)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(str(error)) from None
