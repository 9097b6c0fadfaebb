"""The Celery app. Jobs are found in `apps/*/jobs.py`; what repeats is told in `CELERY_BEAT_SCHEDULE`.

A message is only a nudge: a job's truth is its row and its lease in PostgreSQL, so results are not
kept and a lost message costs no more than the sweeper's next round.
"""

from __future__ import annotations

import gc
import os
import sys
import warnings

from celery import Celery
from celery.platforms import SecurityWarning  # type: ignore[attr-defined]
from celery.signals import worker_init, worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.embedded")

SWITCH_SECONDS = 0.0005  # a tenth of Python's own: an import asks some 600 times

# Celery warns of root because of pickled messages; only JSON is accepted here.
warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("labelwright")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="jobs")


@worker_init.connect
def _load_formats_once(**_: object) -> None:
    """Before the worker forks: its children share them, and the first import or export of each need not wait."""
    from domain.formats import FORMATS

    tuple(FORMATS)


@worker_process_init.connect
def _collect_less_often(**_: object) -> None:
    """Jobs make many small objects that live for one batch; looking through all of them all the time cost a quarter of an import."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@worker_process_init.connect
def _give_way_soon(**_: object) -> None:
    """A thread that waited for PostgreSQL goes on soon, while another makes what comes next (`apps.core.ahead`)."""
    sys.setswitchinterval(SWITCH_SECONDS)


@worker_process_init.connect
def _forget_inherited_connections(**_: object) -> None:
    """A forked worker must not share the parent's database socket."""
    from django.db import connections

    connections.close_all()
