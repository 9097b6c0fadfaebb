"""Addresses of models."""

from __future__ import annotations

from apps.core.urls import route
from apps.predictions.api import misses, models, ordering, predicting, segmenting, uses

PROJECT = "projects/<int:project_id>"

urlpatterns = [
    route(f"{PROJECT}/models", models.ModelsView.as_view()),
    route(f"{PROJECT}/queue-order", ordering.QueueOrderView.as_view()),
    route(f"{PROJECT}/queue-order/models", ordering.QueueOrderModelsView.as_view()),
    route(f"{PROJECT}/queue-order/plan", ordering.QueueOrderPlanView.as_view()),
    route(f"{PROJECT}/models/uses", uses.UsesView.as_view()),
    route("models/<int:model_id>", models.ModelView.as_view()),
    route("models/<int:model_id>/versions", models.ModelVersionsView.as_view()),
    route("model-versions/<int:model_version_id>", models.ModelVersionView.as_view()),
    route("model-versions/<int:model_version_id>/check", models.CheckView.as_view()),
    route("annotations/<int:annotation_id>/hints", misses.HintsView.as_view()),
    route("model-versions/<int:model_version_id>/decoder", segmenting.DecoderView.as_view()),
    route("tasks/<int:task_id>/embedding", segmenting.EmbeddingView.as_view()),
    route("tasks/<int:task_id>/upheld", uses.UpheldView.as_view()),
    route("tasks/<int:task_id>/segment", segmenting.SegmentView.as_view()),
    route(f"{PROJECT}/prelabel", predicting.PrelabelView.as_view()),
    route(f"{PROJECT}/prelabel/preview", predicting.PrelabelPreviewView.as_view()),
    route("prelabel-runs/<int:prelabel_run_id>", predicting.PrelabelRunView.as_view()),
    route("prelabel-runs/<int:prelabel_run_id>/go-on", predicting.GoOnView.as_view()),
    route(f"{PROJECT}/predictions", predicting.PredictionsView.as_view()),
]
