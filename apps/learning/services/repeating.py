"""Training again by itself."""

from __future__ import annotations

from django.db import transaction

from apps.accounts.models import User
from apps.learning.errors import NotTrainedHere
from apps.learning.models import Repeat
from apps.predictions.models import RegisteredModel


@transaction.atomic
def set_repeat(
    *, model: RegisteredModel, user: User, after: int, predict: bool = True, order: bool = False
) -> Repeat | None:
    """Train again whenever `after` more tasks were accepted than at the last training; 0: not any more.

    Raises:
        NotTrainedHere: the model is an uploaded file or a server.
    """
    if model.backend != RegisteredModel.Backend.TRAINED:
        raise NotTrainedHere(f"{model.name} gets its versions from a file or a server.")
    if after == 0:
        Repeat.objects.filter(model=model).delete()
        return None
    values = {
        "project": model.project,
        "after": after,
        "predict": predict or order,
        "order": order,
        "set_by": user,
        "trouble": "",
    }
    return Repeat.objects.update_or_create(model=model, defaults=values)[0]
