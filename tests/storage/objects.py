"""Objects as tests put them into a bucket, send them to it in parts, and read them back."""

import hashlib

import requests

MB = 1024**2
APP = "http://app.example:8000"
HERO = b"the hero picture of the Autumn launch"
SHA = hashlib.sha256(HERO).hexdigest()


def kept(bucket, path, content, key):
    (path / "source").write_bytes(content)
    bucket.put_file(key, path / "source", "image/png")
    return key


def content_of(bucket, key):
    with bucket.open(key) as stream:
        return stream.read()


def put(part, body, **headers):
    return requests.put(part.url, data=body, headers=part.headers | headers, timeout=30)


def uploaded(bucket, key, content, **options):
    """Start an upload and send every part; answers (pending, parts, sizes)."""
    pending = bucket.start(key, len(content), **options)
    parts, at = [], 0
    for part in pending.parts:
        answer = put(part, content[at : at + part.size_bytes])
        assert answer.status_code == 200, answer.text
        parts.append((part.number, answer.headers["ETag"]))
        at += part.size_bytes
    return pending, parts, [part.size_bytes for part in pending.parts]
