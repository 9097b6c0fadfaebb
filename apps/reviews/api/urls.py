from apps.core.urls import route
from apps.reviews.api import feedback, views

urlpatterns = [
    route("revisions/<int:revision_id>/reviews", views.ReviewsView.as_view()),
    route("projects/<int:project_id>/reviews/queue", views.ReviewQueueView.as_view()),
    route("projects/<int:project_id>/reviews/clean", views.CleanReviewsView.as_view()),
    route("projects/<int:project_id>/reviews/accept-clean", views.AcceptCleanView.as_view()),
    route("projects/<int:project_id>/reviews/accept-clean/<int:job_id>/undo", views.UndoAcceptCleanView.as_view()),
    route("projects/<int:project_id>/issues", views.ProjectIssuesView.as_view()),
    route("projects/<int:project_id>/questions", views.QuestionsView.as_view()),
    route("projects/<int:project_id>/questions/similar", views.SimilarTextView.as_view()),
    route("projects/<int:project_id>/feedback", feedback.FeedbackView.as_view()),
    route("projects/<int:project_id>/disputes", feedback.DisputesView.as_view()),
    route("reviews/<int:review_id>/feedback", feedback.ReviewFeedbackView.as_view()),
    route("reviews/<int:review_id>/dispute", feedback.DisputeReviewView.as_view()),
    route("disputes/<int:dispute_id>/decide", feedback.DecideDisputeView.as_view()),
    route("issues", views.IssuesView.as_view()),
    route("issues/<int:issue_id>", views.IssueView.as_view()),
    route("issues/<int:issue_id>/comments", views.IssueCommentsView.as_view()),
    route("issues/<int:issue_id>/resolve", views.ResolveIssueView.as_view()),
    route("issues/<int:issue_id>/reopen", views.ReopenIssueView.as_view()),
    route("questions/<int:question_id>", views.QuestionView.as_view()),
    route("questions/<int:question_id>/answer", views.AnswerQuestionView.as_view()),
    route("questions/<int:question_id>/similar", views.SimilarView.as_view()),
    route("questions/<int:question_id>/guideline", views.QuestionGuidelineView.as_view()),
]
