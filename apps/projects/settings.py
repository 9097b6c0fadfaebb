"""The settings of a project: one struct that checks them, with a default for each."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from apps.core.api import invalid_from
from apps.projects.models import Project

Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Reasons = Annotated[list[Reason], msgspec.Meta(max_length=40)]


class ProjectSettings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How work goes in one project.

    `lease_seconds`: how long a claim is held without a heartbeat; `hold_hours`: how long unfinished or rejected work waits
    for its person before anyone may take it; `amodal`: regions may reach outside the image by up to its size.
    """

    lease_seconds: Annotated[int, msgspec.Meta(ge=30, le=86_400)] = 900
    hold_hours: Annotated[float, msgspec.Meta(ge=0, le=720)] = 24.0
    amodal: bool = False
    pseudonyms: bool = False  # annotators see each other as "member 3" too, not viewers only
    reject_reasons: Reasons = ["Missed something", "Wrong class", "Loose outline", "Does not follow the guideline"]
    unusable_reasons: Reasons = ["Broken or empty image", "Too blurred", "Not part of this project"]
    skip_reasons: Reasons = ["Too hard", "Not sure what is asked", "Other"]
    auto_advance: bool = True  # open the next task after a submit


def settings_of(project: Project) -> ProjectSettings:
    """The project's settings with defaults filled in."""
    return msgspec.convert(project.settings, ProjectSettings)


def checked_settings(values: dict[str, Any]) -> dict[str, Any]:
    """`values` as they are kept.

    Raises:
        Invalid: an unknown setting, or a value of the wrong type or out of range.
    """
    try:
        return msgspec.to_builtins(msgspec.convert(values, ProjectSettings))
    except msgspec.ValidationError as error:
        raise invalid_from(error) from error
