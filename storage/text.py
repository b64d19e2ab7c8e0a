"""What people type, kept as typed: only what no database or page can hold is refused or put right."""

import re
import unicodedata

_UNHOLDABLE = re.compile(r"[\x00\ud800-\udfff]")
_LINE_BREAKERS = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")


def kept(text: str) -> str:
    """Free text as it is stored: NUL and lone surrogates, which no row can hold, become U+FFFD."""
    return _UNHOLDABLE.sub("\ufffd", text)


def one_line(text: str) -> str:
    """A name or title as it is stored: no line breaks or other control characters, no blanks around it."""
    return _LINE_BREAKERS.sub(" ", kept(text)).strip()


def folded_email(email: str) -> str:
    """An e-mail as it is compared and stored: NFC, lower case, no blanks around it."""
    return unicodedata.normalize("NFC", kept(email).strip()).lower()
