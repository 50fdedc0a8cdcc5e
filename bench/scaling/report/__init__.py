"""The report: a page with plots, and the rows as CSV and JSON beside it."""

from bench.scaling.report.write import write

__all__ = ["write"]
