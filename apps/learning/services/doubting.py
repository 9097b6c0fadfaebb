"""What people say to a doubt."""

from __future__ import annotations

from django.db import transaction

from apps.accounts.models import User
from apps.learning.models import Doubt


@transaction.atomic
def keep_label(*, doubt: Doubt, user: User) -> Doubt:
    """The label is right. Said twice, the first stands."""
    Doubt.objects.filter(pk=doubt.pk, kept_by=None).update(kept_by=user)
    doubt.refresh_from_db(fields=["kept_by"])
    return doubt


@transaction.atomic
def doubt_again(*, doubt: Doubt) -> Doubt:
    """Take back that the label is right."""
    Doubt.objects.filter(pk=doubt.pk).update(kept_by=None)
    doubt.refresh_from_db(fields=["kept_by"])
    return doubt
