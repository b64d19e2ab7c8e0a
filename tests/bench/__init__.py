"""Figures, never timed tests: run by hand, each beside its floor in the same run."""
