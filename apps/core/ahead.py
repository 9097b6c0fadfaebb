"""Making what comes next in a thread, while the caller waits for the database with what came before."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from threading import Event, Semaphore, Thread, local
from typing import Any, TypeVar

from django.db import connection, connections, transaction

T = TypeVar("T")
_here = local()  # `.pace` of the thread whose waiting it is


class Pace:
    """Lets a thread compute only while its caller waits.

    Two threads that compute share one interpreter. Where both always want it, what is made ahead is made while the caller
    computes, and the database idles; then it works, and nobody computes.
    """

    def __init__(self) -> None:
        self._waits = Event()
        self._waits.set()

    def rest(self) -> None:
        """Between two pieces of work, in the thread that makes: until the caller waits."""
        self._waits.wait()

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """The caller waits in here."""
        self._waits.set()
        try:
            yield
        finally:
            self._waits.clear()

    @contextmanager
    def kept(self) -> Iterator[None]:
        """By the thread that this is."""
        _here.pace = self
        try:
            yield
        finally:
            del _here.pace
            self._waits.set()


def meanwhile() -> Any:
    """Around what a thread waits long for, as a COPY: what is made ahead of it is made then. Short statements are not worth it,
    as coming back from each would cost a wait for the other thread."""
    pace: Pace | None = getattr(_here, "pace", None)
    return nullcontext() if pace is None else pace.waiting()


@contextmanager
def written() -> Iterator[None]:
    """`transaction.atomic`, whose end is waited for, too: the disk takes its time."""
    with ExitStack() as end, transaction.atomic():
        yield
        end.enter_context(meanwhile())


@contextmanager
def ahead(items: Generator[T], pace: Pace | None = None) -> Iterator[Iterator[T]]:
    """`items`, the next one made while the caller works on the one before. An error comes where its item would stand.

    The thread sees the caller's database connection, which takes statements of both in turn. Only a COPY must be alone:
    where the caller does one, a `Lock` keeps the two apart, held by the caller while it works on an item, and by what
    makes them while it asks.

    Args:
        pace: where both compute much; what makes the items says `pace.rest()` between two pieces of work.
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
            with meanwhile():
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
    with ExitStack() as stack:
        stack.callback(shared.dec_thread_sharing)
        stack.callback(maker.join)
        if pace is not None:
            stack.enter_context(pace.kept())
        try:
            yield take()
        finally:
            stopped = True
            taken.release()


class _End:
    def __init__(self, error: BaseException | None) -> None:
        self.error = error
