"""Accepted work that a model, where it is surely right elsewhere, contradicts: worth another look."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from apps.projects.models import Project

# Results that still stand as they were compared, with offered regions above their class's threshold that were not right. The
# threshold is that of hints: from which score on nine of ten were right.
_SURELY = """
SELECT task.id, task.number, task.name, used.class_id, max(said.score), count(*)
FROM predictions_predictionuse AS used
JOIN predictions_missthreshold AS least
  ON least.project_id = used.project_id AND least.model = used.model AND least.class_id = used.class_id AND least.score IS NOT NULL
CROSS JOIN LATERAL unnest(used.scores, used.correct) AS said (score, correct)
JOIN predictions_prediction AS offered ON offered.id = used.prediction_id
JOIN tasks_task AS task ON task.id = offered.task_id AND task.result_id = used.revision_id
WHERE used.project_id = %(project)s AND used.model = %(model)s AND NOT said.correct AND said.score >= least.score
  AND task.state = 'done' AND task.trashed_at IS NULL
  AND NOT EXISTS (SELECT FROM predictions_workupheld AS upheld
                  WHERE upheld.revision_id = used.revision_id AND upheld.model = used.model AND upheld.class_id = used.class_id)
GROUP BY task.id, task.number, task.name, used.class_id
ORDER BY max(said.score) DESC, task.id, used.class_id LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Of one task and class: `regions` that the model is sure of and that do not stand so in the result."""

    task_id: int
    number: int
    name: str
    class_id: int
    score: float  # the highest
    regions: int


def disagreements_of(project: Project, model: str, most: int) -> list[Disagreement]:
    """The strongest first, without those of which somebody said that the work is right."""
    with connection.cursor() as cursor:
        cursor.execute(_SURELY, {"project": project.pk, "model": model, "most": most})
        return [Disagreement(*row) for row in cursor.fetchall()]
