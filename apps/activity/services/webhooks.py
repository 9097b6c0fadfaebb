"""Making, changing and ending webhooks."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from apps.activity.kinds import KINDS, ORGANISATION_KINDS
from apps.activity.models import Delivery, Webhook
from apps.activity.services import telling
from apps.activity.services.recording import record
from apps.activity.services.signing import secret_of
from apps.core.errors import Conflict, Invalid
from apps.core.outgoing import check_url

MOST = 20  # webhooks of one organisation, or of one project
OLD_SECRET_HOURS = 24  # that a replaced secret still signs


class TooManyWebhooks(Conflict):
    code, title = "too_many_webhooks", "There are as many webhooks as there can be"


class NothingToRepeat(Conflict):
    code, title = "delivery_pending", "The delivery is on its way already"


@transaction.atomic
def make_webhook(
    *, organisation_id: int, project_id: int | None, user: AbstractBaseUser, name: str, url: str, kinds: list[str]
) -> tuple[Webhook, str]:
    """A new webhook and its secret, which is shown this once.

    Raises:
        Invalid: no kind, one that is not of a project, or an address that could never be asked.
        TooManyWebhooks
    """
    if Webhook.objects.filter(organisation_id=organisation_id, project_id=project_id).count() >= MOST:
        raise TooManyWebhooks(f"There are {MOST} webhooks here already. Delete one that is not needed.")
    hook = Webhook.objects.create(
        organisation_id=organisation_id,
        project_id=project_id,
        created_by=user,  # type: ignore[misc]
        name=_named(name, url),
        url=_checked_url(url),
        kinds=_checked_kinds(kinds, project_id),
        salt=secrets.token_hex(16),
    )
    _write_down(hook, "webhook.made", user)
    return hook, secret_of(hook.salt)


@transaction.atomic
def change_webhook(*, webhook: Webhook, user: AbstractBaseUser, values: dict[str, Any]) -> Webhook:
    """Change name, address, kinds or whether it is active. Made active, it starts with a clean slate and sends what waits.

    Raises:
        Invalid: as `make_webhook`.
    """
    hook = Webhook.objects.select_for_update().get(pk=webhook.pk)
    if "url" in values:
        hook.url = _checked_url(values["url"])
    if "name" in values:
        hook.name = _named(values["name"], hook.url)
    if "kinds" in values:
        hook.kinds = _checked_kinds(values["kinds"], hook.project_id)
    if "active" in values:
        hook.state = Webhook.State.ACTIVE if values["active"] else Webhook.State.PAUSED
    if values.get("active") or "url" in values:
        hook.failures, hook.rests_until = 0, None
    hook.save()
    _write_down(hook, "webhook.changed", user, fields=sorted(values))
    if hook.state == Webhook.State.ACTIVE:
        transaction.on_commit(telling.nudge, robust=True)
    return hook


@transaction.atomic
def replace_secret(*, webhook: Webhook, user: AbstractBaseUser) -> tuple[Webhook, str]:
    """A new secret, shown this once. The one before signs beside it for a day, so that receivers can change over."""
    hook = Webhook.objects.select_for_update().get(pk=webhook.pk)
    hook.old_salt, hook.salt = hook.salt, secrets.token_hex(16)
    hook.old_salt_until = timezone.now() + timedelta(hours=OLD_SECRET_HOURS)
    hook.save()
    _write_down(hook, "webhook.secret_replaced", user)
    return hook, secret_of(hook.salt)


@transaction.atomic
def delete_webhook(*, webhook: Webhook, user: AbstractBaseUser) -> None:
    """Delete it with its log; what waits is not sent."""
    _write_down(webhook, "webhook.deleted", user)
    webhook.delete()


@transaction.atomic
def send_again(*, delivery: Delivery) -> Delivery:
    """Send a delivery once more, under the same id and with all its tries.

    Raises:
        NothingToRepeat: it has not ended yet.
    """
    row = Delivery.objects.select_for_update().select_related("webhook").get(pk=delivery.pk)
    if row.state == Delivery.State.PENDING:
        raise NothingToRepeat("The delivery has not ended yet. It is tried again by itself.")
    row.state, row.tries, row.finished_at, row.next_try_at = Delivery.State.PENDING, 0, None, timezone.now()
    row.save(update_fields=["state", "tries", "finished_at", "next_try_at"])
    transaction.on_commit(telling.nudge, robust=True)
    return row


def forget_project(project_id: int) -> None:
    """Webhooks go with their project when it is purged."""
    Webhook.objects.filter(project_id=project_id).delete()


def _named(name: str, url: str) -> str:
    return name.strip()[:120] or url.partition("://")[2].partition("/")[0][:120]


def _checked_url(url: str) -> str:
    check_url(url)
    return url


def _checked_kinds(kinds: list[str], project_id: int | None) -> list[str]:
    if not kinds:
        raise Invalid("Name at least one kind of event.", fields=[_wrong("/kinds", "required", "none is named")])
    unknown = sorted(set(kinds) - KINDS) or sorted(set(kinds) & ORGANISATION_KINDS if project_id is not None else ())
    if unknown:
        raise Invalid(
            f"A project has no events of the kind {unknown[0]}.", fields=[_wrong("/kinds", "unknown", unknown[0])]
        )
    return sorted(set(kinds))


def _wrong(pointer: str, code: str, detail: str) -> dict[str, str]:
    return {"pointer": pointer, "code": code, "detail": detail}


def _write_down(hook: Webhook, verb: str, user: AbstractBaseUser, **more: Any) -> None:
    record(
        organisation_id=hook.organisation_id, project_id=hook.project_id, verb=verb, actor=user,
        object_type="webhook", object_id=hook.pk, details={"name": hook.name, **more},
    )  # fmt: skip
