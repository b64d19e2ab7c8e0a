"""Every kind of pixels to one of L, RGB, RGBa, CMYK, LAB; and from those to sRGB."""

import io
import math

from ends import CannotShow

_SIXTEEN = ("I;16", "I;16L", "I;16B", "I;16N")


def levels(image):
    """(scale, offset) that brings a picture of wide numbers to 0–255, or None where its pixels are bytes.

    16-bit grey spans its own whole range. Integers and fractions state no range: fractions within 0–1 and whole
    numbers within 16 bits are taken at their word, anything else is stretched from its least to its greatest.
    """
    if image.mode in _SIXTEEN:
        return 1 / 257, 0.5
    if image.mode not in ("I", "F"):
        return None
    least, most = image.getextrema()
    if not (math.isfinite(least) and math.isfinite(most)):
        raise CannotShow
    if least >= 0 and image.mode == "F" and most <= 1:
        return 255, 0.5
    if least >= 0 and image.mode == "I" and most <= 65535:
        return (1, 0) if most <= 255 else (1 / 257, 0.5)
    scale = 255 / ((most - least) or 1)
    return scale, -least * scale


def plain(image, found):
    """The same picture in a mode that can be averaged: palettes, bits and wide numbers spelled out."""
    if found:
        scale, offset = found
        wide = image.convert("F") if image.mode == "F" else image.convert("I").convert("F")
        return wide.point(lambda value: value * scale + offset).convert("L")
    if image.mode in ("RGBa", "LAB", "CMYK"):
        return image
    if "transparency" in image.info or image.mode in ("RGBA", "LA", "PA", "La"):
        return _with_alpha(image).convert("RGBa")
    if image.mode == "P" and image.palette is not None and image.palette.mode == "RGBA":
        return image.convert("RGBA").convert("RGBa")
    return image.convert("L" if image.mode in ("1", "L") else "RGB")


def _with_alpha(image):
    image = image.convert("LA") if image.mode == "La" else image
    return image if image.mode == "RGBA" else image.convert("RGBA")


def in_srgb(image, profile):
    """L, RGB or RGBA in sRGB. A profile that is broken or fits other pixels is ignored."""
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    colour = _converted(image.convert("RGB") if alpha is not None else image, profile)
    if alpha is not None:
        colour = colour.convert("RGB")
        colour.putalpha(alpha)
    return colour


def _converted(colour, profile):
    if profile or colour.mode == "LAB":
        from PIL import ImageCms

        try:
            source = ImageCms.createProfile("LAB") if colour.mode == "LAB" else io.BytesIO(profile)
            colour = (
                ImageCms.profileToProfile(colour, source, ImageCms.createProfile("sRGB"), outputMode="RGB") or colour
            )
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass
    return colour if colour.mode in ("L", "RGB") else colour.convert("RGB")
