"""Where the demo's uploads go: the store itself, or the files host, open for as long as the demo is being made."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit
from urllib.request import Request, urlopen

from flask import Flask

from storage.buckets import Part
from webapp import public_url
from webapp.fileshost import files_app
from webapp.listening import Listener, listening

_PLACE = "backbeat.demo_files"


@contextmanager
def files_open(app: Flask) -> Iterator[None]:
    """Make the store ready; without an S3, answer its signed addresses on a port of our own meanwhile."""
    bucket = app.extensions["backbeat.bucket"]
    bucket.prepare(public_url(app))
    if app.extensions["backbeat.settings"].s3_endpoint_url:
        yield
        return
    host = Listener(files_app(bucket, lambda: public_url(app)), listening("127.0.0.1", 0))
    host.start()
    app.extensions[_PLACE] = f"127.0.0.1:{host.port}"
    try:
        yield
    finally:
        app.extensions.pop(_PLACE)
        host.stop()


def put(app: Flask, part: Part, content: bytes) -> str:
    """PUT a part to its signed address; its ETag."""
    address = part.url
    if place := app.extensions.get(_PLACE):
        address = urlunsplit(urlsplit(address)._replace(scheme="http", netloc=place))
    request = Request(address, data=content, headers=part.headers, method="PUT")  # noqa: S310  a signed address of our store
    with urlopen(request, timeout=60) as answer:  # noqa: S310
        return answer.headers["ETag"]
