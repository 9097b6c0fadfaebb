"""Labelwright from Python: projects, uploads, imports, exports, versions and jobs over REST."""

from __future__ import annotations

from .client import Client
from .errors import Problem, Unreachable
from .project import Project, UploadReport
from .runs import Export, Import, Job, Version

__version__ = "0.1.0"
__all__ = ["Client", "Export", "Import", "Job", "Problem", "Project", "Unreachable", "UploadReport", "Version"]
