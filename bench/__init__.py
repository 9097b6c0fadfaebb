"""Measures the budgets of the product on this machine: `make bench`, or `python -m bench [rest] [exchange] [canvas] [start]`."""
