"""The demo's visuals, drawn here: nobody's photographs, and different content for every version."""

import io
from functools import cache, partial

from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps

from webapp.vendoring import FOLDER

Colour = tuple[int, int, int]
DAWN, ROSE, NIGHT, SEA, PAPER, INK = (250, 214, 165), (228, 130, 120), (38, 34, 66), (26, 74, 92), (250, 247, 240), (32, 30, 36)


def concept(version: int) -> bytes:
    """Two directions side by side; the second version keeps one."""
    image = Image.new("RGB", (2400, 1500), PAPER)
    pen = ImageDraw.Draw(image)
    directions = [("aurore", ROSE, DAWN), ("nuit bleue", NIGHT, SEA)] if version == 1 else [("aurore", ROSE, DAWN), ("aurore, de près", DAWN, PAPER)]
    for place, (name, top, bottom) in enumerate(directions):
        left = 140 + place * 1100
        image.paste(_sky((1000, 900), top, bottom), (left, 320))
        _bottle(image, (left + 500, 1120), 560, INK if version == 1 else NIGHT)
        pen.text((left, 1270), name, INK, _font(64))
    pen.text((140, 130), f"Parfum Lumière — concept {version}", INK, _font(96))
    return _jpeg(image)


def key_visual(version: int) -> bytes:
    """The poster: a bottle against the dawn, the logo large and then smaller, the light from the left and then the right."""
    image = _sky((1800, 2400), ROSE, DAWN)
    sun = Image.new("L", image.size, 0)
    across = 520 if version == 1 else 1280
    ImageDraw.Draw(sun).ellipse((across - 420, 660, across + 420, 1500), fill=200)
    image.paste(Image.new("RGB", image.size, (255, 244, 214)), mask=sun.filter(ImageFilter.GaussianBlur(60)))
    _bottle(image, (900, 2080), 1150, NIGHT)
    size = 250 if version == 1 else 165
    _centred(image, "LUMIÈRE", 900, 130 if version == 1 else 210, size, PAPER)
    _centred(image, "la première heure du jour", 900, 2200, 72, INK)
    return _jpeg(image)


def moodboard() -> bytes:
    """Six swatches and three words."""
    image = Image.new("RGB", (2000, 1400), PAPER)
    pen = ImageDraw.Draw(image)
    for place, colour in enumerate([(164, 74, 44), (208, 138, 60), (110, 92, 60), (62, 80, 70), (232, 212, 180), (88, 40, 48)]):
        left, top = 120 + place % 3 * 600, 300 + place // 3 * 430
        image.paste(_sky((560, 390), colour, tuple(min(255, part + 45) for part in colour)), (left, top))  # type: ignore[arg-type]
    pen.text((120, 110), "Série d’automne — matière, lenteur, lumière basse", INK, _font(76))
    pen.text((120, 1230), "3 posts par semaine · 1 reel · stories le week-end", INK, _font(56))
    return _png(image)


def calendar(version: int) -> bytes:
    """Two weeks of posts; in the second version one has moved."""
    image = Image.new("RGB", (2100, 1300), PAPER)
    pen = ImageDraw.Draw(image)
    pen.text((100, 90), f"Calendrier de publication, version {version}", INK, _font(76))
    posts = {(0, 0): "portrait", (2, 0): "matière", (5, 0): "reel", (0, 1): "atelier", (4 if version == 1 else 5, 1): "série"}
    for column in range(7):
        pen.text((110 + column * 275, 230), ("lun", "mar", "mer", "jeu", "ven", "sam", "dim")[column], INK, _font(48))
        for row in range(2):
            left, top = 100 + column * 275, 310 + row * 460
            named = posts.get((column, row))
            pen.rounded_rectangle((left, top, left + 255, top + 430), 24, (208, 138, 60) if named else (238, 232, 220))
            if named:
                pen.text((left + 28, top + 340), named, PAPER, _font(46))
    return _png(image)


def script(version: int) -> bytes:
    """A page of dialogue; in the second version she speaks first."""
    image = Image.new("RGB", (1654, 2339), (255, 255, 255))
    pen = ImageDraw.Draw(image)
    lines = ["HARBOUR GIN — 30 SECONDS", f"Draft {version}", "", "EXT. PIER. FIRST LIGHT.", "Fog. A boat comes in without a sound.", ""]
    talk = ["HE: You came back for the view?", "SHE: I came back for the quiet."]
    lines += talk if version == 1 else ["SHE: I came back for the quiet.", "HE: You should have said. I’d have left."]
    lines += ["", "They look at the water.", "", "TITLE: Harbour. Distilled slowly.", "", "Pack shot. Gulls."]
    for row, line in enumerate(lines):
        pen.text((180, 240 + row * 110), line, INK, _font(58 if row else 80))
    return _png(image)


def storyboard() -> bytes:
    """Six frames of the film."""
    image = Image.new("RGB", (2400, 1500), (244, 244, 242))
    pen = ImageDraw.Draw(image)
    for place in range(6):
        left, top = 90 + place % 3 * 760, 150 + place // 3 * 680
        frame = _sky((700, 394), SEA, (150 + place * 14, 176, 186))
        horizon = 250 - place * 12
        ImageDraw.Draw(frame).rectangle((0, horizon, 700, 394), fill=(24, 52, 66))
        ImageDraw.Draw(frame).polygon([(120 + place * 70, horizon), (300 + place * 70, horizon), (260 + place * 70, horizon + 50), (150 + place * 70, horizon + 50)], fill=NIGHT)
        image.paste(frame, (left, top))
        pen.text((left, top + 420), f"{place + 1}. " + ("Fog", "The boat", "She", "He", "The glass", "Pack shot")[place], INK, _font(50))
    return _jpeg(image)


def _sky(size: tuple[int, int], top: Colour, bottom: Colour) -> Image.Image:
    """A gradient from top to bottom."""
    return ImageOps.colorize(Image.linear_gradient("L"), top, bottom).resize(size, Image.Resampling.BICUBIC)


def _bottle(image: Image.Image, foot: tuple[int, int], height: int, colour: Colour) -> None:
    """A flacon standing at `foot`, the middle of its base."""
    pen, (across, down), half = ImageDraw.Draw(image), foot, height * 0.27
    shoulder = down - height * 0.68
    pen.rounded_rectangle((across - half, shoulder, across + half, down), height * 0.09, colour)
    pen.rectangle((across - half * 0.34, shoulder - height * 0.12, across + half * 0.34, shoulder + 4), colour)
    pen.rounded_rectangle((across - half * 0.46, down - height, across + half * 0.46, shoulder - height * 0.1), height * 0.02, (214, 180, 120))
    inner = tuple(min(255, part + 46) for part in colour)
    pen.rounded_rectangle((across - half * 0.78, shoulder + half * 0.3, across - half * 0.6, down - half * 0.3), 12, inner)


def _centred(image: Image.Image, words: str, across: int, top: int, size: int, colour: Colour) -> None:
    ImageDraw.Draw(image).text((across, top), words, colour, _font(size), anchor="ma")


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FOLDER / "instrument-sans-latin.woff2"), size)


def _saved(form: str, image: Image.Image, **options) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


_jpeg = partial(_saved, "JPEG", quality=88)
_png = partial(_saved, "PNG", compress_level=6)
