"""Pictures that would take too much memory whole, read line by line by libvips, and shrunk on the way."""

import os
from contextlib import contextmanager

import shrinking
from ends import TooLargeToShow
from PIL import Image

_MB = 1024 * 1024
_LOADERS = {
    "image/jpeg": "VipsForeignLoadJpegFile",
    "image/png": "VipsForeignLoadPngFile",
    "image/tiff": "VipsForeignLoadTiffFile",
    "image/webp": "VipsForeignLoadWebpFile",
}
_MODES = {
    ("b-w", 1): "L", ("b-w", 2): "LA", ("srgb", 3): "RGB", ("srgb", 4): "RGBA", ("rgb", 3): "RGB", ("cmyk", 4): "CMYK",
}  # fmt: skip
_NARROWED = {"rgb16": "srgb", "grey16": "b-w"}


def suits(source, limits):
    """Whether libvips shrinks this one in little memory: not the others, not what must be unfolded whole first.

    Pillow does better with a JPEG, which it shrinks while decoding it.
    """
    streams = source.media_type in _LOADERS and source.media_type != "image/jpeg"
    return streams and _whole_mb(source) <= limits["picture_mb"]


def _whole_mb(source):
    """What libvips still holds whole: interlaced PNG, WebP's canvas, TIFF's strips."""
    if source.media_type == "image/png":
        return source.pixels * 4 / _MB if source.image.info.get("interlace") else 0
    if source.media_type == "image/webp":
        return source.pixels * 4.5 / _MB
    return source.strip_mb


def shrunk(source, longest):
    """As shrinking.shrunk, the profile applied by libvips. Raises TooLargeToShow where that is not installed."""
    with _in_bounds():
        picture = _read(_thumbnail(source, longest))
    return shrinking.bare(shrinking.turned(picture, source.orientation))


def stored_rows(source):
    """(libvips' picture, to be read downward once; Pillow's mode for its pixels; its profile, to be applied).

    What has eight or sixteen bits a channel comes in its own colours: Pillow is ten times as fast with profiles. All
    else comes in sRGB, and so does ink without a profile, but in a JPEG, as it does where the picture is shrunk.
    """
    with _in_bounds():
        pyvips = _prepared(source)
        image = pyvips.Image.new_from_file(source.path, access="sequential", fail_on="truncated")
        kind = str(image.interpretation)
        if kind in _NARROWED:
            kind = _NARROWED[kind]
            image = image.colourspace(kind)
        mode = _MODES.get((kind, image.bands)) if image.format == "uchar" else None
        profile = image.get("icc-profile-data") if "icc-profile-data" in image.get_fields() else None
        if mode and (mode != "CMYK" or profile or source.media_type == "image/jpeg"):
            return image, mode, profile
        image = _thumbnail(source, max(source.size))
        return image, _MODES["b-w" if image.bands < 3 else "srgb", image.bands], None


def send(image, descriptor):
    """Write its pixels, row by row."""
    with _in_bounds():
        image.rawsave_target(_library().Target.new_to_descriptor(descriptor))


@contextmanager
def _in_bounds():
    try:
        yield
    except Exception as error:
        if "out of memory" in str(error):
            raise TooLargeToShow from None
        raise


def _read(image):
    mode = _MODES["b-w" if image.bands < 3 else "srgb", image.bands]
    picture = Image.frombytes(mode, (image.width, image.height), image.write_to_memory())
    return picture.convert("RGBA") if mode == "LA" else picture


def _thumbnail(source, longest):
    pyvips = _prepared(source)
    width, height = shrinking.fit(source.size, longest)
    image = pyvips.Image.thumbnail(
        source.path, width, height=height, size="force", no_rotate=True, output_profile="srgb", fail_on="truncated"
    )
    return image.cast("uchar")


def _prepared(source):
    """The library, without any loader but the one for this file."""
    pyvips = _library()
    pyvips.operation_block_set("VipsForeignLoad", True)
    pyvips.operation_block_set(_LOADERS[source.media_type], False)
    pyvips.cache_set_max(0)
    return pyvips


def _library():
    os.environ["VIPS_CONCURRENCY"] = "1"
    try:
        import pyvips
    except (ImportError, OSError):
        raise TooLargeToShow from None
    return pyvips
