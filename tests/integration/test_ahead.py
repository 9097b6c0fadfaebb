"""What is made in a thread while its caller works."""

from __future__ import annotations

from collections.abc import Generator
from threading import Event, current_thread

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, connection

from apps.core.ahead import Pace, ahead, meanwhile, written

pytestmark = pytest.mark.django_db
PATIENCE = 20.0  # seconds


def test_the_next_is_made_while_the_caller_has_the_one_before():
    begun = Event()

    def make() -> Generator[int]:
        yield 1
        begun.set()
        yield 2

    with ahead(make()) as coming:
        assert next(coming) == 1
        assert begun.wait(PATIENCE)
        assert list(coming) == [2]


def test_a_fault_comes_after_what_was_made_before_it():
    def make() -> Generator[int]:
        yield 1
        raise ValueError("broken here")

    seen = []
    with pytest.raises(ValueError, match="broken here"), ahead(make()) as coming:
        seen.extend(coming)
    assert seen == [1]


def test_a_caller_that_stops_stops_the_making():
    ended = Event()

    def make() -> Generator[int]:
        try:
            while True:
                yield 1
        finally:
            ended.set()

    with ahead(make()) as coming:
        assert next(coming) == 1
    assert ended.is_set()


def test_what_makes_them_sees_rows_that_are_not_committed():
    ContentType.objects.create(app_label="ahead", model="row")

    def make() -> Generator[tuple[bool, str]]:
        yield ContentType.objects.filter(app_label="ahead").exists(), current_thread().name
        yield connection.in_atomic_block, current_thread().name

    with ahead(make()) as coming:
        assert list(coming) == [(True, "ahead"), (True, "ahead")]


def test_with_a_pace_what_is_ahead_is_made_only_while_the_caller_waits():
    pace, asked, second = Pace(), Event(), Event()
    made: list[int] = []

    def make() -> Generator[int]:
        for number in range(3):
            if number:
                asked.set()
                pace.rest()
            made.append(number)
            if number:
                second.set()
            yield number

    with ahead(make(), pace) as coming:
        assert next(coming) == 0
        assert asked.wait(PATIENCE)
        assert made == [0]
        with meanwhile():
            assert second.wait(PATIENCE)
        assert list(coming) == [1, 2]


def test_a_caller_that_stops_wakes_what_rests():
    pace = Pace()

    def make() -> Generator[int]:
        while True:
            pace.rest()
            yield 1

    with ahead(make(), pace) as coming:
        assert next(coming) == 1


def test_what_is_written_stands_whole_or_not_at_all():
    with written():
        ContentType.objects.create(app_label="ahead", model="row")
    with pytest.raises(IntegrityError), written():
        ContentType.objects.create(app_label="ahead", model="row")
    assert list(ContentType.objects.filter(app_label="ahead").values_list("model", flat=True)) == ["row"]
