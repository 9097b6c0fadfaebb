"""Entry points of machine work on quality: one module a subject."""

from apps.quality.jobs import agreement, consensus, findings, gold, knowledge, targets, watching

__all__ = ["agreement", "consensus", "findings", "gold", "knowledge", "targets", "watching"]
