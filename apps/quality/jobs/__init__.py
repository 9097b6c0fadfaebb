"""Entry points of machine work on quality: one module a subject."""

from apps.quality.jobs import knowledge

__all__ = ["knowledge"]
