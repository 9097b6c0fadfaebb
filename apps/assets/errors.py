"""What can be wrong with a file or a blob. `code` stands in upload answers and import reports."""

from __future__ import annotations

from apps.core.errors import Conflict, DomainError, Invalid, TooLarge


class FileRefused(Exception):
    """One file that cannot be taken; the others go in. `code` is stable."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


class UnknownFilter(Invalid):
    code = "unknown_filter"


class BadForm(Invalid):
    code = "bad_form"


class TooManyFiles(TooLarge):
    code = "too_many_files"


class HashMismatch(Invalid):
    code = "hash_mismatch"


class OffsetWrong(Conflict):
    code = "offset_wrong"


class UploadNotWhole(Conflict):
    code = "upload_not_whole"


class ArchiveRefused(Invalid):
    code = "archive_refused"


class ChecksumWrong(DomainError):
    code, status, title = "checksum_wrong", 460, "The bytes are not what their checksum says"


class WrongTus(DomainError):
    code, status, title = "wrong_tus_version", 412, "Another version of the protocol is spoken here"


class ExternalIdTaken(Conflict):
    code = "external_id_taken"


class NoWindow(Conflict):
    code = "no_window"


class LinkExpired(DomainError):
    code, status, title = "link_expired", 403, "This media address is not valid any more"


class StorageNameTaken(Conflict):
    code = "storage_name_taken"


class StorageInUse(Conflict):
    code = "storage_in_use"


class NoCredentials(Invalid):
    code = "bad_credentials"


class NotForSources(Conflict):
    code = "not_for_sources"


class SourceThere(Conflict):
    code = "source_there"


class SourceEmpty(Conflict):
    code, title = "source_empty", "The storage shows nothing where files were"
