from apps.core.urls import route
from apps.quality.api import rules, views

urlpatterns = [
    route("projects/<int:project_id>/stats", views.StatsView.as_view()),
    route("projects/<int:project_id>/quality/rules", rules.RulesView.as_view()),
]
