"""Bringing a file of annotations in: what each item becomes is decided first, and written by the batch."""

from apps.datasets.services.importing.matching import by_name, guessed, names_of
from apps.datasets.services.importing.opening import opened, reader_of
from apps.datasets.services.importing.reading import Bringing, read_import
from apps.datasets.services.importing.tally import Tally

__all__ = ["Bringing", "Tally", "by_name", "guessed", "names_of", "opened", "read_import", "reader_of"]
