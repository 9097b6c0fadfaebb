"""Structured logs: one event a line, with the request's id. Readable in embedded mode, JSON on servers."""

from __future__ import annotations

import logging.config
from typing import Any

import structlog

_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def logging_config(*, as_json: bool, level: str = "INFO") -> dict[str, Any]:
    """A `logging.config` dictionary whose one handler renders records of structlog and of the standard library alike."""
    if as_json:
        render: list[Any] = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    else:
        # plain: the default traceback shows local variables, and with them passwords
        plain = structlog.dev.plain_traceback
        render = [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=plain)]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "events": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _SHARED,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *render],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "events"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django_structlog": {"level": level if as_json else "WARNING"},  # on one machine only what went wrong
            "django.request": {"level": "ERROR"},  # what a client did wrong is in the request's own event
            "django.server": {"level": "WARNING"},
            "axes": {"level": "WARNING"},
            "celery.beat": {"level": "WARNING"},
            "pyvips": {"level": "WARNING"},  # a line for each step of each picture
            "celery.worker.strategy": {"level": "WARNING"},  # "task received": jobs log what they do themselves
            "celery.app.trace": {"level": "WARNING"},
        },
    }


def configure(config: dict[str, Any]) -> None:
    """Django's LOGGING_CONFIG: the standard library by dictionary, structlog in front of it."""
    logging.config.dictConfig(config)
    structlog.configure(
        processors=[
            *_SHARED[:1],
            structlog.stdlib.filter_by_level,
            *_SHARED[1:],
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
