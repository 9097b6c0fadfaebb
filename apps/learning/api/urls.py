"""Addresses of learning."""

from __future__ import annotations

from apps.core.urls import route
from apps.learning.api import views

urlpatterns = [
    route("projects/<int:project_id>/learning", views.LearningView.as_view()),
    route("model-trainings/<int:training_id>", views.TrainingView.as_view()),
    route("model-trainings/<int:training_id>/doubts", views.DoubtsView.as_view()),
    route("doubts/<int:doubt_id>/keep", views.KeepLabelView.as_view()),
    route("tasks/<int:task_id>/class-suggestions", views.ClassSuggestionsView.as_view()),
    route("models/<int:model_id>/train", views.ServerTrainingView.as_view()),
    route("models/<int:model_id>/repeat", views.RepeatView.as_view()),
]
