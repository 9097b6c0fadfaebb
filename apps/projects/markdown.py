"""The one renderer of Markdown: no HTML is taken in, and what comes out is cleaned once more."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import nh3
from markdown_it import MarkdownIt

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
    ]
)
ATTRIBUTES: Final = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "th": {"style"},
    "td": {"style"},
    "ol": {"start"},
}
OWN_IMAGE: Final = re.compile(r"^/api/v1/projects/[0-9]{1,18}/guidelines/images/[0-9]{1,18}$")
ALIGNMENT: Final = re.compile(r"^text-align:\s*(left|right|center);?$")


def render(markdown: str) -> str:
    """Safe HTML. Pictures are only those uploaded to a guideline; links are http, https and mailto."""
    return nh3.clean(
        _markdown().render(markdown),
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
    if name == "style":
        return value if ALIGNMENT.match(value) else None
    return value
