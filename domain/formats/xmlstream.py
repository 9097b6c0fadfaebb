"""XML as a stream of finished elements, without entities, in bounded memory."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any, BinaryIO
from xml.etree import ElementTree
from xml.parsers import expat

from .base import FormatError

BLOCK = 1 << 16
_ENCODING = re.compile(rb"""\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]{0,30})["'][^>]*\?>""")
_EASTERN = ("gbk", "gb2312", "gb18030", "big5", "shift-jis", "sjis", "euc-jp", "euc-kr", "cp936", "cp949", "cp932")
DEEPEST = 200
Element = ElementTree.Element


def elements(file: BinaryIO, path: str, wanted: frozenset[str]) -> Iterator[Element]:
    """The elements with a wanted tag, each when it ends and with all that it holds; those inside of one are not given again.

    Args:
        path: for messages.

    Raises:
        FormatError: `bad_xml` where it is not well-formed, `xml_entities` where it declares any: they are how a small file
            becomes a large one or reads another.
    """
    parser = _Parser(path, wanted)
    for block in _blocks(file, path):
        parser.feed(block)
        yield from parser.taken()
    parser.feed(b"", last=True)
    yield from parser.taken()


def _blocks(file: BinaryIO, path: str) -> Iterator[bytes]:
    """The file in blocks; one in an encoding that the parser does not know (GBK, Shift JIS) as UTF-8 with its header gone.

    Raises:
        FormatError: the text is not in the encoding that its header names.
    """
    block = file.read(BLOCK)
    decoder = _decoder(block)
    while block:
        if decoder is None:
            yield block
        else:
            try:
                yield decoder.decode(block).encode()
            except UnicodeDecodeError as error:
                raise FormatError("bad_xml", f"{path} is not in the encoding that it names: {error}") from None
        block = file.read(BLOCK)


def _decoder(head: bytes) -> codecs.IncrementalDecoder | None:
    """What reads an encoding of several bytes a letter that the header names; it takes the header away."""
    named = _ENCODING.match(head)
    name = named[1].decode("ascii").lower().replace("_", "-") if named is not None else ""
    return _Headless(name) if name in _EASTERN else None


class _Headless(codecs.IncrementalDecoder):
    """Decodes without the XML declaration, which names an encoding that the text no longer has."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._inner = codecs.getincrementaldecoder(name)()
        self._first = True

    def decode(self, block: Any, final: bool = False) -> str:
        text = self._inner.decode(block, final)
        if self._first:
            text, self._first = text[text.index("?>") + 2 :] if "?>" in text else text, False
        return text


def root_tag(file: BinaryIO) -> str | None:
    """The tag of the root, from the first block; None when it is no XML."""
    found: list[str] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda tag, _: found.append(tag)
    try:
        head = file.read(BLOCK)
        decoder = _decoder(head)
        parser.Parse(head if decoder is None else decoder.decode(head).encode(), False)
    except (expat.ExpatError, LookupError, ValueError):
        pass
    return found[0] if found else None


class _Parser:
    """Builds only what lies inside a wanted element."""

    def __init__(self, path: str, wanted: frozenset[str]) -> None:
        self._path, self._wanted = path, wanted
        self._ready: list[Element] = []
        self._open: list[Element] = []
        self._text: list[str] = []
        self._depth = 0
        self._expat = expat.ParserCreate()
        self._expat.buffer_text = True
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = self._text.append
        self._expat.EntityDeclHandler = self._refuse
        self._expat.ExternalEntityRefHandler = self._refuse

    def feed(self, block: bytes, *, last: bool = False) -> None:
        try:
            self._expat.Parse(block, last)
        except FormatError:
            raise
        except (expat.ExpatError, LookupError, ValueError) as error:  # the others: an encoding that is none
            raise FormatError("bad_xml", f"{self._path}: {error}") from None

    def taken(self) -> list[Element]:
        ready, self._ready = self._ready, []
        return ready

    def _refuse(self, *_: object) -> int:
        raise FormatError("xml_entities", f"{self._path} declares entities; annotation files need none")

    def _flush(self) -> None:
        if self._open and self._text:
            text = "".join(self._text)
            here = self._open[-1]
            if len(here):
                here[-1].tail = (here[-1].tail or "") + text
            else:
                here.text = (here.text or "") + text
        self._text.clear()

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise FormatError("bad_xml", f"{self._path} is nested more than {DEEPEST} deep")
        self._flush()
        if self._open or tag in self._wanted:
            made = Element(tag, attributes)
            if self._open:
                self._open[-1].append(made)
            self._open.append(made)

    def _end(self, tag: str) -> None:
        self._depth -= 1
        self._flush()
        if self._open:
            done = self._open.pop()
            if not self._open:
                self._ready.append(done)


def text_of(element: Element | None, default: str = "") -> str:
    """The trimmed text of an element that may be missing."""
    return (element.text or default).strip() if element is not None else default
