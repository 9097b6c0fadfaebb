from apps.annotations.api import regions, top_ups, views
from apps.core.urls import route

urlpatterns = [
    route("annotations/<int:annotation_id>", views.AnnotationView.as_view()),
    route("annotations/<int:annotation_id>/edits", views.EditsView.as_view()),
    route("annotations/<int:annotation_id>/changes", views.AnnotationChangesView.as_view()),
    route("annotations/<int:annotation_id>/elements", views.AnnotationElementsView.as_view()),
    route("annotations/<int:annotation_id>/revisions", views.AnnotationRevisionsView.as_view()),
    route("revisions/<int:revision_id>", views.RevisionView.as_view()),
    route("revisions/<int:revision_id>/elements", views.RevisionElementsView.as_view()),
    route("projects/<int:project_id>/regions", regions.RegionsView.as_view()),
    route("projects/<int:project_id>/regions/count", regions.RegionCountView.as_view()),
    route("projects/<int:project_id>/regions/bulk", regions.RegionChangeView.as_view()),
    route("projects/<int:project_id>/regions/bulk/preview", regions.RegionChangePreviewView.as_view()),
    route("projects/<int:project_id>/top-ups", top_ups.TopUpsView.as_view()),
    route("projects/<int:project_id>/top-ups/preview", top_ups.TopUpPreviewView.as_view()),
    route("top-ups/<int:top_up_id>", top_ups.TopUpView.as_view()),
    route("top-ups/<int:top_up_id>/cancel", top_ups.TopUpCancelView.as_view()),
    route("top-ups/<int:top_up_id>/claim", top_ups.TopUpClaimView.as_view()),
    route("top-up-pieces/<int:piece_id>/answers", top_ups.TopUpAnswersView.as_view()),
    route("top-up-pieces/<int:piece_id>/finish", top_ups.TopUpFinishView.as_view()),
]
