"""The base of every endpoint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.core import idempotency
from apps.core.errors import Invalid, NotAllowed, NotSignedIn
from apps.core.permissions import Action

if TYPE_CHECKING:
    from apps.accounts.models import User

READING = frozenset({"GET", "HEAD", "OPTIONS"})


def _number(name: str, value: Any) -> Any:
    """Ids stand in paths as text: those named `…_id` or `number` that hold digits become int."""
    numeric = isinstance(value, str) and value.isascii() and value.isdigit()
    return int(value) if numeric and (name.endswith("_id") or name == "number") else value


class Api(APIView):
    """Signed in by session or token, JSON in and out; a view translates, it does not decide.

    `actions` names the action a method needs; services and `…access` functions enforce it, the
    OpenAPI document shows it as `x-action`, and a test walks it for every role.
    """

    parser_classes: Sequence[type[BaseParser]] = (JSONParser,)
    renderer_classes = (JSONRenderer,)
    permission_classes = (AllowAny,)  # decided by `initial` below and by the access functions
    actions: ClassVar[dict[str, Action]] = {}
    public: ClassVar[bool] = False  # may be called signed out
    answers_secret: ClassVar[bool] = False  # the answer to a POST holds a secret, which is never kept

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return super().dispatch(request, *args, **{name: _number(name, value) for name, value in kwargs.items()})

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if "%00" in request.META.get("QUERY_STRING", "") or any("\x00" in str(value) for value in kwargs.values()):
            raise Invalid("The address holds the character U+0000, which no text can have. Leave it out.")
        if self.public:
            return
        if not request.user.is_authenticated:
            raise NotSignedIn("Sign in, or send `Authorization: Token lw_…`.")
        if (
            request.auth is not None
            and request.method not in READING
            and "write" not in getattr(request.auth, "scopes", [])
        ):
            raise NotAllowed("This token may only read. Make one with the scope `write`.")
        if request.method == "POST" and (key := idempotency.key_of(request)):
            self._answer_once(request, key)

    def _answer_once(self, request: Request, key: str) -> None:
        """A call with an `Idempotency-Key` goes through `idempotency.once`."""
        handler = getattr(self, "post", None)
        if handler is not None:
            self.post = lambda _, *args, **kwargs: idempotency.once(
                request, key, lambda: handler(request, *args, **kwargs), secret=self.answers_secret
            )

    @property
    def user(self) -> User:
        """The person who is asking; only valid in endpoints that are not public."""
        return self.request.user  # type: ignore[return-value]
