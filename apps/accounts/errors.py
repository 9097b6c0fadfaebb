"""What can go wrong with people, and what to do then."""

from __future__ import annotations

from apps.core.errors import Conflict, DomainError, NotFound


class WrongCredentials(DomainError):
    code, status, title = "wrong_credentials", 401, "E-mail address or password is not right"


class WeakPassword(DomainError):
    code, status, title = "weak_password", 400, "This password is too easy to guess"


class WrongPassword(DomainError):
    code, status, title = "wrong_password", 400, "The current password is not right"


class LastOwner(Conflict):
    code, title = "last_owner", "An organisation needs an owner"


class AlreadyMember(Conflict):
    code, title = "already_member", "This person is a member already"


class InvitationOver(NotFound):
    code, title = "invitation_over", "This invitation cannot be used any more"


class SignInFirst(Conflict):
    code, title = "sign_in_first", "There is an account with this address: sign in, then open the link again"


class WrongInvitee(Conflict):
    code, title = "wrong_invitee", "This invitation is for somebody else"
