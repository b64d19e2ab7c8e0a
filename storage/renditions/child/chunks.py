"""Finding the EXIF block of a PNG or a WebP wherever it lies, without decoding.

Sources: W3C PNG, 5.3 and 11.3.3.5; RFC 9649, 2.3 and 2.7.1.5.
"""

import struct

_MOST_CHUNKS = 200_000
_MOST_BYTES = 1024 * 1024
_FORMS = {
    "image/png": (8, ">I4s", ("length", "kind"), b"eXIf"),
    "image/webp": (12, "<4sI", ("kind", "length"), b"EXIF"),
}


def exif(path, media_type):
    """The bytes of the EXIF chunk, or empty bytes."""
    with open(path, "rb") as file:
        for kind, length in _chunks(file, *_FORMS[media_type][:3]):
            if kind == _FORMS[media_type][3]:
                return file.read(min(length, _MOST_BYTES))
    return b""


def _chunks(file, start, layout, order):
    """(kind, length) of each chunk, with the file at its first byte. PNG adds a check sum, RIFF a byte to be even."""
    at = start
    for _ in range(_MOST_CHUNKS):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            return
        chunk = dict(zip(order, struct.unpack(layout, head), strict=True))
        yield chunk["kind"], chunk["length"]
        at += 8 + chunk["length"] + (4 if layout[0] == ">" else chunk["length"] % 2)
