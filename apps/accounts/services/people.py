"""A person's own account."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from apps.accounts.errors import WeakPassword, WrongPassword
from apps.accounts.models import User
from apps.accounts.services.sessions import end_sessions
from apps.core.errors import Conflict, Invalid


def checked_email(email: str) -> str:
    """The address in lower case.

    Raises:
        Invalid: it is not an e-mail address.
    """
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        fault = {"pointer": "/email", "code": "invalid", "detail": "not an e-mail address"}
        raise Invalid(f"{email[:80]!r} is not an e-mail address.", fields=[fault]) from error
    return address


def check_password_strength(password: str, user: User | None = None) -> None:
    """Raises WeakPassword with all that is wrong with it."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise WeakPassword(" ".join(error.messages)) from error


@transaction.atomic
def create_user(*, email: str, name: str = "", password: str | None = None, language: str = "en") -> User:
    """A new person, who belongs to no organisation yet. Without a password they cannot sign in.

    Raises:
        Invalid: not an e-mail address.
        WeakPassword: the password is too easy to guess.
        Conflict: the address is taken.
    """
    address = checked_email(email)
    if password is not None:
        check_password_strength(password, User(email=address, name=name))
    try:
        with transaction.atomic():
            return User.objects.create_user(address, password, name=name.strip(), language=language)
    except IntegrityError as error:
        raise Conflict(f"There is an account with the address {address} already.") from error


@transaction.atomic
def change_password(*, user: User, current: str, new: str, keep_session: str | None) -> None:
    """Set a new password and end every other session.

    Raises:
        WrongPassword: `current` is not the password.
        WeakPassword: `new` is too easy to guess.
    """
    if not user.check_password(current):
        raise WrongPassword("The current password is not right. Nothing was changed.")
    check_password_strength(new, user)
    user.set_password(new)
    user.save(update_fields=["password"])
    end_sessions(user=user, but=keep_session)


@transaction.atomic
def change_profile(*, user: User, values: dict[str, Any]) -> User:
    """Set name, language, theme or preferences: those that `values` holds."""
    for field, value in values.items():
        setattr(user, field, value)
    if values:
        user.save(update_fields=list(values))
    return user
