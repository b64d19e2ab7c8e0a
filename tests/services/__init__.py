"""Real servers for tests: each starts on free ports, keeps everything in a folder of its own, and goes with its test."""


class Missing(Exception):
    """A server the tests want is not installed here; the sentence says what to install."""
