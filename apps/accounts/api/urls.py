"""Addresses of accounts."""

from __future__ import annotations

from apps.accounts.api import organisations, views
from apps.core.urls import route

ORGANISATION = "organisations/<int:organisation_id>"

urlpatterns = [
    route("auth/login", views.LoginView.as_view()),
    route("auth/logout", views.LogoutView.as_view()),
    route("auth/me", views.MeView.as_view()),
    route("auth/password", views.PasswordView.as_view()),
    route("tokens", views.TokensView.as_view()),
    route("tokens/<int:token_id>", views.TokenView.as_view()),
    route("organisations", organisations.OrganisationsView.as_view()),
    route(ORGANISATION, organisations.OrganisationView.as_view()),
    route(f"{ORGANISATION}/policy", organisations.PolicyView.as_view()),
    route(f"{ORGANISATION}/members", organisations.MembersView.as_view()),
    route(f"{ORGANISATION}/members/<int:user_id>", organisations.MemberView.as_view()),
    route(f"{ORGANISATION}/members/<int:user_id>/deactivate", organisations.DeactivateView.as_view()),
    route(f"{ORGANISATION}/members/<int:user_id>/reactivate", organisations.ReactivateView.as_view()),
    route(f"{ORGANISATION}/invitations", organisations.InvitationsView.as_view()),
    route(f"{ORGANISATION}/invitations/<int:invitation_id>", organisations.InvitationView.as_view()),
    route("invitations/<str:token>", organisations.InvitationShownView.as_view()),
    route("invitations/<str:token>/accept", organisations.InvitationAcceptView.as_view()),
]
