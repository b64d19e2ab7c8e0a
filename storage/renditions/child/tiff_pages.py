"""Counting a TIFF's pages by walking its directories, without decoding. Source: TIFF 6.0, section 2; BigTIFF."""

import struct

_SUBFILE_TYPE = 254
_REDUCED = 1


def count(path, most):
    """Pages from 1 to `most`: chains that loop, leave the file or never end are simply cut there.

    Directories that say they hold a smaller copy of another page are not counted.
    """
    with open(path, "rb") as file:
        try:
            return max(1, sum(_walk(file, most)))
        except (struct.error, OSError, OverflowError):
            return 1


def _walk(file, most):
    """1 for each directory that is a page, 0 for each that is not."""
    head = file.read(16)
    order = "<" if head[:2] == b"II" else ">"
    big = struct.unpack(order + "H", head[2:4])[0] == 43
    at = struct.unpack(order + ("Q" if big else "I"), head[8:16] if big else head[4:8])[0]
    seen = set()
    while at and at not in seen and len(seen) < most:
        seen.add(at)
        found = _directory(file, at, order, big)
        if found is None:
            return
        subfile_type, at = found
        yield 0 if subfile_type & _REDUCED else 1


def _directory(file, at, order, big):
    """(subfile type, offset of the next directory), or None if it is cut off."""
    count_size, entry_size, next_size = (8, 20, 8) if big else (2, 12, 4)
    file.seek(at)
    raw = file.read(count_size)
    if len(raw) < count_size:
        return None
    entries = struct.unpack(order + ("Q" if big else "H"), raw)[0]
    if entries > 65535:
        return None
    body = file.read(entries * entry_size + next_size)
    if len(body) < entries * entry_size + next_size:
        return None
    following = struct.unpack(order + ("Q" if big else "I"), body[-next_size:])[0]
    return _subfile_type(body, entries, entry_size, order, big), following


def _subfile_type(body, entries, entry_size, order, big):
    for start in range(0, entries * entry_size, entry_size):
        if struct.unpack_from(order + "H", body, start)[0] == _SUBFILE_TYPE:
            return struct.unpack_from(order + "I", body, start + (12 if big else 8))[0]
    return 0
