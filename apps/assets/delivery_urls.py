"""Below /media/."""

from __future__ import annotations

from django.urls import re_path

from apps.assets.delivery import deliver

urlpatterns = [
    re_path(
        r"^(?P<token>[0-9]+\.[0-9a-f]+\.[A-Za-z0-9_-]+)/(?P<asset_id>[0-9]{1,18})/(?P<variant>[a-z0-9]+)$",
        deliver,
        name="media",
    ),
]
