"""Pictures that would take too much memory whole, read line by line and shrunk on the way by libvips."""

import os

import shrinking
from ends import TooLargeToShow
from PIL import Image

_MB = 1024 * 1024
_LOADERS = {
    "image/png": "VipsForeignLoadPngFile",
    "image/tiff": "VipsForeignLoadTiffFile",
    "image/webp": "VipsForeignLoadWebpFile",
}


def suits(source, limits):
    """Whether libvips reads this one in little memory: not the others, not what must be unfolded whole first."""
    return source.media_type in _LOADERS and _whole_mb(source) <= limits["picture_mb"]


def _whole_mb(source):
    """What libvips still holds whole: interlaced PNG, WebP's canvas, TIFF's strips."""
    if source.media_type == "image/png":
        return source.pixels * 4 / _MB if source.image.info.get("interlace") else 0
    if source.media_type == "image/webp":
        return source.pixels * 4.5 / _MB
    return source.strip_mb


def shrunk(source, longest):
    """As shrinking.shrunk, the profile applied by libvips. Raises TooLargeToShow where that is not installed."""
    try:
        picture = _read(_thumbnail(source, longest))
    except Exception as error:
        if "out of memory" in str(error):
            raise TooLargeToShow from None
        raise
    return shrinking.bare(shrinking.turned(picture, source.orientation))


def _read(image):
    mode = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}[image.bands]
    picture = Image.frombytes(mode, (image.width, image.height), image.write_to_memory())
    return picture.convert("RGBA") if mode == "LA" else picture


def _thumbnail(source, longest):
    pyvips = _library()
    pyvips.operation_block_set("VipsForeignLoad", True)
    pyvips.operation_block_set(_LOADERS[source.media_type], False)
    pyvips.cache_set_max(0)
    width, height = shrinking.fit(source.size, longest)
    image = pyvips.Image.thumbnail(
        source.path, width, height=height, size="force", no_rotate=True, output_profile="srgb", fail_on="truncated"
    )
    return image.cast("uchar")


def _library():
    os.environ["VIPS_CONCURRENCY"] = "1"
    try:
        import pyvips
    except (ImportError, OSError):
        raise TooLargeToShow from None
    return pyvips
