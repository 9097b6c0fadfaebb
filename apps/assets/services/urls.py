"""Import by URL list: a job, since other servers take their time."""

from __future__ import annotations

import uuid
from typing import Any

import msgspec

from apps.accounts.models import User
from apps.core import storage
from apps.jobs.models import Job
from apps.jobs.services import enqueue
from apps.projects.models import Project


def ask_for_urls(*, project: Project, user: User, sent: Any) -> Job:
    """Keep the list and enqueue the job that fetches it."""
    path = f"projects/{project.pk}/url-lists/{uuid.uuid4().hex}.json"
    storage.put(path, msgspec.json.encode(sent))
    return enqueue(
        kind="assets.fetch_urls",
        title=f"Fetch {len(sent.urls)} images",
        organisation=project.organisation_id,
        project=project,
        user=user,
        arguments={"project": project.pk, "list": path, "count": len(sent.urls)},
    )
