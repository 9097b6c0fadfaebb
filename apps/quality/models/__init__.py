"""What is known of quality: one module a subject, handed on here. Maintained counts live in `activity`, so that every app may add to them."""

from apps.quality.models.agreement import AgreementSum, SaidCount, TaskAgreement
from apps.quality.models.consensus import Consensus
from apps.quality.models.findings import Finding

__all__ = ["AgreementSum", "Consensus", "Finding", "SaidCount", "TaskAgreement"]
