"""Reading assets. Whoever calls has asked `project_for`, or calls a function here that does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from apps.accounts.access import organisation_for
from apps.accounts.models import User
from apps.assets.errors import UnknownFilter
from apps.assets.models import Asset, Blob, LinkedObject, Source, Storage, Sync, Upload
from apps.assets.signing import media_prefix
from apps.core import storage
from apps.core.errors import NotFound
from apps.core.permissions import Action
from apps.projects.access import ProjectAccess, found_for, hidden, project_for
from apps.projects.models import Project
from apps.projects.settings import is_tested

METADATA = "metadata."
PAGING = frozenset({"cursor", "limit"})
VARIANTS = ("original", "display", "preview", "thumb", "raw16")
_FALLBACKS = {
    "display": ("display",),
    "preview": ("preview", "display"),
    "thumb": ("thumb", "preview", "display"),
    "raw16": (),
}

_FILTERS: dict[str, Callable[[str], Q]] = {
    "name": lambda text: Q(name__startswith=text),
    "external_id": lambda text: Q(external_id=text),
    "group": lambda text: Q(group=text),
    "origin": lambda text: Q(origin=text),
    "licence": lambda text: Q(licence=text),
    "sha256": lambda text: Q(sha256=text.lower()),
}


def assets_of(access: ProjectAccess, params: Mapping[str, str]) -> QuerySet[Asset]:
    """Assets of a project that every filter of `params` holds for.

    Raises:
        UnknownFilter: a parameter that is none of the list.
    """
    in_trash = params.get("trashed", "").lower() in ("1", "true")
    rows = _shown(access).filter(project_id=access.project.pk, trashed_at__isnull=not in_trash)
    for name, text in params.items():
        if "\0" in text or "\0" in name:
            raise UnknownFilter("A filter holds a character that no text can have.")
        if name.startswith(METADATA) and len(name) > len(METADATA):
            rows = rows.filter(_metadata(name[len(METADATA) :], text))
        elif name in _FILTERS:
            rows = rows.filter(_FILTERS[name](text))
        elif name not in PAGING and name != "trashed":
            raise UnknownFilter(
                f"There is no filter {name!r}. Known are {', '.join(_FILTERS)}, metadata.<key> and trashed."
            )
    return rows


def _shown(access: ProjectAccess) -> QuerySet[Asset]:
    """All; to who may meet hidden tests what they have had as a task; to others no picture of such a test."""
    if not is_tested(access):
        return Asset.objects.exclude(tasks__purpose__in=["probe", "planted", "exam"])
    own = Asset.objects.filter(pk=OuterRef("pk"))
    had = own.filter(tasks__assignments__user_id=access.user.pk, tasks__purpose__in=["work", "probe", "exam"])
    judged = own.filter(tasks__assignments__user_id=access.user.pk, tasks__assignments__stage="review")
    return Asset.objects.filter(Exists(had) | Exists(judged))


def _metadata(key: str, text: str) -> Q:
    """The value as text, or as the JSON number or truth value that it looks like."""
    found = Q(metadata__contains={key: text})
    try:
        value = json.loads(text)
    except ValueError:
        return found
    plain = isinstance(value, bool | int) or (
        isinstance(value, float) and value == value and abs(value) != float("inf")
    )
    return found | Q(metadata__contains={key: value}) if plain else found


def asset_for(user: User, asset_id: int, action: Action) -> Asset:
    """The asset, where the person may do that with it; also from the trash.

    Raises:
        NotFound, NotAllowed
    """
    asset, access = found_for(user, Asset.objects.filter(pk=asset_id).first(), "asset", action)
    if is_tested(access):
        if not _shown(access).filter(pk=asset.pk).exists():
            raise hidden("asset")
        asset.external_id = asset.duplicate_of_id = None  # a probe's picture has none
    return asset


def delivery_urls(asset: Asset) -> dict[str, str]:
    """Signed addresses: original, display, preview and thumb, and raw16 for 16-bit images.

    The query part changes with the window, so that a browser does not keep the old picture.
    """
    prefix = media_prefix(asset.pk)
    seen = f"?w={asset.window['low']}-{asset.window['high']}" if asset.window else ""
    urls = {"original": prefix + "original"}
    for variant in ("display", "preview", "thumb"):
        made = next((name for name in _FALLBACKS[variant] if name in asset.derivatives), "original")
        urls[variant] = prefix + made + (seen if made != "original" else "")
    if "raw16" in asset.derivatives:
        urls["raw16"] = prefix + "raw16"
    if "tiles" in asset.derivatives and "display" not in asset.derivatives:
        urls["display"] = urls["preview"]  # the picture in full is shown by its tiles alone
    return urls


def tiles_of(asset: Asset) -> dict[str, Any] | None:
    """{url, size, levels, type} of an image that was cut into tiles; `{level}`, `{column}` and `{row}` to be put in."""
    made = asset.derivatives.get("tiles")
    if made is None:
        return None
    url = media_prefix(asset.pk) + "tiles/{level}/{column}_{row}"
    return {"url": url, "size": made["tile"], "levels": made["levels"], "type": made["type"]}


def stored_tile(asset_id: int, level: int, column: int, row: int) -> tuple[str, str]:
    """(path, content type) of one tile. The caller has checked the signature."""
    made = Asset.objects.filter(pk=asset_id).values_list("derivatives__tiles", flat=True).first()
    if made is None:
        raise NotFound("This image has no tiles.")
    return f"{made['path']}/{level}/{column}_{row}.{made['suffix']}", made["type"]


def stored_file(asset_id: int, variant: str) -> tuple[str, str]:
    """(path, content type) of a variant. The caller has checked the signature."""
    found = Asset.objects.filter(pk=asset_id).values_list("path", "content_type", "derivatives").first()
    if found is None or variant not in VARIANTS:
        raise NotFound("There is no such file.")
    path, content_type, derivatives = found
    if variant in derivatives:
        return derivatives[variant]["path"], derivatives[variant]["type"]
    if variant != "original":
        raise NotFound("This asset has no such file.")
    return path, content_type


def upright_path(asset: Asset) -> str:
    """The file whose pixels lie as coordinates say: the original, or the display image where EXIF turns the original."""
    return asset.path if asset.orientation == 1 else asset.derivatives["display"]["path"]


def channels_of(asset: Asset) -> int:
    return int(asset.derivatives.get("raw16", {}).get("channels", 0))


def known_hashes(project_id: int, hashes: Iterable[str]) -> dict[str, int]:
    """{hash: id of the first asset with it}, the trash left out."""
    rows = Asset.objects.filter(project_id=project_id, sha256__in=list(hashes), trashed_at=None).order_by("-id")
    return dict(rows.values_list("sha256", "id"))


def known_external_ids(project_id: int, external_ids: Iterable[str]) -> set[str]:
    rows = Asset.objects.filter(project_id=project_id, external_id__in=list(external_ids))
    return {found for found in rows.values_list("external_id", flat=True) if found is not None}


class AssetRef(NamedTuple):
    """What an import needs to know of an asset, of which it meets many."""

    pk: int
    name: str
    external_id: str | None
    made_by: str | None
    width: int
    height: int
    orientation: int


def reference(asset: Asset) -> AssetRef:
    return AssetRef(asset.pk, *(getattr(asset, name) for name in AssetRef._fields[1:]))


def references(rows: QuerySet[Asset]) -> list[AssetRef]:
    return [AssetRef(*row) for row in rows.values_list("pk", *AssetRef._fields[1:])]


def assets_named(project_id: int, names: Iterable[str]) -> dict[str, AssetRef]:
    """{name: the oldest asset of that name}, the trash left out."""
    rows = Asset.objects.filter(project_id=project_id, name__any_of=names, trashed_at=None).order_by("-id")
    return {asset.name: asset for asset in references(rows)}


def blob_bytes(project: Project, digest: str) -> bytes:
    """Raises NotFound when the project has no such blob."""
    path = Blob.objects.filter(project_id=project.pk, sha256=digest).values_list("path", flat=True).first()
    if path is None:
        raise NotFound("There is no such blob in this project.")
    data = storage.read(path)
    if sha256(data).hexdigest() != digest:
        raise NotFound("The stored blob is damaged.")
    return data


def media_summary(project_ids: Iterable[int], each: int = 3) -> dict[int, list[Any]]:
    """The newest few assets of each project, for its card."""
    found: dict[int, list[Any]] = {}
    for project_id in project_ids:
        found[project_id] = list(Asset.objects.filter(project_id=project_id, trashed_at=None).order_by("-id")[:each])
    return found


def upload_for(user: User, upload_id: int) -> Upload:
    """A person's own upload. Raises NotFound or NotAllowed."""
    found = Upload.objects.select_related("project").filter(pk=upload_id, created_by=user).first()
    if found is None:
        raise NotFound("There is no such upload of yours, or it expired.")
    project_for(user, found.project_id, Action.ASSETS_ADD)
    return found


def storages_of(organisation_id: int) -> QuerySet[Storage]:
    """Storages of an organisation. The caller has asked for the right to see them."""
    return Storage.objects.select_related("job").filter(organisation_id=organisation_id)


def storage_for(user: User, storage_id: int, action: Action) -> Storage:
    """Raises NotFound or NotAllowed."""
    found = Storage.objects.select_related("job", "organisation").filter(pk=storage_id).first()
    if found is None:
        raise hidden("storage")
    try:
        organisation_for(user, found.organisation_id, action)
    except NotFound:
        raise hidden("storage") from None
    return found


def sources_of(project: Project) -> QuerySet[Source]:
    """Sources of a project that are connected."""
    return Source.objects.select_related("storage", "job").filter(project=project, removed_at=None)


def source_for(user: User, source_id: int, action: Action) -> Source:
    """Raises NotFound or NotAllowed."""
    found = Source.objects.select_related("storage", "job", "project").filter(pk=source_id, removed_at=None).first()
    return found_for(user, found, "source", action)[0]


def objects_by_state(source_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """{source: {state: objects}}."""
    found: dict[int, dict[str, int]] = {}
    rows = LinkedObject.objects.filter(source_id__in=list(source_ids)).values_list("source_id", "state")
    for source_id, state, count in rows.annotate(Count("pk")):
        found.setdefault(source_id, {})[state] = count
    return found


def last_syncs(source_ids: Iterable[int]) -> dict[int, Sync]:
    """{source: its newest sync}."""
    rows = Sync.objects.filter(source_id__in=list(source_ids)).order_by("source_id", "-pk").distinct("source_id")
    return {sync.source_id: sync for sync in rows.select_related("job")}
