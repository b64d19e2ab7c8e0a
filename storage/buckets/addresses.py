"""Signed addresses of the embedded files host: who holds one may do this one thing until it expires.

HMAC-SHA256 over method, path and every other parameter, under a key of its own derived from the secret key.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from storage import keys
from storage.clock import utcnow
from storage.secrets import derived_token

MAX_FIELDS = 8


class BadAddress(Exception):
    """Not signed by us, or changed since."""


class ExpiredAddress(Exception):
    """Signed by us, and its time is over."""


@dataclass(frozen=True)
class PartAddress:
    """Leave to PUT one part of exactly this size; `sha256` and `media_type` where they are pinned, else empty."""

    upload_id: str
    number: int
    size_bytes: int
    sha256: str
    media_type: str


@dataclass(frozen=True)
class ObjectAddress:
    """Leave to GET one object, answered with this disposition and type."""

    key: str
    disposition: str
    media_type: str


class Addresses:
    """Makes and reads signed addresses. `files_url` may be a function, for a port chosen when serving begins."""

    def __init__(self, files_url: str | Callable[[], str], secret_key: str):
        self._files_url = files_url
        self._key = bytes.fromhex(derived_token(secret_key, "files"))

    @property
    def base(self) -> str:
        """The files host's own address, without a slash at its end."""
        url = self._files_url if isinstance(self._files_url, str) else self._files_url()
        return url.rstrip("/")

    def of_part(self, part: PartAddress, seconds: int) -> str:
        fields = {"size": str(part.size_bytes), "sha256": part.sha256, "type": part.media_type}
        return self._signed("PUT", f"/parts/{part.upload_id}/{part.number}", fields, seconds)

    def of_object(self, address: ObjectAddress, seconds: int, *, link: str = "") -> str:
        fields = {"disposition": address.disposition, "type": address.media_type, "link": link}
        return self._signed("GET", f"/objects/{address.key}", fields, seconds)

    def part(self, upload_id: str, number: str, query: str) -> PartAddress:
        """What a PUT may do. Raises BadAddress, ExpiredAddress."""
        fields = self._read("PUT", f"/parts/{upload_id}/{number}", query)
        return PartAddress(upload_id, int(number), int(fields["size"]), fields.get("sha256", ""), fields.get("type", ""))

    def object(self, key: str, query: str) -> ObjectAddress:
        """What a GET or HEAD may have. Raises BadAddress, ExpiredAddress."""
        fields = self._read("GET", f"/objects/{key}", query)
        return ObjectAddress(keys.checked(key), fields["disposition"], fields["type"])

    def _signed(self, method: str, path: str, fields: dict[str, str], seconds: int) -> str:
        given = {name: text for name, text in fields.items() if text}
        given["expires"] = str(int(utcnow().timestamp()) + seconds)
        given["signature"] = self._signature(method, path, given)
        return f"{self.base}{path}?{urlencode(given)}"

    def _read(self, method: str, path: str, query: str) -> dict[str, str]:
        fields = _fields(query)
        signature = fields.pop("signature", "")
        if not hmac.compare_digest(signature.encode(), self._signature(method, path, fields).encode()):
            raise BadAddress
        if utcnow().timestamp() >= int(fields["expires"]):
            raise ExpiredAddress
        return fields

    def _signature(self, method: str, path: str, fields: dict[str, str]) -> str:
        words = "\n".join([method, path, urlencode(sorted(fields.items()))])
        return hmac.new(self._key, words.encode(), hashlib.sha256).hexdigest()


def _fields(query: str) -> dict[str, str]:
    """The parameters, each once. Bytes that are no UTF-8 become U+FFFD, which no signature covers."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="replace")
    except ValueError as error:
        raise BadAddress from error
    if len(dict(pairs)) != len(pairs):
        raise BadAddress
    return dict(pairs)
