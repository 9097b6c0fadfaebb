"""What the endpoints of accounts take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

RoleName = Literal["owner", "manager", "reviewer", "annotator", "viewer"]
Scope = Literal["read", "write"]
Email = Annotated[str, msgspec.Meta(min_length=3, max_length=254)]
Password = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Language = Literal["en", "de"]
Theme = Literal["auto", "light", "dark"]
KeyPreset = Literal["labelwright", "cvat", "label_studio", "labelimg"]


ActionId = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
Chord = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]  # "Mod+Shift+Z"
OwnKeys = Annotated[dict[ActionId, Annotated[list[Chord], msgspec.Meta(max_length=8)]], msgspec.Meta(max_length=300)]


class LoginIn(msgspec.Struct):
    email: Email
    password: Password


class Preferences(msgspec.Struct, forbid_unknown_fields=True):
    """A person's own settings; the server keeps them, the browser gives them meaning."""

    key_preset: KeyPreset = "labelwright"
    keys: OwnKeys = {}  # action id → key chords, an empty list takes all keys away
    single_keys: bool = True
    view: dict[str, Any] = {}  # brightness, names on, panel width …


class MyOrganisation(msgspec.Struct):
    """An organisation that I am an active member of."""

    id: int
    name: str
    role: RoleName
    actions: list[str]  # what this role may do there, e.g. "project.create"


class Me(msgspec.Struct):
    """The person who is signed in."""

    id: int
    email: str
    name: str
    language: Language
    theme: Theme
    preferences: Preferences
    organisations: list[MyOrganisation]


class MePatch(msgspec.Struct):
    name: Name | UnsetType = UNSET
    language: Language | UnsetType = UNSET
    theme: Theme | UnsetType = UNSET
    preferences: Preferences | UnsetType = UNSET


class PasswordIn(msgspec.Struct):
    current: Password
    new: Password


class TokenIn(msgspec.Struct):
    """`expires_in_days` null: never."""

    name: Name
    scopes: list[Scope] = msgspec.field(default_factory=lambda: ["read", "write"])
    expires_in_days: Annotated[int, msgspec.Meta(ge=1, le=3650)] | None = 365


class TokenOut(msgspec.Struct):
    """An API token without its secret."""

    id: int
    name: str
    prefix: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class TokenMade(msgspec.Struct):
    """A new API token. `secret` is shown this once and kept nowhere."""

    token: TokenOut
    secret: str


class OrganisationIn(msgspec.Struct):
    name: Name


class OrganisationOut(msgspec.Struct):
    id: int
    name: str
    role: RoleName
    actions: list[str]
    members: int
    created_at: datetime
    web_url: str


class MemberIn(msgspec.Struct):
    """A person to add. Without `password` the server makes one and shows it once in the answer."""

    email: Email
    role: RoleName
    name: Annotated[str, msgspec.Meta(max_length=120)] = ""
    password: Password | None = None


class MemberOut(msgspec.Struct):
    """A member; `id` is the person's id, the same as everywhere."""

    id: int
    name: str
    email: str
    role: RoleName
    state: Literal["active", "deactivated"]
    number: int
    joined_at: datetime
    last_login: datetime | None
    web_url: str


class MemberMade(msgspec.Struct):
    """A new member. `initial_password` is set where the server made it; `existing_account` when the person had one."""

    member: MemberOut
    existing_account: bool
    initial_password: str | None = None


class MemberPatch(msgspec.Struct):
    role: RoleName | UnsetType = UNSET
    name: Name | UnsetType = UNSET


class DeactivateIn(msgspec.Struct):
    """Open work goes to `hand_over_to`, or back to the queue where that is null."""

    hand_over_to: int | None = None


class Deactivated(msgspec.Struct):
    """What deactivating a member did."""

    member: MemberOut
    freed: int
    handed_over: int
    sessions_ended: int
    tokens_revoked: int


class InvitationIn(msgspec.Struct):
    """With an empty `email` anybody who has the link may use it, once."""

    role: RoleName
    email: Annotated[str, msgspec.Meta(max_length=254)] = ""
    expires_in_days: Annotated[int, msgspec.Meta(ge=1, le=90)] = 14


class InvitationOut(msgspec.Struct):
    id: int
    email: str
    role: RoleName
    state: Literal["open", "accepted", "expired", "revoked"]
    invited_by: str
    created_at: datetime
    expires_at: datetime


class InvitationMade(msgspec.Struct):
    """A new invitation. The link is shown this once: hand it to the person, no mail is sent."""

    invitation: InvitationOut
    token: str
    url: str  # "/invite/<token>", to be put behind the address of this server


class InvitationShown(msgspec.Struct):
    """What somebody with the link sees before they accept."""

    organisation: str
    role: RoleName
    email: str
    invited_by: str
    expires_at: datetime


class InvitationAccept(msgspec.Struct):
    """Signed in: nothing is needed. Signed out: the account to make."""

    email: Annotated[str, msgspec.Meta(max_length=254)] = ""
    name: Annotated[str, msgspec.Meta(max_length=120)] = ""
    password: Annotated[str, msgspec.Meta(max_length=200)] = ""


class PolicyRow(msgspec.Struct):
    """One action and the roles that have it."""

    action: str
    roles: list[RoleName]


class Policy(msgspec.Struct):
    """The table that decides everything: role × action."""

    roles: list[RoleName]
    actions: list[PolicyRow]
