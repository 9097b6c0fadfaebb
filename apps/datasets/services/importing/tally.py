"""The report of an import while it grows."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

EXAMPLES = 5


@dataclass(slots=True)
class Effect:
    """What becomes of the regions and answers of the file, and of those that stood before."""

    added: int = 0
    updated: int = 0  # the same id stood there, and nobody had touched it
    removed: int = 0  # stood there; the file takes their place
    unchanged: int = 0  # stand there already, or people corrected or deleted them since
    kept: int = 0  # of people; the file says otherwise
    by_people: int = 0  # of those updated and removed: drawn or corrected by people


@dataclass(slots=True)
class Tally:
    """Counts and problems. `items` is what was read; `changed` and `unchanged` are items that have an image."""

    format: str = ""
    items: int = 0
    assets: int = 0
    tasks: int = 0
    regions: int = 0
    matched: int = 0
    changed: int = 0
    unchanged: int = 0
    classes_created: list[str] = field(default_factory=list)
    effect: Effect = field(default_factory=Effect)
    problems: dict[str, dict[str, Any]] = field(default_factory=dict)

    def problem(self, code: str, detail: str, item: str, element: str | None = None) -> None:
        found = self.problems.setdefault(code, {"code": code, "detail": detail, "count": 0, "examples": []})
        found["count"] += 1
        if len(found["examples"]) < EXAMPLES:
            found["examples"].append({"item": item[:300], "element": element})

    def document(self) -> dict[str, Any]:
        return {
            "format": self.format,
            "items": self.items,
            "assets": self.assets,
            "tasks": self.tasks,
            "regions": self.regions,
            "matched": self.matched,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "classes_created": self.classes_created,
            "effect": asdict(self.effect),
            "problems": [self.problems[code] for code in sorted(self.problems)],
        }
