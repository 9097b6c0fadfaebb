"""`make api`: openapi.json out of the code, the front end's types out of that, and the palette out of the domain."""

from __future__ import annotations

import filecmp
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from runtime.build import PYTHON, node_modules
from runtime.complaint import CannotStart
from runtime.places import PROJECT

DOCUMENT = PROJECT / "openapi.json"
TYPES = PROJECT / "frontend" / "src" / "api" / "schema.d.ts"
PALETTE = PROJECT / "frontend" / "src" / "api" / "palette.ts"
TOOLS = PROJECT / "tools"


def write(document: Path, types: Path, palette: Path) -> None:
    """Generate the files at the given places. No server is needed."""
    palette.write_text(_palette())
    node_modules(TOOLS)
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.test"}
    spectacular = [str(PYTHON), "manage.py", "spectacular", "--format", "openapi-json", "--file", str(document)]
    _run([*spectacular, "--fail-on-warn"], PROJECT, env)
    text = document.read_text()
    document.write_text(text if text.endswith("\n") else text + "\n")
    tool = TOOLS / "node_modules" / ".bin" / "openapi-typescript"
    _run([str(tool), str(document), "--output", str(types), "--default-non-nullable=false"], TOOLS, dict(os.environ))


def _palette() -> str:
    """The colours that new classes take, as the front end reads them."""
    ask = [str(PYTHON), "-c", "from domain.schema import PALETTE; print(*PALETTE)"]
    told = subprocess.run(ask, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    colors = "".join(f'  "{color}",\n' for color in told.split())
    return f"/** Made by `make api` out of domain/schema. */\nexport const PALETTE = [\n{colors}] as const;\n"


def _run(command: list[str], folder: Path, env: dict[str, str]) -> None:
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout, done.stderr, sep="", file=sys.stderr)
        raise CannotStart(f"{Path(command[0]).name} failed; its messages stand above.")


def stale() -> list[Path]:
    """The committed files that differ from what the code says now."""
    folder = Path(tempfile.mkdtemp(prefix="lw-api-"))
    try:
        made = {DOCUMENT: folder / "openapi.json", TYPES: folder / "schema.d.ts", PALETTE: folder / "palette.ts"}
        write(made[DOCUMENT], made[TYPES], made[PALETTE])
        return [kept for kept, new in made.items() if not kept.exists() or not filecmp.cmp(kept, new, shallow=False)]
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    try:
        write(DOCUMENT, TYPES, PALETTE)
    except CannotStart as error:
        sys.exit(f"labelwright: {error}")
