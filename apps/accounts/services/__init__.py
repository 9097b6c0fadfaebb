"""Changing accounts, organisations and who is a member of which."""

from __future__ import annotations

from .invitations import accept_invitation, invite, open_invitation, revoke_invitation
from .members import (
    Departure,
    add_member,
    change_member,
    create_organisation,
    deactivate_member,
    reactivate_member,
    rename_organisation,
)
from .people import change_password, change_profile, create_user
from .sessions import adopt_session, end_sessions, sign_in, sign_out
from .tokens import create_token, revoke_token, revoke_tokens_of

__all__ = [
    "Departure",
    "accept_invitation",
    "add_member",
    "adopt_session",
    "change_member",
    "change_password",
    "change_profile",
    "create_organisation",
    "create_token",
    "create_user",
    "deactivate_member",
    "end_sessions",
    "invite",
    "open_invitation",
    "reactivate_member",
    "rename_organisation",
    "revoke_invitation",
    "revoke_token",
    "revoke_tokens_of",
    "sign_in",
    "sign_out",
]
