"""What repeats: folding counts, sending what webhooks are told, and tidying their log."""

from __future__ import annotations

from celery import shared_task

from apps.accounts.models import Role
from apps.accounts.queries import members
from apps.activity import counts
from apps.activity.models import Webhook
from apps.activity.services import delivering, telling
from apps.projects.models import Project
from apps.tasks.queries.people import managers_of


@shared_task(name="activity.fold_counts", ignore_result=True)
def fold_counts() -> None:
    """Move appended deltas into the counts. Safe to deliver twice."""
    counts.fold()


@shared_task(name=telling.SEND_TASK, ignore_result=True)
def deliver_webhooks() -> None:
    """Send what is due to webhooks. Safe to deliver twice, and to die of at any time."""
    delivering.deliver(people=_people)


@shared_task(name="activity.tidy_webhooks", ignore_result=True)
def tidy_webhooks() -> None:
    """Delete old deliveries. Safe to deliver twice."""
    delivering.tidy()


def _people(webhook: Webhook) -> list[int]:
    """Who is told that a webhook was disabled: who manages its project, or the organisation."""
    if webhook.project_id is not None:
        project = Project.objects.filter(pk=webhook.project_id).first()
        return managers_of(project) if project is not None else []
    leaders = members(webhook.organisation_id).filter(role__in=[Role.OWNER, Role.MANAGER])
    return list(leaders.filter(state="active").values_list("user_id", flat=True))
