"""The rules of labelling as plain functions: no Django, no I/O beyond given files, no clock, no global random."""
