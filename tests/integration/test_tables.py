"""The tables made straight from the models are those that the migrations make."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest
from django.conf import settings
from django.db import connection

pytestmark = pytest.mark.django_db(transaction=True)

# The id that is left out is of 4 bytes one way and 8 the other: Django takes it from the app or from the settings.
WHAT = {
    "columns": """SELECT table_name, column_name, data_type, udt_name, is_nullable, column_default, is_identity,
                         identity_generation, character_maximum_length, collation_name
                  FROM information_schema.columns
                  WHERE table_schema = 'public' AND (table_name, column_name) <> ('auth_group_permissions', 'id')""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "constraints": """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated
                      FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "tables": """SELECT relname, relkind, pg_get_partkeydef(oid), pg_get_expr(relpartbound, oid), reloptions FROM pg_class
                 WHERE relnamespace = 'public'::regnamespace""",
    "triggers": "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "functions": "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "extensions": "SELECT extname FROM pg_extension",
    "migrations": "SELECT app, name FROM django_migrations",
    "kinds": "SELECT app_label, model FROM django_content_type",
    "permissions": """SELECT c.app_label, c.model, p.codename, p.name FROM auth_permission p
                      JOIN django_content_type c ON c.id = p.content_type_id""",
}
MAKE = "import django; django.setup(); from apps.core.tables import is_empty, make_tables; assert is_empty(); make_tables(); assert not is_empty()"


@pytest.fixture
def two_databases() -> Iterator[dict[str, str]]:
    """Addresses of two empty databases."""
    database: dict[str, Any] = connection.settings_dict
    names = [f"{database['NAME']}_{way}" for way in ("migrated", "made")]
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f'CREATE DATABASE "{name}"')
    yield {
        name.rpartition("_")[2]: f"postgresql://{database['USER']}@/{name}?host={database['HOST']}" for name in names
    }
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def run(address: str, *command: str) -> None:
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.test", "DATABASE_URL": address}
    done = subprocess.run(
        [sys.executable, *command], cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def schema(address: str) -> dict[str, list[tuple[Any, ...]]]:
    with closing(psycopg2.connect(address)) as database, database.cursor() as cursor:
        found = {}
        for what, query in WHAT.items():
            cursor.execute(query)
            found[what] = sorted(cursor.fetchall(), key=repr)
        return found


def test_both_ways_end_with_the_same_schema(two_databases: dict[str, str]) -> None:
    run(two_databases["migrated"], "manage.py", "migrate", "--verbosity", "0")
    run(two_databases["made"], "-c", MAKE)
    migrated, made = schema(two_databases["migrated"]), schema(two_databases["made"])
    assert migrated["columns"]
    for what in WHAT:
        differing = (Counter(map(repr, made[what])) - Counter(map(repr, migrated[what]))) | (
            Counter(map(repr, migrated[what])) - Counter(map(repr, made[what]))
        )
        assert not differing, what


def test_migrating_after_it_has_nothing_to_do(two_databases: dict[str, str]) -> None:
    run(two_databases["made"], "-c", MAKE)
    run(two_databases["made"], "manage.py", "migrate", "--check", "--verbosity", "0")
