"""A fault-injection lab for networked request/response servers."""

__version__ = "0.1.0"
