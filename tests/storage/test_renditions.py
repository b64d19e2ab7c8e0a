"""Renditions show what the picture shows: upright, in true colours, in the right sizes, and nothing besides."""

import importlib.resources
import os
import struct

import pytest
from PIL import Image, ImageChops, ImageCms, ImageDraw, ImageOps, ImageStat

from storage.renditions import LIMITS, Limits, Rejected, discard, judge, make

STREAMED = Limits(stream_mb=0)
BOTH_WAYS = pytest.mark.parametrize("limits", [LIMITS, STREAMED], ids=["whole", "streamed"])
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 160, 0), (0, 0, 255), (255, 255, 255)
ORIENTATION, MAKE, GPS = 274, 271, 34853


@pytest.fixture
def scratch(tmp_path):
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


@pytest.fixture
def shown(tmp_path, scratch):
    """Saves a picture as a file, has it judged, and gives its verdict and its first rendition, opened."""

    def show(picture, name, limits=LIMITS, **options):
        path = tmp_path / name
        picture.save(path, **options)
        verdict = judge(path, filename=name, scratch=scratch, limits=limits)
        with Image.open(verdict.made[0].path) as rendition:
            rendition.load()
        return verdict, rendition

    return show


def photograph(name):
    """One of the photographs scikit-image carries in its wheel."""
    with importlib.resources.files("skimage.data").joinpath(name).open("rb") as file, Image.open(file) as opened:
        return opened.convert("RGB")


def flag(size=(300, 200)):
    """Red and green above, blue and white below."""
    picture = Image.new("RGB", size, RED)
    across, down = size[0] // 2, size[1] // 2
    pen = ImageDraw.Draw(picture)
    pen.rectangle((across, 0, *size), fill=GREEN)
    pen.rectangle((0, down, across - 1, size[1]), fill=BLUE)
    pen.rectangle((across, down, *size), fill=WHITE)
    return picture


def corner_colours(picture):
    picture = picture.convert("RGB")
    right, bottom = picture.width - 6, picture.height - 6
    return [picture.getpixel(at) for at in ((5, 5), (right, 5), (5, bottom), (right, bottom))]


def near(found, wanted, tolerance=24):
    return all(abs(a - b) <= tolerance for a, b in zip(found, wanted, strict=True))


def nearest(colour):
    """Which of the flag's colours this is most like."""
    return min((RED, GREEN, BLUE, WHITE), key=lambda each: sum((a - b) ** 2 for a, b in zip(colour, each, strict=True)))


def looks_like(picture, other):
    """Mean difference below a few of 255 levels, at the same size."""
    small, wanted = (each.convert("RGB").resize((64, 48)) for each in (picture, other))
    return sum(ImageStat.Stat(ImageChops.difference(small, wanted)).mean) / 3 < 5


def turned_away(picture, orientation):
    """The pixels a camera stores so that this orientation makes them the picture again."""
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }  # fmt: skip
    return picture.transpose(undo[orientation]) if orientation in undo else picture


def exif_of(orientation):
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKE] = orientation, "SECRET-CAMERA"
    exif.get_ifd(GPS).update({1: "N", 2: (48.0, 51.0, 29.0), 3: "E", 4: (2.0, 17.0, 40.0)})
    return exif


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["rocket.jpg", "chelsea.png"])
def test_a_photograph_is_shown_upright(name, orientation, shown):
    picture = photograph(name)

    verdict, rendition = shown(turned_away(picture, orientation), "a.jpg", exif=exif_of(orientation))

    assert (verdict.width, verdict.height) == picture.size == rendition.size
    assert looks_like(rendition, picture)


@BOTH_WAYS
@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["a.png", "a.webp", "a.tif", "a.avif"])
def test_other_formats_are_shown_upright(name, orientation, limits, shown):
    options = {"speed": 10} if name == "a.avif" else {}

    verdict, rendition = shown(turned_away(flag(), orientation), name, limits, exif=exif_of(orientation), **options)

    assert (verdict.width, verdict.height) == (300, 200) == rendition.size
    for found, wanted in zip(corner_colours(rendition), (RED, GREEN, BLUE, WHITE), strict=True):
        assert near(found, wanted)


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tif"])
def test_nothing_but_pixels_is_kept(name, shown):
    comment = {"comment": b"SECRET-NOTE"} if name == "a.jpg" else {}
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    verdict, rendition = shown(flag(), name, exif=exif_of(1), icc_profile=profile, **comment)

    kept = verdict.made[0].path.read_bytes()
    assert b"SECRET" not in kept
    assert b"Exif" not in kept
    assert not rendition.getexif()
    assert not {"exif", "icc_profile", "comment", "xmp"} & set(rendition.info)


def swapped_profile():
    """A valid profile in which red and blue have changed places."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    tags = struct.unpack(">I", profile[128:132])[0]
    table = profile[132 : 132 + 12 * tags]
    table = table.replace(b"rXYZ", b"----").replace(b"bXYZ", b"rXYZ").replace(b"----", b"bXYZ")
    return profile[:132] + table + profile[132 + 12 * tags :]


@BOTH_WAYS
@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tif", "a.webp"])
def test_a_profile_is_applied(name, limits, shown):
    _, rendition = shown(Image.new("RGB", (90, 60), RED), name, limits, icc_profile=swapped_profile())

    assert near(rendition.convert("RGB").getpixel((40, 30)), BLUE)


@pytest.mark.parametrize("profile", [b"garbage", bytes(3000), swapped_profile()[:300]])
def test_a_broken_profile_is_ignored(profile, shown):
    _, rendition = shown(Image.new("RGB", (90, 60), RED), "a.jpg", icc_profile=profile)

    assert near(rendition.getpixel((40, 30)), RED)


@BOTH_WAYS
@pytest.mark.parametrize("name", ["a.jpg", "a.tif"])
def test_printing_colours_are_not_a_negative(name, limits, shown):
    _, rendition = shown(flag().convert("CMYK"), name, limits, **({"quality": 95} if name == "a.jpg" else {}))

    # Ink without a profile of its own is read literally by one way, as real ink by the other.
    assert [nearest(found) for found in corner_colours(rendition)] == [RED, GREEN, BLUE, WHITE]


@BOTH_WAYS
@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_sixteen_bit_grey_is_scaled_not_clipped(name, limits, shown):
    picture = Image.new("I;16", (120, 80), 32768)
    picture.paste(65535, (0, 0, 60, 80))

    _, rendition = shown(picture, name, limits)

    assert near(rendition.convert("RGB").getpixel((30, 40)), WHITE)
    assert near(rendition.convert("RGB").getpixel((90, 40)), (128, 128, 128))


@BOTH_WAYS
def test_sixteen_bit_colours_are_scaled_not_clipped(limits, tmp_path, scratch):
    path = tmp_path / "a.tif"
    path.write_bytes(sixteen_bit_tiff(60, 40, (65535, 32768, 0)))

    verdict = judge(path, filename="a.tif", scratch=scratch, limits=limits)

    with Image.open(verdict.made[0].path) as rendition:
        assert near(rendition.getpixel((30, 20)), (255, 128, 0))


def sixteen_bit_tiff(width, height, colour):
    """An uncompressed RGB TIFF with 16 bits a channel. Source: TIFF 6.0, section 6."""
    pixels = struct.pack("<3H", *colour) * (width * height)
    tags = [
        (256, 3, 1, width), (257, 3, 1, height), (258, 3, 3, 8), (259, 3, 1, 1), (262, 3, 1, 2), (273, 4, 1, 14),
        (277, 3, 1, 3), (278, 3, 1, height), (279, 4, 1, len(pixels)), (284, 3, 1, 1),
    ]  # fmt: skip
    directory = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags) + bytes(4)
    return b"II*\0" + struct.pack("<I", 14 + len(pixels)) + struct.pack("<3H", 16, 16, 16) + pixels + directory


MODES = {
    "one bit": (lambda: flag().convert("1"), "a.png", (118, 118, 118)),
    "palette": (lambda: flag().quantize(8), "a.png", RED),
    "palette gif": (lambda: flag(), "a.gif", RED),
    "one bit tiff": (lambda: flag().convert("1"), "a.tif", (118, 118, 118)),
    "lab": (lambda: in_lab(flag()), "a.tif", RED),
    "ycbcr": (lambda: flag().convert("YCbCr"), "a.tif", RED),
    "whole numbers": (lambda: Image.new("I", (300, 200), 65535), "a.tif", WHITE),
    "fractions": (lambda: Image.new("F", (300, 200), 1.0), "a.tif", WHITE),
}


def in_lab(picture):
    return ImageCms.profileToProfile(
        picture, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )


@pytest.mark.parametrize("kind", MODES)
def test_every_kind_of_pixels_is_shown(kind, shown):
    picture, name, wanted = MODES[kind]

    _, rendition = shown(picture(), name)

    quarter = rendition.convert("RGB").crop((0, 0, rendition.width // 2, rendition.height // 2))
    assert near(ImageStat.Stat(quarter).mean, wanted, 45)


def see_through(mode):
    """Red on the left, nothing on the right."""
    picture = Image.new("RGBA", (300, 200), (*RED, 255))
    picture.paste((0, 0, 0, 0), (150, 0, 300, 200))
    if mode == "P":
        return picture.quantize(8)
    return picture.convert(mode)


@pytest.mark.parametrize(
    ("mode", "name"), [("RGBA", "a.png"), ("LA", "a.png"), ("P", "a.png"), ("RGBA", "a.gif"), ("RGBA", "a.webp"),
                       ("RGBA", "a.tif"), ("RGBA", "a.avif")],
)  # fmt: skip
def test_what_can_be_seen_through_stays_so(mode, name, shown):
    verdict, rendition = shown(see_through(mode), name)

    assert verdict.transparent
    assert verdict.made[0].media_type == "image/webp"
    assert rendition.convert("RGBA").getpixel((250, 100))[3] == 0
    assert rendition.convert("RGBA").getpixel((50, 100))[3] == 255


@BOTH_WAYS
@pytest.mark.parametrize("name", ["a.png", "a.webp", "a.tif"])
def test_edges_of_what_is_unseen_do_not_bleed(name, limits, shown):
    picture = see_through("RGBA").resize((3000, 2000), Image.Resampling.NEAREST)

    _, rendition = shown(picture, name, limits)

    assert rendition.size == (1024, 683)
    red, green, blue, alpha = rendition.convert("RGBA").getpixel((508, 300))
    assert alpha > 200
    assert red > 200


def test_an_alpha_channel_that_hides_nothing_is_dropped(shown):
    verdict, _ = shown(flag().convert("RGBA"), "a.png")

    assert not verdict.transparent
    assert verdict.made[0].media_type == "image/jpeg"


@pytest.mark.parametrize("colour", [RED, (0, 0)], ids=["rgb", "grey"])
def test_a_named_transparent_colour_is_seen_through(colour, shown):
    picture = flag() if colour == RED else Image.new("L", (90, 60), 0)

    verdict, _ = shown(picture, "a.png", transparency=colour if colour == RED else 0)

    assert verdict.transparent


@BOTH_WAYS
@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tif"])
def test_each_size_has_its_longest_side(name, limits, tmp_path, scratch):
    path = tmp_path / name
    flag((3000, 2000)).save(path)

    made = judge(path, filename=name, scratch=scratch, limits=limits).made + tuple(
        make(path, scratch=scratch, limits=limits)
    )

    assert {each.name: (each.width, each.height) for each in made} == {
        "1024": (1024, 683), "2048": (2048, 1365), "320": (320, 213),
    }  # fmt: skip
    for each in made:
        with Image.open(each.path) as rendition:
            assert rendition.size == (each.width, each.height)
            assert [near(*pair) for pair in zip(corner_colours(rendition), (RED, GREEN, BLUE, WHITE), strict=True)]
        assert each.size_bytes == os.path.getsize(each.path)
    discard(made)
    assert os.listdir(scratch) == ["turn"]


def test_a_small_picture_is_not_enlarged(tmp_path, scratch):
    flag().save(tmp_path / "a.png")

    made = make(tmp_path / "a.png", ("2048", "1024", "320"), scratch=scratch)

    assert [(each.name, each.width, each.height) for each in made] == [
        ("2048", 300, 200), ("1024", 300, 200), ("320", 300, 200),
    ]  # fmt: skip


@BOTH_WAYS
@pytest.mark.parametrize("size", [(20_000, 1), (1, 20_000), (5_000, 3)])
def test_a_thin_strip_keeps_a_side(size, limits, tmp_path, scratch):
    Image.new("RGB", size, RED).save(tmp_path / "a.png")

    made = make(tmp_path / "a.png", ("1024", "320"), scratch=scratch, limits=limits)

    assert [max(each.width, each.height) for each in made] == [1024, 320]
    assert [min(each.width, each.height) for each in made] == [1, 1]


def test_a_thin_photograph_keeps_a_side(shown):
    verdict, rendition = shown(Image.new("RGB", (20_000, 3), RED), "a.jpg")

    assert (verdict.width, verdict.height) == (20_000, 3)
    assert rendition.size == (1024, 1)


def test_the_first_frame_stands_for_a_moving_picture(shown):
    frames = [Image.new("RGB", (90, 60), colour) for colour in (BLUE, RED)]

    for name in ("a.gif", "a.webp", "a.png"):
        verdict, rendition = shown(frames[0], name, save_all=True, append_images=frames[1:])
        assert verdict.pages == 1
        assert near(rendition.convert("RGB").getpixel((40, 30)), BLUE)


def test_the_first_page_stands_for_a_document_of_pages(shown):
    pages = [Image.new("RGB", (90, 60), colour) for colour in (BLUE, RED, GREEN)]

    verdict, rendition = shown(pages[0], "a.tif", save_all=True, append_images=pages[1:])

    assert verdict.pages == 3
    assert near(rendition.getpixel((40, 30)), BLUE)


@BOTH_WAYS
def test_a_shrunk_photograph_looks_like_itself(limits, shown):
    picture = ImageOps.fit(photograph("hubble_deep_field.jpg"), (2400, 1800))

    for name in ("a.jpg", "a.png", "a.tif", "a.webp"):
        _, rendition = shown(picture, name, limits)
        assert rendition.size == (1024, 768)
        assert looks_like(rendition, picture)


def test_what_is_no_picture_has_no_renditions(tmp_path, scratch):
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7\n")

    with pytest.raises(Rejected, match="not_what_it_says"):
        make(tmp_path / "a.pdf", scratch=scratch)
