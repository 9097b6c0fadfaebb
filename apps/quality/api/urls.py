from apps.core.urls import route
from apps.quality.api import agreement, findings, gold, rules, views

urlpatterns = [
    route("projects/<int:project_id>/stats", views.StatsView.as_view()),
    route("projects/<int:project_id>/quality/gold", gold.GoldsView.as_view()),
    route("projects/<int:project_id>/quality/gold/people", gold.GoldReportView.as_view()),
    route("projects/<int:project_id>/quality/consequences", gold.ConsequencesView.as_view()),
    route("projects/<int:project_id>/quality/own-tests", gold.OwnTestsView.as_view()),
    route("gold/<int:gold_id>/retire", gold.GoldRetireView.as_view()),
    route("gold/<int:gold_id>/restore", gold.GoldRestoreView.as_view()),
    route("consequences/<int:consequence_id>/lift", gold.LiftView.as_view()),
    route("projects/<int:project_id>/quality/rules", rules.RulesView.as_view()),
    route("projects/<int:project_id>/quality/findings", findings.FindingsView.as_view()),
    route("projects/<int:project_id>/quality/findings/summary", findings.FindingsSummaryView.as_view()),
    route("projects/<int:project_id>/quality/findings/decide", findings.DecisionView.as_view()),
    route("projects/<int:project_id>/quality/findings/run", findings.RunView.as_view()),
    route("annotations/<int:annotation_id>/keep", findings.KeepView.as_view()),
    route("projects/<int:project_id>/quality/agreement", agreement.AgreementView.as_view()),
    route("projects/<int:project_id>/quality/agreement/confusion", agreement.ConfusionView.as_view()),
    route("projects/<int:project_id>/quality/agreement/differences", agreement.DifferencesView.as_view()),
    route("projects/<int:project_id>/quality/agreement/table", agreement.AgreementTableView.as_view()),
    route("projects/<int:project_id>/quality/agreement/recompute", agreement.RecomputeView.as_view()),
    route("projects/<int:project_id>/quality/consensus", agreement.ConsensusRunView.as_view()),
    route("projects/<int:project_id>/quality/consensus/undo", agreement.ConsensusRunUndoView.as_view()),
    route("consensus/<int:consensus_id>/undo", agreement.ConsensusUndoView.as_view()),
    route("tasks/<int:task_id>/answers", agreement.TaskAnswersView.as_view()),
]
