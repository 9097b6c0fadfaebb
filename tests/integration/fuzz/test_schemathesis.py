"""Generated requests against every operation of the OpenAPI document: no fault of the server, no answer outside its schema.

The requests go to the WSGI application in this process, as an owner, mostly at addresses of objects that exist; what each
changed is taken back, so that the requests do not depend on each other and the same seed finds the same.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from tests.factories import token_for
from tests.integration.authz.world import World, make_world

pytestmark = pytest.mark.django_db

SOAK = bool(os.environ.get("LABELWRIGHT_SOAK"))
REQUESTS = 400 if SOAK else 7  # to one operation; there are about 295
CHECKS = [not_a_server_error, response_schema_conformance, content_type_conformance]
# What ends the session or the stream of this very test says nothing about the others.
STREAMS = {"/api/v1/jobs/{job_id}/events/", "/api/v1/events/"}
PHASES = (Phase.explicit, Phase.generate, Phase.shrink) if SOAK else (Phase.explicit, Phase.generate)


class TakenBack:
    """The application, each request in a transaction that is rolled back after its answer was read."""

    def __init__(self) -> None:
        self.inner = get_wsgi_application()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        for signal in (request_started, request_finished):
            signal.disconnect(close_old_connections)
        try:
            with transaction.atomic():
                answer = self.inner(environ, start_response)
                read = [b"".join(answer)]
                transaction.set_rollback(True)
        finally:
            for signal in (request_started, request_finished):
                signal.connect(close_old_connections)
        return read


def document() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)


schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
SCHEMA = schemathesis.openapi.from_dict(document())
SCHEMA.config.base_url = "http://127.0.0.1"
OPERATIONS = {
    f"{operation.method.upper()} {operation.path}": operation
    for result in SCHEMA.get_all_operations()
    if (operation := result.ok()).path not in STREAMS
}


@pytest.fixture(scope="module")
def world(django_db_setup: Any, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def token(world: World, django_db_blocker: Any) -> str:
    with django_db_blocker.unblock():
        return token_for(world.team.owner)


def test_about_two_thousand_requests_are_made():
    assert len(OPERATIONS) * REQUESTS >= 1_800 or SOAK
    assert {operation.path for operation in OPERATIONS.values()} | STREAMS >= set(document()["paths"])


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_generated_requests_get_answers_that_fit_the_document(world, token, name):
    operation, app = OPERATIONS[name], TakenBack()
    operation.app = SCHEMA.app = app
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    cases = st.one_of([operation.as_strategy(generation_mode=mode) for mode in modes])

    @settings(
        max_examples=REQUESTS, phases=PHASES, derandomize=True, deadline=None, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=cases, seed=st.integers(0, 2**32))
    def ask(case: Any, seed: int) -> None:
        chance = random.Random(seed)
        for parameter in case.path_parameters or {}:
            if parameter in world.ids and chance.random() < 0.8:
                case.path_parameters[parameter] = world.ids[parameter]
        headers = {"Authorization": f"Token {token}"}
        response = case.call(headers=headers)
        case.validate_response(response, checks=CHECKS, headers=headers)

    ask()
