"""Entry points of machine work on quality: one module a subject."""

from apps.quality.jobs import agreement, automatic, consensus, findings, gold, knowledge, targets, watching

__all__ = ["agreement", "automatic", "consensus", "findings", "gold", "knowledge", "targets", "watching"]
