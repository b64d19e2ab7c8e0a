"""What the first bytes of a file say it is. Sources: the formats' own specifications, cited per line."""

import struct

HEAD_BYTES = 64


def still(head):
    """The media type of a still we may decode, by its signature; None for everything else."""
    if head.startswith(b"\xff\xd8\xff"):  # ITU-T T.81, B.1.1.3
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):  # W3C PNG, 5.2
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":  # RFC 9649, 2.4
        return "image/webp"
    if head[:6] in (b"GIF87a", b"GIF89a"):  # GIF89a, 17
        return "image/gif"
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):  # TIFF 6.0, section 2; BigTIFF
        return None if head[8:10] == b"CR" else "image/tiff"  # Canon's raw files sign there
    if b"avif" in _brands(head):  # AVIF 1.1, 6.3
        return "image/avif"
    return None


def _brands(head):
    """The brands of an ISO base media file. Source: ISO/IEC 14496-12, 4.3."""
    if head[4:8] != b"ftyp":
        return ()
    end = min(struct.unpack(">I", head[:4])[0], len(head))
    return (head[8:12], *(head[at : at + 4] for at in range(16, end, 4)))


def webp_canvas(head):
    """(width, height) of a WebP from its first chunk, or None. Source: RFC 9649, 2.5 to 2.7."""
    kind = head[12:16]
    if kind == b"VP8X":
        return tuple(1 + int.from_bytes(head[at : at + 3], "little") for at in (24, 27))
    if kind == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return (1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    if kind == b"VP8 ":
        return tuple(int.from_bytes(head[at : at + 2], "little") & 0x3FFF for at in (26, 28))
    return None


def webp_cut_short(head, size_bytes):
    """Whether the RIFF header promises more than there is. Source: RFC 9649, 2.4."""
    return 8 + int.from_bytes(head[4:8], "little") > size_bytes


def other(path, head):
    """The media type of anything else: libmagic's word, where that library is installed, else a few signatures."""
    try:
        import magic

        return magic.from_file(path, mime=True)
    except Exception:  # libmagic is missing, or choked on the file: either way a plain answer will do
        return next((kind for start, kind in _PLAIN.items() if head.startswith(start)), "application/octet-stream")


_PLAIN = {
    b"%PDF-": "application/pdf", b"PK\x03\x04": "application/zip", b"\x1f\x8b": "application/gzip",
    b"8BPS": "image/vnd.adobe.photoshop", b"%!PS": "application/postscript", b"<svg": "image/svg+xml",
    b"\x1aE\xdf\xa3": "video/webm", b"<!DOCTYPE html": "text/html", b"<html": "text/html",
}  # fmt: skip
