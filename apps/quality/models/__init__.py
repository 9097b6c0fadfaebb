"""What is known of quality: one module a subject, handed on here. Maintained counts live in `activity`, so that every app may add to them."""

from apps.quality.models.agreement import AgreementSum, SaidCount, TaskAgreement
from apps.quality.models.audits import Audit, AuditItem
from apps.quality.models.automatic import AutomaticRun
from apps.quality.models.consensus import Consensus
from apps.quality.models.exams import ExamTry
from apps.quality.models.findings import Finding
from apps.quality.models.gold import Consequence, Gold, Probe, ProbeScore
from apps.quality.models.targets import TargetAlert
from apps.quality.models.watching import CrowdWatch, WorkAlarm

__all__ = [
    "AgreementSum",
    "Audit",
    "AuditItem",
    "AutomaticRun",
    "Consensus",
    "Consequence",
    "CrowdWatch",
    "ExamTry",
    "Finding",
    "Gold",
    "Probe",
    "ProbeScore",
    "SaidCount",
    "TargetAlert",
    "TaskAgreement",
    "WorkAlarm",
]
