"""Why a file was refused or is kept unshown, in the reader's language: what is wrong, and what to do about it."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from storage.renditions.reasons import OPAQUE, REJECTED

_NOT_AS_DECLARED = {
    "size_differs": _l("What arrived is not as long as was said. Upload the file again."),
    "digest_differs": _l("What arrived is not the file that was announced. Upload it again."),
}


def sentence_for(code: str | None) -> str:
    """The sentences for a reason code; an unknown code is shown as it is."""
    if code in _NOT_AS_DECLARED:
        return str(_NOT_AS_DECLARED[code])
    reason = REJECTED.get(code or "") or OPAQUE.get(code or "")
    return f"{gettext(reason.sentence)} {gettext(reason.action)}" if reason else code or ""
