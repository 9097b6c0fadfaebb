"""What one request, one file or one project may weigh. Each can be set by an environment variable of its name."""

from __future__ import annotations

from config.settings.env import whole_number

MIB = 1024 * 1024

# Requests
LABELWRIGHT_MAX_JSON_BYTES = whole_number("LABELWRIGHT_MAX_JSON_BYTES", 16 * MIB)
LABELWRIGHT_MAX_EDIT_BYTES = whole_number("LABELWRIGHT_MAX_EDIT_BYTES", 4 * MIB)
LABELWRIGHT_MAX_EDITS = whole_number("LABELWRIGHT_MAX_EDITS", 1_000)  # in one call
LABELWRIGHT_MAX_UPLOAD_BYTES = whole_number("LABELWRIGHT_MAX_UPLOAD_BYTES", 2_048 * MIB)  # one multipart request
LABELWRIGHT_MAX_RESUMABLE_BYTES = whole_number(
    "LABELWRIGHT_MAX_RESUMABLE_BYTES", 1_024 * 1_024 * MIB
)  # one file in parts
LABELWRIGHT_MAX_UPLOAD_FILES = whole_number("LABELWRIGHT_MAX_UPLOAD_FILES", 1_000)

# Files
LABELWRIGHT_MAX_FILE_BYTES = whole_number("LABELWRIGHT_MAX_FILE_BYTES", 512 * MIB)
LABELWRIGHT_MAX_PIXELS = whole_number("LABELWRIGHT_MAX_PIXELS", 250_000_000)  # of one page
LABELWRIGHT_MAX_SIDE = whole_number("LABELWRIGHT_MAX_SIDE", 65_500)  # pixels; what JPEG can hold
LABELWRIGHT_TILE_PIXELS = whole_number("LABELWRIGHT_TILE_PIXELS", 64_000_000)  # from here on images are cut into tiles
LABELWRIGHT_TILE_SIDE = whole_number("LABELWRIGHT_TILE_SIDE", 10_000)  # pixels; or from this side on
LABELWRIGHT_MAX_TILED_PIXELS = whole_number("LABELWRIGHT_MAX_TILED_PIXELS", 2_000_000_000)
LABELWRIGHT_MAX_PAGES = whole_number("LABELWRIGHT_MAX_PAGES", 1_000)  # of a multi-page TIFF or an animation
LABELWRIGHT_MAX_BLOB_BYTES = whole_number("LABELWRIGHT_MAX_BLOB_BYTES", 64 * MIB)

# Archives are measured before they are unpacked
LABELWRIGHT_MAX_ARCHIVE_FILES = whole_number("LABELWRIGHT_MAX_ARCHIVE_FILES", 200_000)
LABELWRIGHT_MAX_UNPACKED_BYTES = whole_number("LABELWRIGHT_MAX_UNPACKED_BYTES", 100 * 1024 * MIB)
LABELWRIGHT_MAX_IMPORT_BYTES = whole_number("LABELWRIGHT_MAX_IMPORT_BYTES", 10 * 1024 * MIB)

# Regions
LABELWRIGHT_MAX_REGION_BYTES = whole_number("LABELWRIGHT_MAX_REGION_BYTES", 1 * MIB)
LABELWRIGHT_MAX_REGIONS = whole_number("LABELWRIGHT_MAX_REGIONS", 200_000)  # of one annotation
LABELWRIGHT_INLINE_ELEMENTS = whole_number("LABELWRIGHT_INLINE_ELEMENTS", 5_000)  # in a claim's answer
LABELWRIGHT_INLINE_BYTES = whole_number("LABELWRIGHT_INLINE_BYTES", 2 * MIB)

# Time, in seconds
LABELWRIGHT_LEASE_SECONDS = whole_number("LABELWRIGHT_LEASE_SECONDS", 15 * 60)  # of an assignment
LABELWRIGHT_HOLD_SECONDS = whole_number(
    "LABELWRIGHT_HOLD_SECONDS", 24 * 3600
)  # rejected and stale work waits for its person
LABELWRIGHT_JOB_LEASE_SECONDS = whole_number("LABELWRIGHT_JOB_LEASE_SECONDS", 30)
LABELWRIGHT_JOB_QUEUED_SECONDS = whole_number("LABELWRIGHT_JOB_QUEUED_SECONDS", 30)  # then it is enqueued again
LABELWRIGHT_TRASH_DAYS = whole_number("LABELWRIGHT_TRASH_DAYS", 30)
LABELWRIGHT_SIGNED_URL_HOURS = whole_number("LABELWRIGHT_SIGNED_URL_HOURS", 6)

# Outgoing requests
LABELWRIGHT_FETCH_TIMEOUT_SECONDS = whole_number("LABELWRIGHT_FETCH_TIMEOUT_SECONDS", 30)
