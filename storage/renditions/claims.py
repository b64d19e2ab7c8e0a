"""What a file claims to be: by its name, and by the type its sender stated."""

import mimetypes
from pathlib import PurePosixPath

PICTURES = {
    ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".jpe": "image/jpeg", ".jfif": "image/jpeg", ".png": "image/png",
    ".webp": "image/webp", ".gif": "image/gif", ".tif": "image/tiff", ".tiff": "image/tiff", ".avif": "image/avif",
}  # fmt: skip
PICTURE_TYPES = frozenset(PICTURES.values()) | {"image/jpg", "image/pjpeg", "image/x-png", "image/*"}

# Camera originals wear TIFF's signature but hold only a small preview in a form we could show.
CAMERA_ORIGINALS = frozenset({
    ".3fr", ".arw", ".cr2", ".dcr", ".dng", ".erf", ".fff", ".iiq", ".kdc", ".mef", ".mos", ".mrw", ".nef", ".nrw",
    ".orf", ".pef", ".raw", ".rw2", ".sr2", ".srf", ".srw",
})  # fmt: skip

_VAGUE = frozenset({
    "application/octet-stream", "application/zip", "application/gzip", "application/x-gzip", "application/cdfv2",
    "application/x-ole-storage", "application/json", "application/xml", "text/plain", "text/xml", "inode/x-empty",
})  # fmt: skip
_KNOWN = mimetypes.MimeTypes(filenames=())
_KNOWN.types_map[True].update({
    ".ai": "application/postscript", ".eps": "application/postscript", ".heic": "image/heic", ".heif": "image/heif",
    ".indd": "application/x-indesign", ".psd": "image/vnd.adobe.photoshop", ".psb": "image/vnd.adobe.photoshop",
    ".sketch": "application/zip", ".svgz": "image/svg+xml", ".url": "application/x-mswinurl",
    ".webm": "video/webm", ".md": "text/markdown",
})  # fmt: skip


def ending(filename):
    """The lower-case name ending with its dot, or an empty string."""
    return PurePosixPath((filename or "").replace("\\", "/").strip()).suffix.lower()


def claims_picture(filename, media_type):
    """Whether the name or the stated type says: this is a still we can show."""
    return ending(filename) in PICTURES or (media_type or "").split(";")[0].strip().lower() in PICTURE_TYPES


def camera_original(filename):
    """Whether the name is that of a camera's raw format."""
    return ending(filename) in CAMERA_ORIGINALS


def settle(found, filename):
    """The media type to keep for a file that is not shown.

    What its bytes say wins, unless they say little (a ZIP, plain text), where the name may be more exact. A name
    alone never makes a picture or a page of it.
    """
    if found not in _VAGUE:
        return found
    guess = _KNOWN.types_map[True].get(ending(filename), found)
    return found if guess in PICTURE_TYPES or guess in ("text/html", "application/xhtml+xml") else guess
