"""The ways judging a file can end early."""


class Refused(Exception):
    """The file is bad; `code` is a key of reasons.REJECTED."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


class TooLargeToShow(Exception):
    """A picture that may well be sound, but that we cannot afford to decode."""


class CannotShow(Exception):
    """A sound picture whose kind of pixels we cannot decode."""
