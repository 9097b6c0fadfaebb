"""`manage.py organisation NAME --owner EMAIL`: a further organisation on this server."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from apps.accounts.models import User
from apps.accounts.services import create_organisation, create_user
from apps.core.errors import DomainError


class Command(BaseCommand):
    help = "Make an organisation, and its owner where there is no such account yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--owner", required=True, help="e-mail address")
        parser.add_argument("--password", help="of a new owner; an existing account keeps its own")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        owner = User.objects.filter(email__iexact=options["owner"].strip()).first()
        try:
            if owner is None:
                if not options["password"]:
                    raise CommandError("There is no such account yet: give --password for the new owner.")
                owner = create_user(email=options["owner"], password=options["password"])
            organisation = create_organisation(name=options["name"], owner=owner)
        except DomainError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(f"Organisation {organisation.pk}, owned by {owner.email}")
