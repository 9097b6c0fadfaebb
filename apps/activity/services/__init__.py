"""Writing down what happened, telling people and webhooks, and sending what webhooks are told."""

from __future__ import annotations

from .recording import mark_read, record

__all__ = ["mark_read", "record"]
