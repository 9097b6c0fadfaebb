"""Elements with all that they hold, ready to be compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from apps.annotations.models import Revision
from apps.annotations.queries.documents import chunk_bodies
from apps.assets.queries import blob_bytes
from apps.projects.models import Project
from domain.elements import Element, decode_chunk
from domain.shapes.mask import Mask


def whole_elements(bodies: Iterable[bytes], project: Project) -> Iterator[Element]:
    """The elements of chunks; masks whose runs are in a blob with their runs."""
    for body in bodies:
        for entry in decode_chunk(body):
            element = entry.element
            shape = getattr(element, "geometry", None)
            if isinstance(shape, Mask) and shape.blob is not None:
                runs = blob_bytes(project, shape.blob).decode("ascii")
                element = msgspec.structs.replace(element, geometry=Mask(shape.x, shape.y, shape.size, runs, None))
            yield element


def whole_revision(revision: Revision) -> Iterator[Element]:
    """As `whole_elements`, of a revision."""
    return whole_elements(chunk_bodies(revision.chunks), revision.project)
