"""Questions about quality: one module a subject, import from the module."""
