"""What audits say of a version, for who uses it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from apps.core.api import answer
from apps.core.permissions import Action
from apps.core.views import Api
from apps.datasets import queries
from apps.datasets.queries.certificates import certificates_of


class VersionCertificateOut(msgspec.Struct):
    """An audit's result. `here` of `judged` items stand in the version as they were judged; `sha256` is over the canonical
    JSON of `certificate`."""

    audit: int
    number: int
    name: str
    accepted: bool
    limit: float
    confidence: float
    judged: int
    here: int
    wrong: int
    rate: float | None
    low: float | None
    high: float | None
    sha256: str
    certificate: dict[str, Any]
    finished_at: datetime | None


class VersionCertificates(msgspec.Struct):
    results: list[VersionCertificateOut]


class VersionCertificatesView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.DATASETS_VIEW}

    @extend_schema(responses={200: VersionCertificates})
    def get(self, request: Request, version_id: int) -> HttpResponse:
        """Certificates of the audits whose sample stands in the version, the newest first."""
        version, _ = queries.version_for(self.user, version_id, Action.DATASETS_VIEW)
        rows = []
        for found in certificates_of(version):
            audit, certificate = found.audit, found.audit.certificate or {}
            result = certificate.get("result", {})
            rows.append(
                VersionCertificateOut(
                    audit=audit.pk,
                    number=audit.number,
                    name=audit.name,
                    accepted=audit.state == "accepted",
                    limit=audit.share,
                    confidence=audit.confidence,
                    judged=found.judged,
                    here=found.here,
                    wrong=result.get("wrong", 0),
                    rate=result.get("rate"),
                    low=result.get("low"),
                    high=result.get("high"),
                    sha256=audit.certificate_sha256,
                    certificate=certificate,
                    finished_at=audit.finished_at,
                )
            )
        return answer(VersionCertificates(rows))
