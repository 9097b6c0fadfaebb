"""`python -m domain.formats`: the table of formats, as the guide for users holds it."""

from __future__ import annotations

from domain.shapes import SHAPE_NAMES

from . import FORMATS
from .fitting import LADDERS

INTRO = """# Formats

What each format reads and writes. ● comes back equal, as a property test holds for every format; ○ is written as the nearest
shape that the format has, and counted in the export's report; what has no mark is left out, and counted too. Reading recognises
a format from its contents. `python -m domain.formats` prints this page.

**Tracks.** A region may say which track it belongs to: one thing on several images of a sequence. Its number counts within the
sequence, which is the group of the images, and stays through import, editing, versions and export. MOT, MOTS as text and the
form `video` of CVAT XML call frames by the number in the image's name (or by `frame` of its metadata) and write a folder a
sequence. CVAT's keyframes become a region on every frame that they show, and are found again where boxes between them lie as
interpolation puts them. MOTS numbers a track by its class (class · 1000 + n); another number is changed, and counted.
"""


def main() -> None:
    print(INTRO)
    shapes = " | ".join(name.replace("_", " ") for name in SHAPE_NAMES)
    print(f"| format | name | reads | writes | {shapes} | tracks |")
    print("|---|---|---|---|" + ":-:|" * (len(SHAPE_NAMES) + 1))
    for found in sorted(FORMATS.values(), key=lambda f: f.title.lower()):
        marks = []
        for shape in SHAPE_NAMES:
            fits = found.writer is not None and set(LADDERS.get(shape, ())) & set(found.shapes)
            marks.append("●" if shape in found.shapes else "○" if fits else "")
        marks.append("●" if found.tracks else "")
        cells = [found.title, f"`{found.name}`", "yes" if found.reader else "", "yes" if found.writer else "", *marks]
        print("| " + " | ".join(cells) + " |")
    print("\n## Options\n\n| format | option | what it does |\n|---|---|---|")
    for found in sorted(FORMATS.values(), key=lambda f: f.title.lower()):
        for kind, options in (("writing", found.options), ("reading", found.read_options)):
            for name, detail in options.items():
                print(f"| {found.title} | `{name}` ({kind}) | {detail} |")


if __name__ == "__main__":
    main()
