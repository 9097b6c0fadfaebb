"""Pictures out of packages: fetched once by pip into `var/bench`, as data only. They are nobody's requirement."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bench.stack import PROJECT


def package(suite: str, name: str, version: str, *, source: bool = False) -> Path | None:
    """The file of a package for this machine; None, with a word why, where it cannot be fetched.

    Args:
        name: as files are called, with underscores.
        source: the source archive in place of the wheel.
    """
    home = PROJECT / "var" / "bench" / suite
    pattern = f"{name}-{version}*.tar.gz" if source else f"{name}-{version}-*.whl"
    if not any(home.glob(pattern)):
        how = ["--no-binary", ":all:"] if source else []
        fetch = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "-q",
            "--no-deps",
            *how,
            "-d",
            str(home),
            f"{name}=={version}",
        ]
        subprocess.run(fetch, capture_output=True, check=False)
    found = next(home.glob(pattern), None)
    if found is None:
        print(f"the pictures of {name} are left out: it cannot be fetched", file=sys.stderr)
    return found
