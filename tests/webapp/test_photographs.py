"""Real photographs by the real way: size, orientation and colour are what the photographer saw."""

import io
import json
from pathlib import Path
from urllib.parse import urlsplit

import numpy
import pytest
import requests
import skimage
from PIL import Image, ImageCms

from tests.conftest import SECRET
from tests.stage import Visitor, opened, uploaded
from tests.world import make_world

PHOTOGRAPHS = Path(skimage.__file__).parent / "data"
HOSTILE = Path(__file__).parent.parent / "hostile"
EXPECTED = {case["id"]: case for case in json.loads((HOSTILE / "manifest.json").read_text("utf-8"))["files"]}
UPRIGHT = {1: [], 2: [Image.Transpose.FLIP_LEFT_RIGHT], 3: [Image.Transpose.ROTATE_180], 4: [Image.Transpose.FLIP_TOP_BOTTOM], 5: [Image.Transpose.TRANSPOSE],
           6: [Image.Transpose.ROTATE_90], 7: [Image.Transpose.TRANSVERSE], 8: [Image.Transpose.ROTATE_270]}  # fmt: skip
"""How a camera held that way stores the picture: what to do to an upright one."""


@pytest.fixture(scope="module")
def studio(tmp_path_factory, migrated_sqlite):
    with opened(tmp_path_factory.mktemp("photographs"), database=migrated_sqlite) as app:
        world = make_world(SECRET)
        yield Visitor(app, token=world.tokens["camille"])


def put(studio, content: bytes, name: str) -> tuple[dict, Image.Image]:
    """The version as the API answers it, and its 1024 as anybody sees it."""
    answer = uploaded(studio, content, name)[-1]
    assert answer.status_code == 201, answer.get_json()
    version = answer.get_json()
    (first,) = [rendition for rendition in version["renditions"] if rendition["name"] == "1024"]
    address = studio.get(urlsplit(first["url"]).path).headers["Location"]
    picture = Image.open(io.BytesIO(requests.get(address, timeout=30).content))
    assert picture.size == (first["width"], first["height"])
    return version, picture


def difference(shown: Image.Image, wanted: Image.Image) -> float:
    """The mean difference of two pictures, 0 to 255, looked at from some way off."""
    one, two = (numpy.asarray(picture.convert("RGB").resize((64, 64)), dtype=float) for picture in (shown, wanted))
    return float(abs(one - two).mean())


def in_srgb(picture: Image.Image) -> Image.Image:
    """The picture as its own profile means it."""
    profile = picture.info.get("icc_profile")
    if not profile:
        return picture.copy()
    seen = ImageCms.profileToProfile(picture, io.BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB")
    assert seen
    seen.info.pop("icc_profile", None)
    return seen


def encoded(picture: Image.Image, form: str, **options) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


@pytest.mark.parametrize("name", ["rocket.jpg", "hubble_deep_field.jpg", "astronaut.png", "coffee.png", "chelsea.png", "camera.png", "page.png"])
def test_a_photograph_is_shown_as_it_is(name, studio):
    path = PHOTOGRAPHS / name
    if not path.exists():
        pytest.fail(f"the scikit-image wheel no longer carries {name}")
    with Image.open(path) as original:
        version, shown = put(studio, path.read_bytes(), name)

        assert (version["width"], version["height"]) == original.size
        assert max(shown.size) == min(1024, max(original.size))
        assert difference(shown, in_srgb(original)) < 4


@pytest.mark.parametrize("orientation", UPRIGHT)
def test_a_photograph_stands_upright_however_the_camera_was_held(orientation, studio):
    with Image.open(PHOTOGRAPHS / "rocket.jpg") as upright:
        upright = stored = in_srgb(upright)
    for turn in UPRIGHT[orientation]:
        stored = stored.transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation

    version, shown = put(studio, encoded(stored, "JPEG", quality=95, exif=exif), f"held-{orientation}.jpg")

    assert (version["width"], version["height"]) == upright.size
    assert difference(shown, upright) < 4
    assert 0x0112 not in shown.getexif()


@pytest.mark.parametrize("name", ["cmyk.jpg", "cmyk.tif", "rgb16.png"])
def test_colours_for_print_and_deep_colours_come_out_right(name, studio):
    """Neither a negative nor black: the corners that are named are the ones that are seen."""
    case = EXPECTED[name]
    version, shown = put(studio, (HOSTILE / case["file"]).read_bytes(), name)

    assert (version["width"], version["height"]) == (case["expect"]["width"], case["expect"]["height"])
    assert shown.mode in ("RGB", "L")
    if name == "rgb16.png":
        with Image.open(HOSTILE / case["file"]) as deep:
            assert difference(shown, deep) < 4
    else:
        with Image.open(HOSTILE / "files/plain.jpg") as plain:
            assert difference(shown, plain) < 45


def test_a_photograph_in_cmyk_looks_like_itself(studio):
    with Image.open(PHOTOGRAPHS / "rocket.jpg") as original:
        _version, shown = put(studio, encoded(original.convert("CMYK"), "JPEG", quality=95), "for-print.jpg")

        assert difference(shown, original) < 25
