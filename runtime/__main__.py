"""`python3 -m runtime up`, with the system's Python: builds what is missing, then hands over to the environment's.

Further words: `build` (base packages and front end), `build-dev` (with the packages of tests and checks).
"""

from __future__ import annotations

import os
import sys

from runtime.build import PYTHON, build
from runtime.complaint import CannotStart, explain


def main() -> int:
    word = sys.argv[1] if len(sys.argv) > 1 else "up"
    if word not in ("up", "build", "build-dev"):
        print(f"labelwright: {word!r} is not known; say up, build or build-dev.", file=sys.stderr)
        return 2
    try:
        build(development=word == "build-dev")
    except CannotStart as error:
        print(f"labelwright: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"labelwright: {explain(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    if word == "up":
        os.execv(PYTHON, [str(PYTHON), "-m", "runtime.up"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
