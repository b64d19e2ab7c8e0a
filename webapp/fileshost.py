"""The embedded files host: uploads and downloads by signed address, on a host of its own that knows no session.

It sets and reads no cookie. What it answers never runs: `sandbox`, `nosniff`, and an attachment unless the type is an
inert raster. Its pages' resource policy is `same-site` where app and files share a host name (ports are no part of a
site, so localhost:8000 may show pictures of localhost:8001 and no other site may) and `cross-origin` where
BACKBEAT_FILES_URL lies on another name; the signature is the right either way.
"""

import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from werkzeug.exceptions import HTTPException, RequestedRangeNotSatisfiable
from werkzeug.wrappers import Request, Response
from werkzeug.wsgi import FileWrapper

from storage.buckets import PART_BYTES, NoSuchObject, NoSuchUpload, StoreAway, StoreFull, WrongPart, served_as
from storage.buckets.addresses import BadAddress, ExpiredAddress, PartAddress
from storage.buckets.folder import FolderBucket

CHUNK = 256 * 1024
ONE_RANGE = re.compile(r"bytes=([0-9]+-[0-9]*|-[0-9]+)", re.ASCII)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
ERRORS = {
    BadAddress: (403, "bad_address", "This address was not signed by this server, or was changed."),
    ExpiredAddress: (403, "expired", "This address has expired; ask for a new one."),
    NoSuchUpload: (404, "no_such_upload", "This upload is over; start a new one."),
    NoSuchObject: (404, "not_found", "There is nothing here."),
    StoreFull: (507, "store_full", "There is no room left to keep this."),
    StoreAway: (503, "store_away", "Files cannot be kept or read right now; try again shortly."),
    WrongPart: (422, "wrong_checksum", "The bytes are not the ones announced: their SHA-256 differs. Send the part again."),
}


class Refused(Exception):
    """An answer other than the one asked for: status, code, and a sentence a person can act on."""

    def __init__(self, status: int, code: str, message: str):
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


def files_app(bucket: FolderBucket, public_url: str | Callable[[], str], *, max_part_bytes: int = PART_BYTES):
    """The WSGI application. `public_url` is the app's own address, the one whose pages may call; it may be a function."""
    return FilesHost(bucket, public_url if callable(public_url) else lambda: public_url, max_part_bytes)


class FilesHost:
    """Answers PUT /parts/<upload>/<number>, GET and HEAD /objects/<key>, and the browser's preflights for them."""

    def __init__(self, bucket: FolderBucket, public_url: Callable[[], str], max_part_bytes: int):
        self._bucket, self._public_url, self._max_part_bytes = bucket, public_url, max_part_bytes

    def __call__(self, environ, start_response):
        request = Request(environ)
        response = self._answer(request)
        response.headers.extend(HEADERS)
        response.headers["Cross-Origin-Resource-Policy"] = self._resource_policy()
        response.headers.setdefault("Cache-Control", "private, no-store")
        self._allow_origin(request, response)
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        try:
            return self._routed(request)
        except Refused as refused:
            return self._refusal(request, refused)
        except tuple(ERRORS) as error:
            known = next(ERRORS[kind] for kind in type(error).__mro__ if kind in ERRORS)
            return self._refusal(request, Refused(*known))
        except RequestedRangeNotSatisfiable as error:
            refused = self._refusal(request, Refused(416, "range_not_satisfiable", "The file is shorter than that."))
            refused.headers["Content-Range"] = f"bytes */{error.length}"
            return refused
        except HTTPException as error:
            return self._refusal(request, Refused(error.code or 400, "bad_request", error.description or "This cannot be read."))

    def _routed(self, request: Request) -> Response:
        room, _, rest = request.path.lstrip("/").partition("/")
        methods = {"parts": ("PUT",), "objects": ("GET", "HEAD")}.get(room)
        if not methods or not rest:
            raise Refused(404, "not_found", "There is nothing here.")
        if request.method == "OPTIONS":
            return self._preflight(request, methods)
        if request.method not in methods:
            raise Refused(405, "method_not_allowed", f"Only {' and '.join(methods)} here.")
        return self._put(request, rest) if room == "parts" else self._get(request, rest)

    def _preflight(self, request: Request, methods: tuple[str, ...]) -> Response:
        if not self._from_the_app(request):
            raise Refused(403, "foreign_origin", "Only the pages of the app may call this.")
        return Response(
            status=204,
            headers={
                "Access-Control-Allow-Methods": ", ".join(methods),
                "Access-Control-Allow-Headers": "Content-Type, Range, If-Range, If-None-Match",
                "Access-Control-Max-Age": "600",
            },
        )

    def _put(self, request: Request, rest: str) -> Response:
        upload_id, _, number = rest.partition("/")
        part = self._bucket.addresses.part(upload_id, number, _query(request))
        _fits(request, part)
        etag = self._bucket.receive(part, _body(request, part.size_bytes))
        return Response(status=200, headers={"ETag": f'"{etag}"'})

    def _get(self, request: Request, key: str) -> Response:
        address = self._bucket.addresses.object(key, _query(request))
        head = self._bucket.head(address.key)
        if head is None:
            raise NoSuchObject(key)
        disposition, media_type = served_as(address.disposition, address.media_type)
        response = Response(FileWrapper(self._bucket.open(address.key), CHUNK), mimetype=media_type, direct_passthrough=True)
        response.content_length = head.size_bytes
        response.set_etag(head.etag)
        response.headers["Content-Disposition"] = disposition
        response.headers["Cache-Control"] = "private, max-age=300"
        if not ONE_RANGE.fullmatch(request.headers.get("Range", "")):
            request.environ.pop("HTTP_RANGE", None)  # RFC 9110, 14.2: what is no range we know is ignored
        try:
            return response.make_conditional(request.environ, accept_ranges=True, complete_length=head.size_bytes)
        except RequestedRangeNotSatisfiable:
            response.close()
            raise

    def _refusal(self, request: Request, refused: Refused) -> Response:
        if request.method == "PUT":
            self._drain(request)
        error = {"error": {"code": refused.code, "message": refused.message}}
        response = Response(json.dumps(error), refused.status, mimetype="application/json")
        if refused.status == 503:
            response.headers["Retry-After"] = "5"
        return response

    def _drain(self, request: Request) -> None:
        """Read what is still coming, up to a part: a client that is still sending would see a broken line, no answer."""
        left = min(request.content_length or 0, self._max_part_bytes)
        try:
            while left > 0 and (chunk := request.stream.read(min(CHUNK, left))):
                left -= len(chunk)
        except (OSError, HTTPException):
            return

    def _allow_origin(self, request: Request, response: Response) -> None:
        response.headers.add("Vary", "Origin")
        if self._from_the_app(request):
            response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
            response.headers["Access-Control-Expose-Headers"] = "ETag, Content-Range, Accept-Ranges"

    def _from_the_app(self, request: Request) -> bool:
        return request.headers.get("Origin") == _origin(self._public_url())

    def _resource_policy(self) -> str:
        """Same-site where both have one name; browsers know no site of a bare host or an address, and would refuse."""
        ours, theirs = urlsplit(self._bucket.addresses.base), urlsplit(self._public_url())
        one_name = (ours.scheme, ours.hostname) == (theirs.scheme, theirs.hostname)
        return "same-site" if one_name and _is_domain(ours.hostname or "") else "cross-origin"


def _is_domain(host: str) -> bool:
    """Whether a host has a registrable name: a dot, and a last part that is no number."""
    return "." in host and not host.rpartition(".")[2].isdecimal()


def _fits(request: Request, part: PartAddress) -> None:
    """Refuse, before reading, a body that cannot be the part."""
    if request.content_length is None:
        raise Refused(411, "length_required", "Say how long the part is: Content-Length.")
    if request.content_length > part.size_bytes:
        raise Refused(413, "too_long", f"This part has {part.size_bytes} bytes, no more.")
    if request.content_length < part.size_bytes:
        raise Refused(400, "too_short", f"This part has {part.size_bytes} bytes, no less.")
    if part.media_type and request.mimetype != part.media_type:
        raise Refused(415, "wrong_type", f"Send it as {part.media_type}.")


def _body(request: Request, size_bytes: int) -> Iterator[bytes]:
    """The request's body in chunks, all of it or Refused."""
    left = size_bytes
    while left:
        try:
            chunk = request.stream.read(min(CHUNK, left))
        except (OSError, HTTPException):
            chunk = b""
        if not chunk:
            raise Refused(400, "stopped_early", "The part stopped before its end; send it again.")
        left -= len(chunk)
        yield chunk


def _query(request: Request) -> str:
    return request.query_string.decode("latin-1")


def _origin(url: str) -> str:
    """The origin as a browser writes it: lower case, no default port."""
    parts = urlsplit(url.lower())
    default = {"http": 80, "https": 443}.get(parts.scheme)
    named = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{named}" + (f":{parts.port}" if parts.port and parts.port != default else "")
