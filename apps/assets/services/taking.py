"""Taking a whole upload in: a picture, or the pictures of an archive, by a job."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.assets.errors import UploadNotWhole
from apps.assets.models import Upload
from apps.assets.services.resumable import KEPT_WHOLE
from apps.jobs.models import Job
from apps.jobs.services import enqueue


@transaction.atomic
def ask_to_take_upload(*, upload: Upload, user: User) -> Job:
    """Enqueue the job that makes assets and tasks of the upload; it ends the upload.

    Raises:
        UploadNotWhole: bytes are missing.
    """
    if upload.offset != upload.size:
        raise UploadNotWhole(f"{upload.size - upload.offset} bytes of the file are missing.", offset=upload.offset)
    Upload.objects.filter(pk=upload.pk).update(expires_at=timezone.now() + KEPT_WHOLE)
    return enqueue(
        kind="assets.take_upload",
        title=f"Take in {upload.name}",
        organisation=upload.project.organisation_id,
        project=upload.project,
        user=user,
        arguments={"upload": upload.pk, "project": upload.project_id},
    )
