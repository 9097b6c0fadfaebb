"""`manage.py apitoken EMAIL`: a fresh API token, as the last word printed; of several people one a line."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.models import User
from apps.accounts.services import create_token
from apps.accounts.services.tokens import SCOPES


class Command(BaseCommand):
    help = "Make an API token for a person and print it, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", nargs="+")
        parser.add_argument("--name", default="command line", help="what the person sees in their list of tokens")
        parser.add_argument(
            "--scope", action="append", choices=SCOPES, help="may be given twice; default: read and write"
        )
        parser.add_argument("--days", type=int, default=365, help="until it expires; 0: never")

    def handle(self, *args: Any, **options: Any) -> None:
        for user in [self.person(email) for email in options["email"]]:
            _, secret = create_token(
                user=user,
                name=options["name"],
                scopes=options["scope"] or list(SCOPES),
                expires_in_days=options["days"] or None,
            )
            self.stdout.write(secret)

    def person(self, email: str) -> User:
        user = User.objects.filter(email__iexact=email.strip(), is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active account with the address {email}.")
        return user
