"""From a source to a small, upright picture in sRGB: mode L, RGB or RGBA, and nothing but pixels."""

import colours
from PIL import Image

_TURNS = {
    2: (Image.Transpose.FLIP_LEFT_RIGHT,),
    3: (Image.Transpose.ROTATE_180,),
    4: (Image.Transpose.FLIP_TOP_BOTTOM,),
    5: (Image.Transpose.TRANSPOSE,),
    6: (Image.Transpose.ROTATE_270,),
    7: (Image.Transpose.TRANSVERSE,),
    8: (Image.Transpose.ROTATE_90,),
}
_BAND_PIXELS = 2_000_000
_SLACK = 1.5  # what box averaging leaves for the finer filter to do


def shrunk(source, longest):
    """Decode all of the source's first page, at a lower resolution where the format can, and shrink it."""
    image = source.image
    target = fit(image.size, longest)
    image.draft(None, target)
    image.load()
    small = _resized(_reduced(image, target), target)
    small = colours.in_srgb(small, image.info.get("icc_profile"))
    return bare(small if source.turns_itself else turned(small, source.orientation))


def fit(size, longest):
    """The size whose longer side is `longest`, never larger than before, no side below 1."""
    scale = min(1, longest / max(size))
    return tuple(max(1, round(side * scale)) for side in size)


def fitted(picture, longest):
    """A shown picture, made smaller still."""
    return _resized(picture, fit(picture.size, longest))


def turned(picture, orientation):
    """Upright, so that a mark is on the corner people see. Source: EXIF 2.32, 4.6.4."""
    for turn in _TURNS.get(orientation, ()):
        picture = picture.transpose(turn)
    return picture


def see_through(picture):
    """Whether any part shows what lies behind."""
    return picture.mode == "RGBA" and picture.getchannel("A").getextrema()[0] < 255


def bare(picture):
    """Without all that files carry beside pixels; a fully opaque alpha channel goes too."""
    if picture.mode == "RGBA" and not see_through(picture):
        picture = picture.convert("RGB")
    picture.info = {}
    return picture


def _reduced(image, target):
    """Averaged by a whole factor, band by band: converting a huge picture at once would double its memory."""
    levels = colours.levels(image)
    across, down = (max(1, int(size / wanted / _SLACK)) for size, wanted in zip(image.size, target, strict=True))
    width, height = image.size
    if across == down == 1 and width * height <= _BAND_PIXELS * 8:
        return colours.plain(image, levels)
    out = None
    step = max(1, _BAND_PIXELS // (width * down)) * down
    for top in range(0, height, step):
        band = colours.plain(image.crop((0, top, width, min(top + step, height))), levels)
        band = band.reduce((across, down)) if max(across, down) > 1 else band
        out = out or Image.new(band.mode, (band.width, -(-height // down)))
        out.paste(band, (0, top // down))
    return out


def _resized(picture, size):
    """Alpha is weighed in, or the colours of what cannot be seen would bleed into the edges."""
    if picture.size == tuple(size):
        return picture.convert("RGBA") if picture.mode == "RGBa" else picture
    if picture.mode == "RGBA":
        picture = picture.convert("RGBa")
    small = picture.resize(size, Image.Resampling.LANCZOS)
    return small.convert("RGBA") if small.mode == "RGBa" else small
