"""Opening a still: its size, its page count, what decoding it would cost. No pixel is decoded here."""

import importlib
import os
import warnings
from functools import cached_property

import chunks
import signatures
import tiff_pages
from ends import CannotShow, Refused, TooLargeToShow
from PIL import Image

_MB = 1024 * 1024
_PLUGINS = {
    "image/jpeg": ("JpegImagePlugin", "JpegImageFile"),
    "image/png": ("PngImagePlugin", "PngImageFile"),
    "image/webp": ("WebPImagePlugin", "WebPImageFile"),
    "image/gif": ("GifImagePlugin", "GifImageFile"),
    "image/tiff": ("TiffImagePlugin", "TiffImageFile"),
    "image/avif": ("AvifImagePlugin", "AvifImageFile"),
}
_ORIENTATION = 274
_CHUNK_BYTES = 64 * _MB
_BITS, _ROWS_PER_STRIP, _TILE_WIDTH = 258, 278, 322
_UNSUPPORTED = ("unknown", "unsupported", "not supported", "cannot handle", "not implemented")


def opened(path, media_type, head, limits):
    """The Source for a file with this signature. Raises Refused, CannotShow."""
    Image.MAX_IMAGE_PIXELS = limits["pixels"]
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    source = (_WebP if media_type == "image/webp" else Source)(path, media_type, head)
    if source.pixels > limits["pixels"]:
        raise Refused("too_many_pixels")
    if media_type == "image/tiff":
        source.pages = tiff_pages.count(path, limits["pages"])
    return source


def _image(path, media_type):
    """The plugin's own class, so that no other plugin can be talked into reading the file."""
    module, name = _PLUGINS[media_type]
    plugin = importlib.import_module(f"PIL.{module}")
    _tame(module, plugin)
    try:
        return getattr(plugin, name)(path)
    except Image.DecompressionBombError:
        raise Refused("too_many_pixels") from None
    except Image.DecompressionBombWarning:
        raise Refused("too_many_pixels") from None
    except (SyntaxError, NotImplementedError, ValueError) as error:
        if _unsupported(error):
            raise CannotShow from None
        raise Refused("unreadable") from None


def _unsupported(error):
    """TIFF's tables of known pixels and compressions raise KeyError for what they lack."""
    return isinstance(error.__cause__, KeyError) or any(word in str(error).lower() for word in _UNSUPPORTED)


def _tame(module, plugin):
    if module == "PngImagePlugin":
        _skip_text(plugin.PngStream)
    if module == "AvifImagePlugin":
        plugin.DEFAULT_MAX_THREADS = 1


def _skip_text(stream):
    """Texts are dropped from renditions anyway; unread, they cannot unfold into gigabytes. Nor can a profile."""
    read_profile = stream.chunk_iCCP

    def unread(self, _position, length):
        if length > _CHUNK_BYTES:
            raise Refused("too_heavy")
        return self.fp.read(length)

    def profile(self, position, length):
        start = self.fp.tell()
        try:
            return read_profile(self, position, length)
        except ValueError:
            self.fp.seek(start)
            return unread(self, position, length)

    stream.chunk_iCCP = profile
    for chunk in ("chunk_tEXt", "chunk_zTXt", "chunk_iTXt"):
        setattr(stream, chunk, unread)


class Source:
    """One still, opened and not yet decoded."""

    pages = 1

    def __init__(self, path, media_type, head):
        self.path, self.media_type, self.head = path, media_type, head
        self.size = self._stored_size()
        self.orientation = self._read_orientation()

    @cached_property
    def image(self):
        """Pillow's picture."""
        return _image(self.path, self.media_type)

    def _stored_size(self):
        """(width, height) before turning. Pillow swaps a lying TIFF's sides on opening."""
        width, height = self.image.size
        swapped = self.media_type == "image/tiff" and self.image.tag_v2.get(_ORIENTATION) in range(5, 9)
        return (height, width) if swapped else (width, height)

    def _read_orientation(self):
        """1 to 8, as EXIF counts them. Source: EXIF 2.32, 4.6.4."""
        try:
            value = self._exif().get(_ORIENTATION, 1)
        except Exception:  # broken metadata is no reason to refuse a picture
            return 1
        return value if value in range(1, 9) else 1

    def _exif(self):
        """Pillow would decode all of a PNG to look for the block behind the pixels."""
        if self.media_type not in ("image/png", "image/webp"):
            return self.image.getexif()
        found = Image.Exif()
        found.load(chunks.exif(self.path, self.media_type))
        return found

    @property
    def shown_size(self):
        """(width, height) after the orientation."""
        width, height = self.size
        return (height, width) if self.orientation >= 5 else (width, height)

    @property
    def turns_itself(self):
        """Whether Pillow applies the orientation on decoding, as it does for TIFF alone."""
        return self.media_type == "image/tiff"

    @property
    def pixels(self):
        return self.size[0] * self.size[1]

    @property
    def cost_mb(self):
        """Megabytes that decoding with Pillow takes at its peak; measured, rounded up."""
        return self.pixels * self._bytes_per_pixel() / _MB + self.strip_mb

    def _bytes_per_pixel(self):
        if self.media_type == "image/avif":
            return 9
        if self.media_type == "image/jpeg":
            return self._jpeg_bytes_per_pixel()
        stored = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2}.get(self.image.mode, 4)
        return stored * (2 if self.turns_itself and self.orientation > 1 else 1)

    def _jpeg_bytes_per_pixel(self):
        """Nearly nothing, as it is decoded at an eighth; but a progressive one keeps all its coefficients."""
        if not self.image.info.get("progressive"):
            return 0.2
        sampling = [(across, down) for _, across, down, _ in self.image.layer]
        full = max(across for across, _ in sampling) * max(down for _, down in sampling)
        return 0.5 + 2 * sum(across * down for across, down in sampling) / full

    @property
    def strip_mb(self):
        """TIFF's strips are read whole, and one may be all of the picture."""
        if self.media_type != "image/tiff" or _TILE_WIDTH in self.image.tag_v2:
            return 0
        width, height = self.size
        rows = min(self.image.tag_v2.get(_ROWS_PER_STRIP, height), height)
        return width * rows * sum(self.image.tag_v2.get(_BITS, (8,))) / 8 / _MB

    def ensure_affordable(self, limits):
        """Raises TooLargeToShow if decoding with Pillow would take more memory than we give a picture."""
        if self.cost_mb > limits["picture_mb"]:
            raise TooLargeToShow


class _WebP(Source):
    """Opened by its header alone: Pillow's decoder takes memory for the whole canvas when it is made."""

    def _stored_size(self):
        if signatures.webp_cut_short(self.head, os.path.getsize(self.path)):
            raise Refused("truncated")
        canvas = signatures.webp_canvas(self.head)
        if canvas is None or min(canvas) < 1:
            raise Refused("unreadable")
        return canvas

    def _bytes_per_pixel(self):
        return 16
