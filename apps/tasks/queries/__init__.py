"""Reading tasks, windows of them, and assignments."""

DEEPEST_OFFSET, LARGEST_WINDOW = 100_000, 500
SORTS = {
    "number": ("number",),
    "-number": ("-number",),
    "name": ("name", "id"),
    "-name": ("-name", "-id"),
    "updated": ("-updated_at", "-id"),
    "-updated": ("updated_at", "id"),
    "state": ("state", "number"),
    "regions": ("-region_count", "number"),
    "priority": ("-priority", "number"),
}
