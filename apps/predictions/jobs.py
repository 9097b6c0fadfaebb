"""Entry points of machine work with models."""

from __future__ import annotations

from typing import Any

from apps.jobs.running import JobRun, job
from apps.predictions.models import ModelVersion
from apps.predictions.services import checking, registering


@job(registering.CHECK)
def check_version(run: JobRun) -> dict[str, Any]:
    """Look at a version. Run twice, the same is found."""
    version = ModelVersion.objects.select_related("model__project__schema").get(pk=run.arguments["version"])
    run.progress(0, 1)
    version = checking.check_version(version=version)
    return {"version": version.pk, "state": version.state, "reason": version.reason}
