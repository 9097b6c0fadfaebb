"""Rows as structs."""
