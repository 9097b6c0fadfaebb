"""Making what comes next in a thread, while the caller waits for the database with what came before."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from threading import Semaphore, Thread
from typing import TypeVar

from django.db import connection, connections

T = TypeVar("T")


@contextmanager
def ahead(items: Generator[T]) -> Iterator[Iterator[T]]:
    """`items`, the next one made while the caller works on the one before. An error comes where its item would stand.

    The thread sees the caller's database connection, which takes statements of both in turn. Only a COPY must be alone:
    where the caller does one, a `Lock` keeps the two apart, held by the caller while it works on an item, and by what
    makes them while it asks.
    """
    line: deque[T | _End] = deque()
    made, taken = Semaphore(0), Semaphore(0)
    stopped = False

    def make() -> None:
        connections[connection.alias] = shared  # type: ignore[assignment]
        end = _End(None)
        try:
            for item in items:
                line.append(item)
                made.release()
                taken.acquire()
                if stopped:
                    items.close()
                    break
        except BaseException as error:  # noqa: BLE001 - raised where the caller is
            end = _End(error)
        line.append(end)
        made.release()

    def take() -> Iterator[T]:
        while True:
            made.acquire()
            item = line.popleft()
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return
            taken.release()
            yield item

    shared = connections[connection.alias]
    shared.inc_thread_sharing()
    maker = Thread(target=make, name="ahead", daemon=True)
    maker.start()
    try:
        yield take()
    finally:
        stopped = True
        taken.release()
        maker.join()
        shared.dec_thread_sharing()


class _End:
    def __init__(self, error: BaseException | None) -> None:
        self.error = error
