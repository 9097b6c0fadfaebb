"""`manage.py rotate_secrets`: seal all kept credentials anew with the first of today's keys; then earlier keys can go."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import transaction

from apps.core.models import SealedField
from apps.core.secrets import SecretUnreadable, seal, unseal


class Command(BaseCommand):
    help = "Encrypt all kept credentials anew with the current key."

    def handle(self, *args: Any, **options: Any) -> None:
        sealed, unreadable = 0, []
        for model in apps.get_models():
            names = [field.attname for field in model._meta.concrete_fields if isinstance(field, SealedField)]
            for name in names:
                rows = model._base_manager.exclude(**{name: ""}).values_list("pk", flat=True)
                for pk in list(rows):
                    try:
                        _seal_again(model, name, pk)
                        sealed += 1
                    except SecretUnreadable:
                        unreadable.append(f"{model._meta.verbose_name} {pk}")
        self.stdout.write(f"{sealed} sealed anew.")
        if unreadable:
            self.stderr.write(f"No key opens these; their credentials must be entered again: {', '.join(unreadable)}")


@transaction.atomic
def _seal_again(model: Any, name: str, pk: Any) -> None:
    row = model._base_manager.select_for_update().only(name).get(pk=pk)
    model._base_manager.filter(pk=pk).update(**{name: seal(unseal(getattr(row, name)))})
