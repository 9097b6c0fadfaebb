"""What is known of quality: one module a subject, handed on here. Maintained counts live in `activity`, so that every app may add to them."""
