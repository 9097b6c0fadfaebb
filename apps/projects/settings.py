"""The settings of a project: one struct that checks them, with a default for each."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from django.conf import settings

from apps.accounts.models import Role
from apps.core.api import invalid_from
from apps.projects.access import ProjectAccess
from apps.projects.models import Project
from domain.checks import Choices, bad_choice

Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Reasons = Annotated[list[Reason], msgspec.Meta(max_length=40)]

Cap = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]

REJECT_REASONS = ("Missed something", "Wrong class", "Loose outline", "Does not follow the guideline")
UNUSABLE_REASONS = ("Broken or empty image", "Too blurred", "Not part of this project")
SKIP_REASONS = ("Too hard", "Not sure what is asked", "Other")


TestShare = Annotated[float, msgspec.Meta(ge=0, le=0.3)]


class HiddenTests(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """Work whose right answer is known, unknown to those who do it.

    `share` of the tasks handed out, 0 is none; `faults`: share of the review queue that is trusted work with a planted fault,
    0 is none; `feedback`: what an annotator is told after a submit; `iou`: from which overlap a region is at its place;
    `target`: the accuracy that `consequences` watch over.
    """

    share: TestShare = 0.0
    faults: TestShare = 0.0
    feedback: Literal["none", "score", "hints", "full"] = "none"
    iou: Annotated[float, msgspec.Meta(ge=0.1, le=0.95)] = 0.5
    target: Annotated[float, msgspec.Meta(gt=0, lt=1)] = 0.8
    consequences: Annotated[list[Literal["notify", "pause", "retrain"]], msgspec.Meta(max_length=3)] = msgspec.field(
        default_factory=lambda: ["notify"]
    )

    @property
    def on(self) -> bool:
        return self.share > 0


class Exam(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """Tasks with known answers that annotators do before they get work.

    `tasks`: how many, 0 is no exam; `pass_mark`: the share that must be right; `tries`: how often a person may try;
    `again`: once more after each guideline that all have to read.
    """

    tasks: Annotated[int, msgspec.Meta(ge=0, le=100)] = 0
    pass_mark: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.8
    tries: Annotated[int, msgspec.Meta(ge=1, le=20)] = 3
    again: bool = True


class HourlyCost(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """What an hour of active time costs; 0 is not known."""

    annotate: Annotated[float, msgspec.Meta(ge=0, le=100_000)] = 0.0
    review: Annotated[float, msgspec.Meta(ge=0, le=100_000)] = 0.0
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")] = "EUR"


ClassKey = Annotated[str, msgspec.Meta(pattern="^[0-9]{1,18}$")]


class ProjectSettings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How work goes in one project.

    `lease_seconds`: how long a claim is held without a heartbeat; `hold_hours`: how long unfinished or rejected work waits
    for its person before anyone may take it; `amodal`: regions may reach outside the image by up to its size; `semantic`:
    one class a pixel, drawn as masks; `coverage`: the share of pixels below which a submit of such work warns; `checks`:
    which rules run and how grave each is; `hidden_tests`: how people are measured against gold; `exam`: what they pass before work.
    """

    lease_seconds: Annotated[int, msgspec.Meta(ge=5, le=86_400)] = msgspec.field(
        default_factory=lambda: settings.LABELWRIGHT_LEASE_SECONDS
    )
    hold_hours: Annotated[float, msgspec.Meta(ge=0, le=720)] = msgspec.field(
        default_factory=lambda: settings.LABELWRIGHT_HOLD_SECONDS / 3600
    )
    amodal: bool = False
    semantic: bool = False
    coverage: Annotated[float, msgspec.Meta(ge=0, le=1)] = 1.0
    pseudonyms: bool = False  # annotators see each other as "member 3" too, not viewers only
    reject_reasons: Reasons = msgspec.field(default_factory=lambda: list(REJECT_REASONS))
    unusable_reasons: Reasons = msgspec.field(default_factory=lambda: list(UNUSABLE_REASONS))
    skip_reasons: Reasons = msgspec.field(default_factory=lambda: list(SKIP_REASONS))
    cap_open: Cap | None = None  # pieces of work in one person's hands at a time; a member's own cap wins
    cap_day: Cap | None = None  # submits of one person a day (UTC)
    # so many answers of a person are reviewed without exception, at first and after a guideline that all have to read
    probation: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0
    auto_advance: bool = True  # open the next task after a submit
    quality_target: Annotated[float, msgspec.Meta(gt=0, lt=1)] = 0.8  # the share of judged regions that should be right
    quality_targets: dict[ClassKey, Annotated[float, msgspec.Meta(gt=0, lt=1)]] = {}  # of single classes
    hourly_cost: HourlyCost = HourlyCost()
    resolve_issues: bool = False  # no work is accepted while an issue is open on it
    checks: Choices = Choices()
    hidden_tests: HiddenTests = msgspec.field(default_factory=HiddenTests)
    exam: Exam = Exam()
    # of the tasks, drawn by chance: whoever does them is not shown what models say, so that it is seen whether they lean on it
    without_predictions: Annotated[float, msgspec.Meta(ge=0, le=0.9)] = 0.0
    possible_misses: bool = True  # before a submit, ask about what a model surely sees and nobody has drawn


def settings_of(project: Project) -> ProjectSettings:
    """The project's settings with defaults filled in."""
    return msgspec.convert(project.settings, ProjectSettings)


def is_tested(access: ProjectAccess) -> bool:
    """Whether this person could meet hidden tests, or an exam, in the project.

    They then find only what was in their own hands: in a list of everything one sees which picture is there twice.
    """
    kept = access.project.settings
    if access.role not in (Role.ANNOTATOR, Role.REVIEWER) or not (kept.get("hidden_tests") or kept.get("exam")):
        return False
    rules = settings_of(access.project)
    return rules.hidden_tests.on or rules.hidden_tests.faults > 0 or rules.exam.tasks > 0


def changed_settings(kept: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """`kept` with `values` put over it, as it goes into the row: only what was ever set, so that defaults may improve.

    Raises:
        Invalid: an unknown setting, or a value of the wrong type or out of range.
    """
    merged = kept | values
    try:
        read = msgspec.convert(merged, ProjectSettings)
        bad = bad_choice(read.checks)
        if bad is not None:
            raise msgspec.ValidationError(f"{bad[1]} - at `$.checks.{bad[0]}`")
        checked = msgspec.to_builtins(read)
    except msgspec.ValidationError as error:
        raise invalid_from(error) from error
    return {name: checked[name] for name in merged}
