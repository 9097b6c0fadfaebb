"""Adapters: one file a family, found by looking in this package."""
