"""What changes what is known of quality: one module a subject, import from the module."""
