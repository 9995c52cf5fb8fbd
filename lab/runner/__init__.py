"""Conducting: load, start, ask, heal, stop, judge."""
