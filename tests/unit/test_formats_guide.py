"""The guide's table of formats is what the registry says."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

from domain.formats.__main__ import main

GUIDE = Path(__file__).parents[2] / "docs" / "user" / "formats.md"


def test_the_guide_lists_every_format_as_it_is():
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        main()
    assert GUIDE.read_text() == printed.getvalue(), "run `.venv/bin/python -m domain.formats > docs/user/formats.md`"
