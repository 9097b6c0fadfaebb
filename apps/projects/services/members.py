"""Who is named in a project, and whether with another role than in the organisation."""

from __future__ import annotations

from django.db import transaction

from apps.accounts.announcing import access_changed
from apps.accounts.models import Membership, Role, User
from apps.accounts.queries import display_name
from apps.activity.services import record
from apps.core.errors import Invalid, NotAllowed, NotFound
from apps.projects.models import Project, ProjectMember


@transaction.atomic
def name_member(*, project: Project, user_id: int, role: str | None, actor: User, actor_role: str) -> ProjectMember:
    """Name a person in the project, or change the role they have here. `role` None: as in the organisation.

    Raises:
        Invalid: they are no active member of the organisation.
        NotAllowed: only owners give or take the role of owner.
    """
    membership = (
        Membership.objects.select_related("user")
        .filter(organisation_id=project.organisation_id, user_id=user_id, state=Membership.State.ACTIVE)
        .first()
    )
    if membership is None:
        raise Invalid("Only active members of the organisation can take part. Add them there first.")
    if (role == Role.OWNER or membership.role == Role.OWNER) and actor_role != Role.OWNER:
        raise NotAllowed("Only owners give or change the role of an owner.")
    row, _ = ProjectMember.objects.update_or_create(project=project, user_id=user_id, defaults={"role": role or ""})
    access_changed([user_id])
    details = {"name": display_name(membership.user), "role": role}
    record(
        organisation_id=project.organisation_id, project_id=project.pk, verb="project.member_named", actor=actor,
        object_type="user", object_id=user_id, details=details, notify=[user_id],
    )  # fmt: skip
    return row


@transaction.atomic
def unname_member(*, project: Project, user_id: int, actor: User) -> None:
    """Take the name out again: the organisation's role holds, and in a restricted project they see nothing any more.

    Raises:
        NotFound: they are not named.
    """
    gone, _ = ProjectMember.objects.filter(project=project, user_id=user_id).delete()
    if not gone:
        raise NotFound("This person is not named in the project.")
    access_changed([user_id])
    record(
        organisation_id=project.organisation_id, project_id=project.pk, verb="project.member_unnamed", actor=actor,
        object_type="user", object_id=user_id,
    )  # fmt: skip
