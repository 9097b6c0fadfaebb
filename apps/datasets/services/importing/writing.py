"""Writing what was decided for a batch: revisions that enter where it was asked, predictions, or gold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from apps.accounts.models import User
from apps.annotations.services.freeze import NewRevision, write_revisions
from apps.assets.services import put_blob
from apps.core.bulk import insert_many
from apps.core.errors import DomainError
from apps.datasets.models import Import, ImportedItem
from apps.datasets.services.importing.deciding import Decided, outcome_of
from apps.datasets.services.importing.matching import Wanted
from apps.datasets.services.importing.planning import Elements
from apps.datasets.services.importing.standing import Place
from apps.datasets.services.importing.tally import Tally
from apps.predictions.services import NewPrediction, keep_predictions, new_among
from apps.quality.errors import AlreadyGold
from apps.quality.services.gold import MOST_GOLD_ELEMENTS, import_gold
from apps.tasks import services as tasks

OWN_FAULT = ("too_many_elements", f"Gold has at most {MOST_GOLD_ELEMENTS} elements.")


@dataclass(slots=True)
class Writing:
    """What a batch writes, gathered first."""

    row: Import
    user: User
    source: str
    _on: list[tuple[Wanted, Decided]] = field(default_factory=list)
    _beside: list[tuple[Wanted, Place, Elements]] = field(default_factory=list)

    def on(self, w: Wanted, decided: Decided) -> None:
        """A revision of the image's task."""
        self._on.append((w, decided))

    def beside(self, w: Wanted, place: Place, elements: Elements) -> None:
        """A prediction or gold, which leave the task as it is."""
        self._beside.append((w, place, elements))

    def foretell(self, tally: Tally) -> None:
        """Count what would be written beside tasks; what is written on them is counted already."""
        if self.row.mode == "predictions":
            self._count_predictions(tally, new_among(self._predictions()))
        for w, _, elements in self._beside if self.row.mode == "gold" else ():
            if outcome_of(w, elements) is not None:
                self._count_beside(tally, elements)
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
        new = [
            NewRevision(
                task=d.place.task,
                keyed=d.plan.elements,
                outcome=d.outcome,
                stage="annotate",
                based_on=d.place.current,
            )
            for _, d in self._on
        ]
        revisions = write_revisions(project=project, new=new)
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
        insert_many(
            ImportedItem,
            [
                ImportedItem(
                    run=self.row,
                    task=place.task,
                    made_id=revision.pk,
                    before_id=place.current.pk if place.current is not None else None,
                    was_done=not place.free,
                )
                for revision, place in pairs
            ],
        )

    def _predictions(self) -> list[NewPrediction]:
        return [
            NewPrediction(task=place.task, model=self.source, elements=[(key[0], raw) for key, raw in elements])
            for w, place, elements in self._beside
            if elements or not w.item.elements
        ]

    def _count_predictions(self, tally: Tally, kept: list[NewPrediction]) -> None:
        tally.unchanged += len(self._beside) - len(kept)
        tally.changed += len(kept)
        added = sum(kind == "region" for one in kept for kind, _ in one.elements)
        tally.regions += added
        tally.effect.added += added

    def _write_gold(self, tally: Tally) -> None:
        for w, place, elements in self._beside:
            outcome = outcome_of(w, elements)
            if outcome is None:
                continue
            if len(elements) > MOST_GOLD_ELEMENTS:
                tally.problem(*OWN_FAULT, w.item.asset.name)
                continue
            pairs: Any = [(key[0], raw) for key, raw in elements]
            try:
                gold = import_gold(
                    user=self.user, task_id=place.task.pk, elements=pairs, outcome=outcome, note=self.source
                )
            except AlreadyGold:
                tally.unchanged += 1
                tally.effect.unchanged += len(elements)
            except DomainError as error:
                tally.problem(error.code, error.detail, w.item.asset.name)
            else:
                self._count_beside(tally, elements)
                ImportedItem.objects.create(run=self.row, task=place.task, made_id=gold.revision_id)

    def _count_beside(self, tally: Tally, elements: Elements) -> None:
        added = sum(key[0] == "region" for key, _ in elements)
        tally.changed += 1
        tally.regions += added
        tally.effect.added += added
