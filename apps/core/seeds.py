"""Seeds of what is drawn by chance and must not be foreseen."""

from __future__ import annotations

from hashlib import sha256

from django.conf import settings


def seed_of(project_id: int, purpose: str) -> str:
    """A seed that nobody can work out from ids and the source."""
    return sha256(f"{settings.SECRET_KEY}\0{purpose}\0{project_id}".encode()).hexdigest()
