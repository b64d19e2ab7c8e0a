"""The backward plan: from a launch that does not move to the day each step may start.

RETROPLAN.md is the reference; its section numbers are quoted where a rule comes from it.
"""
