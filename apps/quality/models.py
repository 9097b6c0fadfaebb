"""Maintained counts live in `activity`, so that every app may add to them; findings, gold and audits come here."""
