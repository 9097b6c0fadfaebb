"""Below /media/."""

from __future__ import annotations

from django.urls import re_path

from apps.assets.delivery import deliver, deliver_crop, deliver_tile

_SIGNED = r"^(?P<token>[0-9]+\.[0-9a-f]+\.[A-Za-z0-9_-]+)/(?P<asset_id>[0-9]{1,18})/"

urlpatterns = [
    re_path(
        _SIGNED + r"tiles/(?P<level>[0-9]{1,2})/(?P<column>[0-9]{1,4})_(?P<row>[0-9]{1,4})$",
        deliver_tile,
        name="media-tile",
    ),
    re_path(
        _SIGNED + r"crop/(?P<window>[0-9]{1,7}_[0-9]{1,7}_[0-9]{1,7}_[0-9]{1,7})\.(?P<signed>[0-9a-f]{12})$",
        deliver_crop,
        name="media-crop",
    ),
    re_path(_SIGNED + r"(?P<variant>[a-z0-9]+)$", deliver, name="media"),
]
