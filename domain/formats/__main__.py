"""`python -m domain.formats`: the table of formats, as the guide for users holds it."""

from __future__ import annotations

from domain.shapes import SHAPE_NAMES

from . import FORMATS
from .fitting import LADDERS

INTRO = """# Formats

What each format reads and writes. ● comes back equal, as a property test holds for every format; ○ is written as the nearest
shape that the format has, and counted in the export's report; what has no mark is left out, and counted too. Reading recognises
a format from its contents. `python -m domain.formats` prints this page.
"""


def main() -> None:
    print(INTRO)
    print("| format | name | reads | writes | " + " | ".join(name.replace("_", " ") for name in SHAPE_NAMES) + " |")
    print("|---|---|---|---|" + ":-:|" * len(SHAPE_NAMES))
    for found in sorted(FORMATS.values(), key=lambda f: f.title.lower()):
        marks = []
        for shape in SHAPE_NAMES:
            fits = found.writer is not None and set(LADDERS.get(shape, ())) & set(found.shapes)
            marks.append("●" if shape in found.shapes else "○" if fits else "")
        cells = [found.title, f"`{found.name}`", "yes" if found.reader else "", "yes" if found.writer else "", *marks]
        print("| " + " | ".join(cells) + " |")
    print("\n## Options\n\n| format | option | what it does |\n|---|---|---|")
    for found in sorted(FORMATS.values(), key=lambda f: f.title.lower()):
        for kind, options in (("writing", found.options), ("reading", found.read_options)):
            for name, detail in options.items():
                print(f"| {found.title} | `{name}` ({kind}) | {detail} |")


if __name__ == "__main__":
    main()
