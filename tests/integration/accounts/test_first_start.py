"""The people of the first start, and their passwords."""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.management import call_command

from apps.accounts.models import Membership, User
from tests.factories import ApiClient

pytestmark = pytest.mark.django_db
PBKDF2 = "django.contrib.auth.hashers.PBKDF2PasswordHasher"


@pytest.fixture
def passwords(settings, tmp_path):
    settings.LABELWRIGHT_DATA = tmp_path
    settings.PASSWORD_HASHERS = [PBKDF2]
    call_command("firststart")
    lines = (tmp_path / "first-login.txt").read_text().splitlines()
    return dict(line.split() for line in lines if "@" in line)


def test_the_first_four_people_have_their_roles(passwords):
    roles = Membership.objects.order_by("number").values_list("user__email", "user__name", "role")
    assert [email for email, _, _ in roles] == list(passwords)
    assert roles[0] == ("owner@labelwright.local", "Owner", "owner")
    assert {role for _, _, role in roles} == {"owner", "manager", "annotator", "reviewer"}


def test_the_first_sign_in_brings_a_generated_password_to_the_full_number_of_rounds(passwords):
    email = "manager@labelwright.local"
    assert ApiClient().post("auth/login", {"email": email, "password": "not-it-at-all"}).status_code == 401
    assert ApiClient().post("auth/login", {"email": email, "password": passwords[email]}).status_code == 200
    stored = User.objects.get(email=email).password
    assert PBKDF2PasswordHasher().decode(stored)["iterations"] == PBKDF2PasswordHasher.iterations
    assert ApiClient().post("auth/login", {"email": email, "password": passwords[email]}).status_code == 200
