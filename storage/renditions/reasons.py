"""Why a file was refused or is kept unshown: a stable code, and what to tell the person who sent it."""

from dataclasses import dataclass


def N_(text):
    """Marks a sentence for translation; it is translated where it is shown."""
    return text


@dataclass(frozen=True)
class Reason:
    """A sentence that says what is wrong, and one that says what to do about it. Both are untranslated."""

    sentence: str
    action: str


REJECTED = {
    "empty": Reason(
        N_("This file is empty."),
        N_("Check that it was saved and copied in full, then upload it again."),
    ),
    "truncated": Reason(
        N_("This picture stops before its end."),
        N_("It was probably cut off while it was saved or copied: export or copy it once more and upload it again."),
    ),
    "unreadable": Reason(
        N_("This picture is damaged and cannot be opened."),
        N_("Open it in the program it comes from, export it anew and upload that."),
    ),
    "not_what_it_says": Reason(
        N_("This file’s name says picture, but its content is something else."),
        N_("Give it the name ending that fits its content, or export it as JPEG or PNG."),
    ),
    "too_many_pixels": Reason(
        N_("This picture has more than 178 million pixels."),
        N_("Export it smaller, for instance at half the resolution, and upload that."),
    ),
    "too_heavy": Reason(
        N_("Opening this file takes more time or memory than a picture should."),
        N_("Export it anew as JPEG or PNG and upload that."),
    ),
}

OPAQUE = {
    "too_large_to_show": Reason(
        N_("This picture is kept, but it is too large to be shown here."),
        N_("To have it reviewed on screen, upload a smaller export as well."),
    ),
    "cannot_show": Reason(
        N_("This picture is kept, but its kind of pixels cannot be shown here."),
        N_("To have it reviewed on screen, upload it as JPEG or PNG as well."),
    ),
}

REASONS = REJECTED | OPAQUE
