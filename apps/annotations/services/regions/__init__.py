"""One change to many regions: asked for, carried out by a job as fixes of results, undone as one."""

from apps.annotations.services.regions.asking import JOB, Preview, RegionChange, Which, ask, preview
from apps.annotations.services.regions.changing import Changed, change_regions
from apps.annotations.services.regions.undoing import undo_regions

__all__ = ["JOB", "Changed", "Preview", "RegionChange", "Which", "ask", "change_regions", "preview", "undo_regions"]
