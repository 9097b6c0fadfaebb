"""Which jobs a person may see: their own, and all of an organisation where their role has `jobs.view`."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from apps.accounts.models import Membership, User
from apps.accounts.queries import memberships_of
from apps.core.errors import NotAllowed, NotFound
from apps.core.permissions import POLICY, Action
from apps.jobs.models import Job


def jobs_visible_to(user: User) -> QuerySet[Job]:
    """Jobs of organisations that the person is an active member of."""
    active = memberships_of(user).order_by()
    overseen = active.filter(role__in=POLICY[Action.JOBS_VIEW]).values("organisation_id")
    return Job.objects.select_related("created_by").filter(
        Q(organisation_id__in=overseen) | Q(created_by_id=user.pk, organisation_id__in=active.values("organisation_id"))
    )


def job_for(user: User, job_id: int, *, to_cancel: bool = False) -> Job:
    """The job, where the person may see it.

    Raises:
        NotFound: no such job, or not for this person.
        NotAllowed: to cancel another person's job the role needs `jobs.cancel`.
    """
    job = jobs_visible_to(user).filter(pk=job_id).first()
    if job is None:
        raise NotFound("There is no such job, or you may not see it.")
    if to_cancel and job.created_by_id != user.pk:
        role = Membership.objects.get(organisation_id=job.organisation_id, user_id=user.pk).role
        if role not in POLICY[Action.JOBS_CANCEL]:
            raise NotAllowed("Only whoever started a job, or a manager, may cancel it.")
    return job
