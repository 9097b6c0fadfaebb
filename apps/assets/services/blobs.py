"""Immutable bytes named by their hash."""

from __future__ import annotations

import hmac
from hashlib import sha256 as digest_of

from apps.assets.errors import HashMismatch
from apps.assets.models import Blob
from apps.core import storage
from apps.projects.models import Project


def put_blob(*, project: Project, sha256: str, data: bytes) -> tuple[Blob, bool]:
    """Store bytes; (blob, whether it is new).

    Raises:
        HashMismatch: the bytes are not what the address says.
    """
    if not hmac.compare_digest(digest_of(data).hexdigest(), sha256):
        raise HashMismatch("The SHA-256 of the body is not the one in the address. Nothing was stored.")
    path = f"projects/{project.pk}/blobs/{sha256[:2]}/{sha256}"
    storage.put(path, data)
    return Blob.objects.get_or_create(project_id=project.pk, sha256=sha256, defaults={"size": len(data), "path": path})
