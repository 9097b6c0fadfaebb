"""`python -m domain.agreement.conformance FILE`: what differs, one line each; exit code 1 if anything does, 2 if unreadable."""

from __future__ import annotations

import sys
from pathlib import Path

from .running import BadFile, check_file


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: python -m domain.agreement.conformance FILE", file=sys.stderr)
        return 2
    try:
        total, differing = check_file(Path(arguments[0]))
    except (OSError, BadFile) as error:
        print(f"cannot read {arguments[0]}: {error}", file=sys.stderr)
        return 2
    wrong = 0
    for differences in differing.values():
        for difference in differences:
            if difference.foreign:
                print(f"note: {difference.line()} (another way's figure, not compared)", file=sys.stderr)
            else:
                print(difference.line())
        wrong += not all(difference.foreign for difference in differences)
    print(f"{total - wrong} of {total} vectors agree", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
