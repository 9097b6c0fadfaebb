"""What a page of the built front end makes a browser load: the sum over its script's imports, compressed as it is sent."""

from __future__ import annotations

import gzip
import json
from typing import Any

from runtime.build import DIST, FRONTEND

MOST = 600_000  # bytes of compressed script a page with the canvas may load
PAGES = ("src/pages/label/index.ts", "src/pages/label/TaskPage.tsx", "src/pages/review/index.ts")
ALWAYS = ("index.html", "src/app/i18n/de/index.ts")  # the longer of the two languages
MANIFEST = DIST / ".vite" / "manifest.json"


def weigh(page: str) -> dict[str, int]:
    """Compressed bytes of each script and worker that the page loads before somebody does anything."""
    chunks: dict[str, Any] = json.loads(MANIFEST.read_text())
    wanted, seen = [*ALWAYS, page], set()
    while wanted:
        name = wanted.pop()
        if name in seen:
            continue
        seen.add(name)
        wanted += chunks[name].get("imports", [])
    files = {chunks[name]["file"] for name in seen}
    return {file: len(gzip.compress((DIST / file).read_bytes(), 9)) for file in sorted(files) if file.endswith(".js")}


def too_heavy() -> tuple[bool, str]:
    """For `make check`: fails where a page loads more than it may, naming its heaviest parts."""
    if not MANIFEST.exists():
        return False, f"{MANIFEST.relative_to(FRONTEND)} is missing. Run `make build`."
    lines = []
    for page in PAGES:
        parts = weigh(page)
        total = sum(parts.values())
        if total <= MOST:
            continue
        heavy = sorted(parts.items(), key=lambda part: -part[1])[:5]
        named = ", ".join(f"{file} {size:,}" for file, size in heavy)
        lines.append(f"{page} loads {total:,} bytes of compressed script, {MOST:,} at most: {named}")
    return not lines, "\n".join(lines)


if __name__ == "__main__":
    for each in PAGES:
        print(f"{each}: {sum(weigh(each).values()):,} bytes of compressed script")
