"""`/api/v1/`: the endpoints of every app, and the document that describes them."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from apps.core.urls import route

WITH_ENDPOINTS = (
    "accounts",
    "activity",
    "jobs",
    "projects",
    "assets",
    "tasks",
    "annotations",
    "predictions",
    "reviews",
    "quality",
    "datasets",
    "learning",
)

urlpatterns = [
    route("schema", SpectacularAPIView.as_view(), name="schema"),
    # the page's script is a second request, since the content security policy allows no inline scripts
    route("docs", SpectacularSwaggerSplitView.as_view(url_name="api_v1:schema"), name="docs"),
    *(
        path("", include(import_module(f"apps.{name}.api.urls")))
        for name in WITH_ENDPOINTS
        if find_spec(f"apps.{name}.api.urls")
    ),
]
