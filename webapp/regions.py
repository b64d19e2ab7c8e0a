"""Countries with known public holidays and the world's time zones, as forms offer them."""

import unicodedata
from functools import cache
from zoneinfo import available_timezones

from flask_babel import get_locale
from flask_babel import gettext as _

from planning.calendars import UnknownCountry, spec_of_country

_NATIONS = ("GB-ENG", "GB-NIR", "GB-SCT", "GB-WLS")


def countries() -> list[tuple[str, str]]:
    """(code, name) in the reader's language and order; the nations of the United Kingdom have holidays of their own."""
    locale = get_locale()
    names = locale.territories if locale else {}
    known = [(code, names.get(code, code)) for code in _codes()]
    return sorted(known + _nations(), key=lambda pair: _sorting(pair[1]))


def zones() -> list[tuple[str, str]]:
    return [(zone, zone.replace("_", " ")) for zone in _zones()]


def is_country(code: str) -> bool:
    try:
        spec_of_country(code)
    except UnknownCountry:
        return False
    return True


def is_zone(zone: str) -> bool:
    return zone in _zones()


def _nations() -> list[tuple[str, str]]:
    words = (_("England"), _("Northern Ireland"), _("Scotland"), _("Wales"))
    return list(zip(_NATIONS, words, strict=True))


@cache
def _codes() -> tuple[str, ...]:
    from holidays import list_supported_countries

    return tuple(code for code in list_supported_countries(include_aliases=False) if is_country(code))


@cache
def _zones() -> tuple[str, ...]:
    return ("UTC", *sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")))


def _sorting(word: str) -> str:
    return unicodedata.normalize("NFKD", word).casefold()
