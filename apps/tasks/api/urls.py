from apps.core.urls import route
from apps.tasks.api import distribution, pages, saved_views, views

urlpatterns = [
    route("projects/<int:project_id>/tasks", views.TasksView.as_view()),
    route("projects/<int:project_id>/tasks/claim", views.ClaimView.as_view()),
    route("projects/<int:project_id>/tasks/promise", views.PromiseView.as_view()),
    route("projects/<int:project_id>/tasks/promise/let-go", views.LetGoView.as_view()),
    route("projects/<int:project_id>/tasks/claim-page", pages.PageClaimView.as_view()),
    route("projects/<int:project_id>/tasks/keep-page", pages.PageKeepView.as_view()),
    route("projects/<int:project_id>/tasks/release-page", pages.PageReleaseView.as_view()),
    route("projects/<int:project_id>/tasks/submit-page", pages.PageSubmitView.as_view()),
    route("projects/<int:project_id>/tasks/recall-page", pages.PageRecallView.as_view()),
    route("projects/<int:project_id>/tasks/window", views.TaskWindowView.as_view()),
    route("projects/<int:project_id>/tasks/bulk", views.BulkTasksView.as_view()),
    route("projects/<int:project_id>/tasks/send-back/preview", views.SendBackPreviewView.as_view()),
    route("projects/<int:project_id>/batches", distribution.BatchesView.as_view()),
    route("batches/<int:batch_id>", distribution.BatchView.as_view()),
    route("projects/<int:project_id>/members/<int:user_id>/move-work", distribution.AbsenceView.as_view()),
    route(
        "projects/<int:project_id>/members/<int:user_id>/move-work/preview", distribution.AbsencePreviewView.as_view()
    ),
    route("projects/<int:project_id>/views", saved_views.SavedViewsView.as_view()),
    route("views/<int:view_id>", saved_views.SavedViewView.as_view()),
    route("projects/<int:project_id>/assignments", views.ProjectAssignmentsView.as_view()),
    route("tasks/<int:task_id>", views.TaskView.as_view()),
    route("tasks/<int:task_id>/triage", views.TriageView.as_view()),
    route("assignments", views.AssignmentsView.as_view()),
    route("assignments/<int:assignment_id>", views.AssignmentView.as_view()),
    route("assignments/<int:assignment_id>/heartbeat", views.HeartbeatView.as_view()),
    route("assignments/<int:assignment_id>/release", views.ReleaseView.as_view()),
    route("assignments/<int:assignment_id>/skip", views.SkipView.as_view()),
    route("assignments/<int:assignment_id>/park", views.ParkView.as_view()),
    route("assignments/<int:assignment_id>/recall", views.RecallView.as_view()),
    route("assignments/<int:assignment_id>/submit", views.SubmitView.as_view()),
    route("assignments/<int:assignment_id>/hand-over", views.HandOverView.as_view()),
]
