"""The one renderer of Markdown: no HTML is taken in, and what comes out is cleaned once more."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from domain.prose import block_changes, marked_words

TAGS: Final = frozenset(
    [
        "p",
        "br",
        "hr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "strong",
        "em",
        "s",
        "code",
        "pre",
        "blockquote",
        "ul",
        "ol",
        "li",
        "a",
        "img",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "ins",
        "del",
    ]
)
HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")
ATTRIBUTES: Final = {
    **{heading: {"id"} for heading in HEADINGS},
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "th": {"style"},
    "td": {"style"},
    "ol": {"start"},
}
OWN_IMAGE: Final = re.compile(r"^/api/v1/projects/[0-9]{1,18}/guidelines/images/[0-9]{1,18}$")
ANCHOR: Final = re.compile(r"^g-[a-z0-9-]{1,80}$")
ALIGNMENT: Final = re.compile(r"^text-align:\s*(left|right|center);?$")


# Around words that changed, while Markdown is made into HTML: no text of people has these characters.
_START, _END = "\ue000", "\ue001"


class Section(NamedTuple):
    """What stands under one heading. `anchor` is the id of the heading in the HTML, `line` the line that it begins in."""

    anchor: str
    title: str
    level: int
    line: int


class Example(NamedTuple):
    """A picture that is shown as good or bad, and the section where it stands."""

    anchor: str
    verdict: str
    url: str
    caption: str


class Change(NamedTuple):
    """A block that was added, removed or changed, with the section where it stands."""

    kind: str
    section: str
    anchor: str
    html: str
    before_html: str


def render(markdown: str) -> str:
    """Safe HTML. Pictures are only those uploaded to a guideline; links are http, https and mailto. Headings have anchors."""
    tokens = _markdown().parse(markdown)
    for token, section in zip((t for t in tokens if t.type == "heading_open"), _sections(tokens), strict=True):
        token.attrSet("id", section.anchor)
    return _clean(_markdown().renderer.render(tokens, _markdown().options, {}))


def sections(markdown: str) -> list[Section]:
    """The headings in order, each with an anchor of its own."""
    return _sections(_markdown().parse(markdown))


def examples(markdown: str) -> list[Example]:
    """Pictures whose title is `good` or `bad`, in order."""
    tokens = _markdown().parse(markdown)
    named = iter(_sections(tokens))
    found, anchor = [], ""
    for token in tokens:
        if token.type == "heading_open":
            anchor = next(named).anchor
        for child in token.children or []:
            verdict = str(child.attrGet("title") or "")
            url = str(child.attrGet("src") or "")
            if child.type == "image" and verdict in ("good", "bad") and OWN_IMAGE.match(url):
                found.append(Example(anchor, verdict, url, child.content))
    return found


def lines_of(markdown: str) -> list[str]:
    """Lines as Markdown counts them."""
    return re.split(r"\r\n|\r|\n", markdown)


def blocks(markdown: str) -> list[str]:
    """The text cut where its outermost blocks begin: headings, paragraphs, lists, tables, quotations, code."""
    lines = lines_of(markdown)
    starts = [t.map[0] for t in _markdown().parse(markdown) if t.level == 0 and t.map and t.nesting != -1]
    ends = [*starts[1:], len(lines)][: len(starts)]
    return ["\n".join(lines[start:end]).strip("\n") for start, end in zip(starts, ends, strict=True)]


def changes(before: str, after: str) -> list[Change]:
    """What a newer text says otherwise, block by block, with changed words in `<ins>` and `<del>`."""
    new = blocks(after)
    places = _places(new, sections(after))
    found = []
    for change in block_changes(blocks(before), new):
        if change.kind == "same":
            continue
        title, anchor = places[min(change.at, len(places) - 1)] if places else ("", "")
        old, now = change.before or "", change.after or ""
        if change.kind == "changed":
            old, now = marked_words(old, now, start=_START, end=_END)
        found.append(Change(change.kind, title, anchor, _marked(now, "ins"), _marked(old, "del")))
    return found


def _places(new: Sequence[str], named: Sequence[Section]) -> list[tuple[str, str]]:
    """(title, anchor) of the section of each block."""
    found, at = [], ("", "")
    following = iter(named)
    for block in new:
        for _ in (t for t in _markdown().parse(block) if t.type == "heading_open"):
            section = next(following, None)
            at = (section.title, section.anchor) if section else at
        found.append(at)
    return found


def _marked(markdown: str, tag: str) -> str:
    html = _clean(_markdown().render(markdown))
    return _clean(html.replace(_START, f"<{tag}>").replace(_END, f"</{tag}>"))


def _sections(tokens: Sequence[Token]) -> list[Section]:
    found: list[Section] = []
    taken: set[str] = set()
    for place, token in enumerate(tokens):
        if token.type != "heading_open":
            continue
        inline = tokens[place + 1]
        title = "".join(child.content for child in inline.children or [] if child.type in ("text", "code_inline"))
        anchor = _anchor(title, taken)
        taken.add(anchor)
        found.append(Section(anchor, title.strip(), int(token.tag[1]), token.map[0] if token.map else 0))
    return found


def _anchor(title: str, taken: set[str]) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    name = "g-" + (re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "section")
    number, anchor = 2, name
    while anchor in taken:
        anchor, number = f"{name}-{number}", number + 1
    return anchor


def _clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        attribute_filter=_kept,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": False}).enable(
        ["table", "strikethrough"]
    )


def _kept(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src":
        return value if OWN_IMAGE.match(value) else None
    if name == "id":
        return value if ANCHOR.match(value) else None
    if name == "style":
        return value if ALIGNMENT.match(value) else None
    return value
