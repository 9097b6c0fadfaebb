"""Signing in, one's own account, and API tokens."""

from __future__ import annotations

import msgspec
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpResponse
from django.middleware.csrf import get_token
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from apps.accounts import queries, services
from apps.accounts.api.documents import me_out, token_out
from apps.accounts.api.structs import LoginIn, Me, MePatch, PasswordIn, TokenIn, TokenMade, TokenOut
from apps.accounts.models import ApiToken
from apps.core.api import answer, body, nothing
from apps.core.errors import NotAllowed, NotSignedIn
from apps.core.pagination import Page, paginate
from apps.core.views import Api


class LoginView(Api):
    public = True
    authentication_classes = ()

    @extend_schema(request=LoginIn, responses={200: Me})
    def post(self, request: Request) -> HttpResponse:
        """Open a session. Failures are throttled by e-mail and network address: 429 says for how many seconds."""
        sent = body(request, LoginIn)
        user = services.sign_in(request=request._request, email=sent.email, password=sent.password)
        return answer(me_out(user))


class LogoutView(Api):
    public = True

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request) -> HttpResponse:
        """End this session. Signed out, nothing happens."""
        services.sign_out(request=request._request)
        return nothing()


class MeView(Api):
    """The person who is signed in."""

    public = True

    @extend_schema(responses={200: Me})
    def get(self, request: Request) -> HttpResponse:
        """Who I am, where I am a member, and what I may do there. 401 when signed out; sets the CSRF cookie either way."""
        get_token(request._request)
        if not request.user.is_authenticated:
            raise NotSignedIn("Sign in, or send `Authorization: Token lw_…`.")
        return answer(me_out(self.user))

    @extend_schema(request=MePatch, responses={200: Me})
    def patch(self, request: Request) -> HttpResponse:
        """Change my name, language, theme or preferences."""
        if not request.user.is_authenticated:
            raise NotSignedIn("Sign in first.")
        own = _token_scopes(request)
        if own is not None and "write" not in own:
            raise NotAllowed("This token may only read.")
        sent = msgspec.to_builtins(body(request, MePatch))
        return answer(me_out(services.change_profile(user=self.user, values=sent)))


class PasswordView(Api):
    @extend_schema(request=PasswordIn, responses={204: None})
    def post(self, request: Request) -> HttpResponse:
        """Change my password. All my other sessions end."""
        if request.auth is not None:
            raise NotAllowed("A password is changed by its person, signed in; not with a token.")
        sent = body(request, PasswordIn)
        key = request._request.session.session_key
        with transaction.atomic():
            services.change_password(user=self.user, current=sent.current, new=sent.new, keep_session=key)
        update_session_auth_hash(request._request, self.user)
        services.adopt_session(request=request._request, user=self.user)
        return nothing()


class TokensView(Api):
    answers_secret = True

    @extend_schema(responses={200: Page[TokenOut]})
    def get(self, request: Request) -> HttpResponse:
        """My API tokens, newest first. Their secrets are kept nowhere."""
        rows, following = paginate(request, queries.tokens_of(self.user))
        return answer(Page(results=[token_out(row) for row in rows], next=following))

    @extend_schema(request=TokenIn, responses={201: TokenMade})
    def post(self, request: Request) -> HttpResponse:
        """Make a token. Its secret is in this answer and never again."""
        sent = body(request, TokenIn)
        own = _token_scopes(request)
        if own is not None and set(sent.scopes) - set(own):
            raise NotAllowed("A token cannot make one that may do more.")
        token, secret = services.create_token(
            user=self.user, name=sent.name, scopes=list(sent.scopes), expires_in_days=sent.expires_in_days
        )
        return answer(TokenMade(token=token_out(token), secret=secret), status=201)


class TokenView(Api):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, token_id: int) -> HttpResponse:
        """Revoke one of my tokens, at once and for good."""
        services.revoke_token(user=self.user, token_id=token_id)
        return nothing()


def _token_scopes(request: Request) -> list[str] | None:
    """What the token of this request may do; None for a session."""
    return request.auth.scopes if isinstance(request.auth, ApiToken) else None
