"""Writing what was decided for a batch: revisions that enter where it was asked, predictions, or gold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from apps.accounts.models import User
from apps.annotations.services.freeze import write_revisions
from apps.assets.services import put_blob
from apps.core.bulk import draw_ids, insert_many, insert_rows
from apps.core.errors import DomainError
from apps.datasets.models import Import, ImportedItem
from apps.datasets.services.importing.deciding import Decided, outcome_of
from apps.datasets.services.importing.fitting import Fitted
from apps.datasets.services.importing.matching import Wanted
from apps.datasets.services.importing.standing import Place
from apps.datasets.services.importing.tally import Tally
from apps.predictions.services import NewPrediction, keep_predictions, new_among
from apps.quality.errors import AlreadyGold
from apps.quality.services.gold import MOST_GOLD_ELEMENTS, import_gold
from apps.tasks import services as tasks
from domain.elements.structs import Region

OWN_FAULT = ("too_many_elements", f"Gold has at most {MOST_GOLD_ELEMENTS} elements.")


@dataclass(slots=True)
class Writing:
    """What a batch writes, gathered first."""

    row: Import
    user: User
    source: str
    _on: list[tuple[Wanted, Decided]] = field(default_factory=list)
    _beside: list[tuple[Wanted, Place, Fitted]] = field(default_factory=list)

    def on(self, w: Wanted, decided: Decided) -> None:
        """A revision of the image's task."""
        self._on.append((w, decided))

    def beside(self, w: Wanted, place: Place, fitted: Fitted) -> None:
        """A prediction or gold, which leave the task as it is."""
        self._beside.append((w, place, fitted))

    def foretell(self, tally: Tally) -> None:
        """Count what would be written beside tasks; what is written on them is counted already."""
        if self.row.mode == "predictions":
            self._count_predictions(tally, new_among(self._predictions()))
        for w, _, fitted in self._beside if self.row.mode == "gold" else ():
            if outcome_of(w, fitted) is not None:
                self._count_beside(tally, fitted)
        self._on, self._beside = [], []

    def write(self, tally: Tally) -> None:
        """One transaction is the caller's."""
        for w in [*(one[0] for one in self._on), *(one[0] for one in self._beside)]:
            for digest, data in w.item.blobs.items():
                put_blob(project=self.row.project, sha256=digest, data=data)
        if self.row.mode == "predictions":
            kept = keep_predictions(project=self.row.project, user=self.user, new=self._predictions())
            self._count_predictions(tally, kept)
            rows = [
                ImportedItem(run=self.row, task=one.task, made_id=one.kept.pk) for one in kept if one.kept is not None
            ]
            insert_many(ImportedItem, rows)
        elif self.row.mode == "gold":
            self._write_gold(tally)
        elif self._on:
            self._write_revisions()

    def _write_revisions(self) -> None:
        project = self.row.project
        revisions = write_revisions(project=project, new=[d.revision() for _, d in self._on])
        pairs = list(zip(revisions, (d.place for _, d in self._on), strict=True))
        free = [revision for revision, place in pairs if place.free]
        done = [revision for revision, place in pairs if not place.free]
        if self.row.enter == "accepted":
            tasks.finish_many_from_import(project=project, revisions=free)
            tasks.change_many_results(project=project, revisions=done)
        elif self.row.enter == "review":
            tasks.review_many_from_import(project=project, revisions=revisions)
        else:
            tasks.keep_many_as_import(project=project, revisions=free)
        rows = [
            (pk, place.task.pk, revision.pk, place.current.pk if place.current is not None else None, not place.free)
            for pk, (revision, place) in zip(draw_ids(ImportedItem, len(pairs)), pairs, strict=True)
        ]
        insert_rows(ImportedItem(run=self.row), ("id", "task_id", "made_id", "before_id", "was_done"), rows)

    def _predictions(self) -> list[NewPrediction]:
        return [
            NewPrediction(task=place.task, model=self.source, elements=fitted.pairs())
            for w, place, fitted in self._beside
            if fitted.elements or not w.item.elements
        ]

    def _count_predictions(self, tally: Tally, kept: list[NewPrediction]) -> None:
        tally.unchanged += len(self._beside) - len(kept)
        tally.changed += len(kept)
        added = sum(kind == "region" for one in kept for kind, _ in one.elements)
        tally.regions += added
        tally.effect.added += added

    def _write_gold(self, tally: Tally) -> None:
        for w, place, fitted in self._beside:
            outcome = outcome_of(w, fitted)
            if outcome is None:
                continue
            if len(fitted.elements) > MOST_GOLD_ELEMENTS:
                tally.problem(*OWN_FAULT, w.item.asset.name)
                continue
            pairs: Any = fitted.pairs()
            try:
                gold = import_gold(
                    user=self.user, task_id=place.task.pk, elements=pairs, outcome=outcome, note=self.source
                )
            except AlreadyGold:
                tally.unchanged += 1
                tally.effect.unchanged += len(fitted.elements)
            except DomainError as error:
                tally.problem(error.code, error.detail, w.item.asset.name)
            else:
                self._count_beside(tally, fitted)
                ImportedItem.objects.create(run=self.row, task=place.task, made_id=gold.revision_id)

    def _count_beside(self, tally: Tally, fitted: Fitted) -> None:
        added = sum(isinstance(element, Region) for element in fitted.elements)
        tally.changed += 1
        tally.regions += added
        tally.effect.added += added
