from apps.core.urls import route
from apps.quality.api import findings, rules, views

urlpatterns = [
    route("projects/<int:project_id>/stats", views.StatsView.as_view()),
    route("projects/<int:project_id>/quality/rules", rules.RulesView.as_view()),
    route("projects/<int:project_id>/quality/findings", findings.FindingsView.as_view()),
    route("projects/<int:project_id>/quality/findings/summary", findings.FindingsSummaryView.as_view()),
    route("projects/<int:project_id>/quality/findings/decide", findings.DecisionView.as_view()),
    route("projects/<int:project_id>/quality/findings/run", findings.RunView.as_view()),
    route("annotations/<int:annotation_id>/keep", findings.KeepView.as_view()),
]
