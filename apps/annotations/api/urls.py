from apps.annotations.api import regions, views
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
]
