"""What an audit says in the end: one JSON document with its hash, to be kept with the data."""

from __future__ import annotations

from collections import Counter, defaultdict
from hashlib import sha256
from typing import Any

import msgspec

from apps.quality.models import Audit, AuditItem, AutomaticRun
from domain.sampling import accepts, wrong_in_lot

KIND, VERSION = "labelwright.audit", 1
METHOD = (
    "Stratified sample in proportion to the strata, drawn by seed; accepted when a lot at the limit would have shown so few "
    "wrong items with a chance of at most 1 - confidence (hypergeometric). Interval: exact, two-sided, 95 %."
)


def digest(certificate: dict[str, Any]) -> str:
    """SHA-256 over the canonical JSON: keys sorted, no spaces."""
    return sha256(msgspec.json.encode(certificate, order="deterministic")).hexdigest()


def certificate_of(audit: Audit) -> dict[str, Any]:
    """Plan, lot, sample and result. It names no people."""
    rows = AuditItem.objects.filter(audit=audit).select_related("task__batch", "revision").order_by("task__number")
    items = list(rows)
    judged = [item for item in items if item.defects is not None]
    lot = sum(audit.lot.values())
    n, wrong = len(judged), sum(_wrong(audit, item) for item in judged)
    accepted = accepts(lot=lot, n=n, wrong=wrong, share=audit.share, confidence=audit.confidence)
    return {
        "kind": KIND,
        "version": VERSION,
        "project": {"id": audit.project_id, "name": audit.project.name},
        "audit": {"number": audit.number, "name": audit.name, "started_at": audit.created_at.isoformat(timespec="seconds")},
        "lot": {"tasks": lot, "strata": audit.lot, "by": audit.by, "filter": audit.filter},
        "plan": {
            "limit": audit.share, "confidence": audit.confidence, "allowed": audit.allowed, "sample": len(items),
            "seed": audit.seed, "minor_counts": audit.minor_counts, "method": METHOD,
        },
        "result": {"judged": n, "wrong": wrong, "accepted": accepted, **rate(lot, n, wrong)},
        "defects": _by_kind(judged),
        "strata": _by(audit, judged, lambda item: [item.stratum], audit.lot),
        "classes": _by(audit, judged, _classes, None),
        "batches": _by(audit, judged, lambda item: [item.task.batch.name if item.task.batch else ""], None),
        "auditors": len({item.auditor_id for item in judged}),
        "items": [
            {"task": item.task_id, "revision": item.revision_id, "sha256": item.revision.sha256, "wrong": _wrong(audit, item)}
            for item in judged
        ],
        **_automatic(audit),
    }  # fmt: skip


def _automatic(audit: Audit) -> dict[str, Any]:
    """Of a batch that a model finished: by what it was trusted."""
    run = AutomaticRun.objects.filter(audit=audit).first()
    if run is None:
        return {}
    said = run.said
    return {
        "automatic": {
            "model": run.model, "model_version": run.version_id, "target": said["target"],
            "confidence": said["confidence"], "thresholds": run.thresholds, "expected": run.expected,
            "held_out": {"tasks": run.held_out, "blind_only": said["blind_only"]},
        }
    }  # fmt: skip


def rate(lot: int, n: int, wrong: int) -> dict[str, Any]:
    """The share of wrong items with its exact interval; null with a reason of none."""
    if not n:
        return {"rate": None, "low": None, "high": None, "n": 0, "reason": "no_items"}
    low, high = wrong_in_lot(lot=max(lot, n), n=n, wrong=wrong)
    return {"rate": wrong / n, "low": low / max(lot, n), "high": high / max(lot, n), "n": n, "reason": None}


def _wrong(audit: Audit, item: AuditItem, class_id: int | None = None) -> bool:
    found = [d for d in item.defects or [] if class_id is None or d["class_id"] == class_id]
    return bool(found) if audit.minor_counts else any(d["severity"] == "major" for d in found)


def _classes(item: AuditItem) -> list[str]:
    there = {key for key, n in item.revision.class_counts.items() if n}
    return sorted(there | {str(d["class_id"]) for d in item.defects or [] if d["class_id"]})


def _by(audit: Audit, judged: list[AuditItem], keys: Any, lots: dict[str, int] | None) -> dict[str, Any]:
    """Rates by stratum, class or batch. Where the lot of a part is not known, its interval is that of a great one."""
    parts: dict[str, list[AuditItem]] = defaultdict(list)
    for item in judged:
        for key in keys(item):
            parts[key].append(item)
    by_class = keys is _classes
    out = {}
    for key, items in sorted(parts.items()):
        wrong = sum(_wrong(audit, item, int(key) if by_class else None) for item in items)
        lot = lots.get(key, len(items)) if lots is not None else sum(audit.lot.values())
        out[key] = {"wrong": wrong, **rate(lot, len(items), wrong)}
    return out


def _by_kind(judged: list[AuditItem]) -> dict[str, dict[str, int]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for item in judged:
        for defect in item.defects or []:
            found[defect["kind"]][defect["severity"]] += 1
    return {kind: dict(counts) for kind, counts in sorted(found.items())}
