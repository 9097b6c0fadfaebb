from apps.core.urls import route
from apps.quality.api import views

urlpatterns = [route("projects/<int:project_id>/stats", views.StatsView.as_view())]
