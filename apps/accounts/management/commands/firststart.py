"""`manage.py firststart`: the first organisation and its four people, on an empty database only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.management.base import BaseCommand
from django.db import transaction

from apps.accounts import services
from apps.accounts.models import Organisation, Role, User

DOMAIN = "labelwright.local"
ORGANISATION = "Labelwright"
OTHERS = (Role.MANAGER, Role.ANNOTATOR, Role.REVIEWER)
FILE = "first-login.txt"

# A password of 96 random bits cannot be guessed however fast its hash is, and four slow ones were a second of CPU. The
# first sign-in brings it to the full number of rounds, as with every hash that is weaker than the settings want.
ROUNDS_OF_RANDOM_PASSWORDS = 1_000


class Command(BaseCommand):
    help = "Make the first organisation with an owner, a manager, an annotator and a reviewer, if there is none yet."

    def handle(self, *args: Any, **options: Any) -> None:
        if Organisation.objects.exists():
            self.stdout.write("There are people already; nothing was made.")
            return
        passwords = {f"{role}@{DOMAIN}": secrets.token_urlsafe(12) for role in (Role.OWNER, *OTHERS)}
        lines = "".join(f"{email}  {password}\n" for email, password in passwords.items())
        with transaction.atomic():
            owner = _make_people(passwords)
            _keep(Path(settings.LABELWRIGHT_DATA) / FILE, settings.LABELWRIGHT_BASE_URL, lines)
        self.stdout.write(
            f"The first people of {owner.email.partition('@')[2]}, shown once and kept in {FILE}:\n{lines}"
        )


def _make_people(passwords: dict[str, str]) -> User:
    people = {role: _make_person(role, passwords[f"{role}@{DOMAIN}"]) for role in (Role.OWNER, *OTHERS)}
    owner = people[Role.OWNER]
    organisation = services.create_organisation(name=ORGANISATION, owner=owner)
    for role in OTHERS:
        services.add_member(
            organisation=organisation, email=people[role].email, name="", role=role, password=None, actor=owner
        )
    return owner


def _make_person(role: Role, password: str) -> User:
    person = services.create_user(email=f"{role}@{DOMAIN}", name=str(role.label))
    hasher = PBKDF2PasswordHasher()
    person.password = hasher.encode(password, hasher.salt(), ROUNDS_OF_RANDOM_PASSWORDS)
    person.save(update_fields=["password"])
    return person


def _keep(path: Path, address: str, lines: str) -> None:
    """Written before the people are committed: a password that was lost would lock everybody out."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{address}\n\n{lines}\nDelete this file once everybody has a password of their own.\n")
