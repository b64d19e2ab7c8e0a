"""Every pixel is shown as it is: upright, in true colours, in one picture or in tiles that fit together; and within bounds."""

import os
import threading
import time

import pytest
from PIL import Image, ImageChops, ImageCms, ImageDraw, ImageStat

from storage.renditions import LARGE, Grid, RanShort, Rejected, discard, large, make_large
from storage.renditions.grid import JPEG_SIDE, MOST_TILES, TILE, WEBP_SIDE
from storage.renditions.limits import Limits
from storage.renditions.turns import FIRST, taken, turn
from tests.storage.test_judging import HOSTILE, MANIFEST, PeakOfChildren
from tests.storage.test_renditions import (
    BLUE,
    GREEN,
    RED,
    WHITE,
    corner_colours,
    exif_of,
    flag,
    near,
    nearest,
    photograph,
    see_through,
    sixteen_bit_tiff,
    swapped_profile,
    turned_away,
)

STREAMED = Limits(**(LARGE.as_job() | {"stream_mb": 0}))
BOTH_WAYS = pytest.mark.parametrize("limits", [LARGE, STREAMED], ids=["whole", "streamed"])
FLAG = (RED, GREEN, BLUE, WHITE)
MP = 1_000_000


@pytest.fixture
def scratch(tmp_path):
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


@pytest.fixture
def shown(tmp_path, scratch):
    """Saves a picture as a file, and gives its full size, opened."""

    def show(picture, name, limits=LARGE, behind=False, **options):
        path = tmp_path / name
        picture.save(path, **options) if isinstance(picture, Image.Image) else path.write_bytes(picture)
        made = make_large(path, "full", behind, scratch=scratch, limits=limits)
        with Image.open(made.path) as rendition:
            rendition.load()
        assert (made.width, made.height) == rendition.size
        discard([made])
        return rendition

    return show


@pytest.fixture
def tiled(tmp_path, scratch):
    """Saves a picture as a file, and gives its tiles."""

    def tile(picture, name, limits=LARGE, behind=False, **options):
        picture.save(tmp_path / name, **options)
        return make_large(tmp_path / name, "tiles", behind, scratch=scratch, limits=limits)

    return tile


def put_together(tiles, level):
    """The picture of one level, of its tiles."""
    picture = Image.new("RGBA", tiles.grid.size_at(level))
    for place in tiles.grid:
        if place[0] == level:
            with Image.open(tiles.tile(*place)) as one:
                picture.paste(one.convert("RGBA"), (place[1] * TILE, place[2] * TILE))
    return picture


def difference(picture, other):
    """The mean over all pixels and channels, of 255."""
    assert picture.size == other.size
    return sum(ImageStat.Stat(ImageChops.difference(picture.convert("RGB"), other.convert("RGB"))).mean) / 3


# What there is to be


@pytest.mark.parametrize(("size", "behind", "wanted"), [
    ((2048, 2048), False, None), ((2049, 10), False, "full"), ((8000, 5000), False, "full"), ((8000, 5001), False, "tiles"),
    ((4000, 4000), True, "full"), ((4001, 4000), True, "tiles"), ((13_377, 13_377), False, "tiles"),
    ((JPEG_SIDE, 100), False, "full"), ((JPEG_SIDE + 1, 100), False, "tiles"), ((WEBP_SIDE + 1, 100), True, "tiles"),
    ((178_000_000, 1), False, None),
])  # fmt: skip
def test_what_shows_every_pixel(size, behind, wanted):
    assert large(*size, behind) == wanted


def test_the_tiles_of_a_grid():
    grid = Grid(1300, 900)

    assert [grid.size_at(level) for level in (grid.max_level, 10, 0)] == [(1300, 900), (650, 450), (1, 1)]
    assert [grid.at(level) for level in (11, 10, 9)] == [(3, 2), (2, 1), (1, 1)]
    assert grid.count == len(list(grid)) == 6 + 2 + 10
    assert all(grid.holds(*place) for place in grid)
    assert not any(grid.holds(*place) for place in ((12, 0, 0), (11, 3, 0), (11, 0, 2), (-1, 0, 0), (11, -1, 0)))
    assert Grid(1, 1).count == 1
    assert Grid(13_377, 13_377).count < MOST_TILES / 2


# Full size


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_is_upright_in_full(orientation, shown):
    picture = photograph("chelsea.png")

    rendition = shown(turned_away(picture, orientation), "a.jpg", quality=95, exif=exif_of(orientation))

    assert difference(rendition, picture) < 3


@BOTH_WAYS
@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["a.png", "a.webp", "a.tif"])
def test_other_formats_are_upright_in_full(name, orientation, limits, shown):
    rendition = shown(turned_away(flag((300, 1200)), orientation), name, limits, exif=exif_of(orientation))

    assert rendition.size == (300, 1200)
    assert [nearest(found) for found in corner_colours(rendition)] == list(FLAG)


def test_the_other_formats_are_shown_in_full(shown):
    for name, options in (("a.gif", {}), ("a.avif", {"speed": 10})):
        assert [nearest(found) for found in corner_colours(shown(flag(), name, **options))] == list(FLAG)


@BOTH_WAYS
@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tif", "a.webp"])
def test_a_profile_is_applied_and_nothing_but_pixels_is_kept(name, limits, tmp_path, scratch):
    Image.new("RGB", (90, 60), RED).save(tmp_path / name, icc_profile=swapped_profile(), exif=exif_of(1))

    made = make_large(tmp_path / name, "full", False, scratch=scratch, limits=limits)

    kept = made.path.read_bytes()
    assert b"SECRET" not in kept
    assert b"Exif" not in kept
    with Image.open(made.path) as rendition:
        assert not {"exif", "icc_profile", "comment", "xmp"} & set(rendition.info)
        assert near(rendition.convert("RGB").getpixel((40, 30)), BLUE)


@BOTH_WAYS
@pytest.mark.parametrize("name", ["a.jpg", "a.tif"])
def test_printing_colours_are_not_a_negative(name, limits, shown):
    rendition = shown(flag().convert("CMYK"), name, limits, **({"quality": 95} if name == "a.jpg" else {}))

    assert [nearest(found) for found in corner_colours(rendition)] == list(FLAG)


def test_printing_colours_of_a_jpeg_are_those_of_its_smaller_sizes(shown):
    """Nothing may change its colour when somebody looks closer."""
    ink = Image.new("CMYK", (300, 200), (150, 30, 90, 40))

    rendition = shown(ink, "a.jpg", quality=95)

    assert near(rendition.getpixel((100, 100)), ink.convert("RGB").getpixel((0, 0)), 4)


@BOTH_WAYS
@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_sixteen_bits_are_scaled_not_clipped(name, limits, shown):
    picture = Image.new("I;16", (120, 80), 32768)
    picture.paste(65535, (0, 0, 60, 80))

    grey = shown(picture, name, limits).convert("RGB")
    colour = shown(sixteen_bit_tiff(60, 40, (65535, 32768, 0)), "b.tif", limits)

    assert near(grey.getpixel((30, 40)), WHITE)
    assert near(grey.getpixel((90, 40)), (128, 128, 128))
    assert near(colour.getpixel((30, 20)), (255, 128, 0))


@BOTH_WAYS
@pytest.mark.parametrize(("mode", "name"), [("RGBA", "a.png"), ("LA", "a.png"), ("P", "a.png"), ("RGBA", "a.webp"), ("RGBA", "a.tif")])
def test_what_can_be_seen_through_stays_so(mode, name, limits, shown):
    rendition = shown(see_through(mode), name, limits, behind=True)

    assert rendition.format == "WEBP"
    assert rendition.convert("RGBA").getpixel((250, 100))[3] == 0
    assert rendition.convert("RGBA").getpixel((50, 100))[3] == 255


def test_an_alpha_channel_that_hides_nothing_is_dropped(shown):
    assert shown(flag().convert("RGBA"), "a.png").format == "JPEG"


def test_other_spaces_of_colour_are_shown_in_full(shown):
    lab = ImageCms.profileToProfile(flag(), ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB")

    assert [nearest(found) for found in corner_colours(shown(lab, "a.tif"))] == list(FLAG)
    assert near(shown(Image.new("F", (300, 200), 1.0), "b.tif").convert("RGB").getpixel((9, 9)), WHITE)


# Tiles


@pytest.mark.parametrize("orientation", range(1, 9))
def test_tiles_fit_together_upright(orientation, tiled):
    """Odd sides, so that every level below has a last row and column of its own."""
    picture = photograph("chelsea.png").resize((1301, 903), Image.Resampling.BICUBIC)

    tiles = tiled(turned_away(picture, orientation), "a.jpg", quality=95, exif=exif_of(orientation))

    assert (tiles.width, tiles.height, tiles.media_type) == (1301, 903, "image/jpeg")
    assert difference(put_together(tiles, 11), picture) < 3
    for level in (10, 8):
        assert difference(put_together(tiles, level), picture.reduce(2 ** (11 - level))) < 3
    assert sum(path.stat().st_size for path in tiles.folder.iterdir()) == tiles.size_bytes


@BOTH_WAYS
def test_tiles_are_seen_through_and_do_not_bleed(limits, tiled):
    tiles = tiled(see_through("RGBA").resize((1500, 1000), Image.Resampling.NEAREST), "a.png", limits, behind=True)

    assert tiles.media_type == "image/webp"
    small = put_together(tiles, 9)
    assert small.getpixel((250, 100))[3] == 0
    red, _, _, alpha = small.getpixel((186, 100))
    assert alpha == 255
    assert red > 200


def test_tiles_of_a_huge_picture(tiled):
    """56 megapixels, put together again at three levels, in the memory of one child."""
    picture = photograph("hubble_deep_field.jpg").resize((9000, 6200), Image.Resampling.BICUBIC)
    pen = ImageDraw.Draw(picture)
    for at in range(0, 9000, 977):
        pen.line((at, 0, 9000 - at, 6200), GREEN, 9)

    with PeakOfChildren() as peak:
        tiles = tiled(picture, "a.jpg", quality=92)

    assert tiles.grid == Grid(9000, 6200)
    assert len(list(tiles.folder.iterdir())) == tiles.grid.count == 18 * 13 + 9 * 7 + 5 * 4 + 3 * 2 + 2 + 10
    assert peak.mb < 250
    for level in (14, 13, 12):
        assert difference(put_together(tiles, level), picture.reduce(2 ** (14 - level)) if level < 14 else picture) < 4


def test_a_thread_of_a_picture_has_tiles(tiled):
    tiles = tiled(Image.new("RGB", (70_000, 3), RED), "a.png")

    assert tiles.grid.at(tiles.grid.max_level) == (137, 1)
    assert tiles.grid.size_at(0) == (1, 1)
    assert near(put_together(tiles, 12).convert("RGB").getpixel((2000, 0)), RED)


# Bounds


def test_the_full_size_of_forty_megapixels_is_made_in_bounds(tiled, tmp_path, scratch):
    Image.linear_gradient("L").resize((5000, 8000)).convert("RGB").save(tmp_path / "a.jpg", exif=exif_of(6))

    with PeakOfChildren() as peak:
        made = make_large(tmp_path / "a.jpg", "full", False, scratch=scratch)

    assert (made.width, made.height) == (8000, 5000)
    assert peak.mb < 300


@pytest.mark.parametrize("name", ["full", "tiles"])
@pytest.mark.parametrize("case", [case for case in MANIFEST["files"] if case["verdict"] == "accept"], ids=lambda case: case["id"])
def test_a_hostile_file_that_was_accepted_does_no_harm_larger(case, name, scratch):
    with PeakOfChildren() as peak:
        try:
            made = make_large(HOSTILE / case["file"], name, False, scratch=scratch)
            discard([made])
        except (Rejected, RanShort):
            pass

    assert peak.mb <= MANIFEST["limits"]["peak_rss_mb"] - 300
    assert os.listdir(scratch) in (["turn-large"], ["turn", "turn-large"], ["turn-large", "turn"])


def test_what_is_no_picture_is_refused(tmp_path, scratch):
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7\n")

    with pytest.raises(Rejected, match="not_what_it_says"):
        make_large(tmp_path / "a.pdf", "tiles", False, scratch=scratch)


def test_a_file_cut_off_since_is_refused(tmp_path, scratch):
    photograph("chelsea.png").save(tmp_path / "a.jpg")
    (tmp_path / "a.jpg").write_bytes((tmp_path / "a.jpg").read_bytes()[:9000])

    with pytest.raises(Rejected):
        make_large(tmp_path / "a.jpg", "full", False, scratch=scratch)


def test_it_rests_while_somebody_waits_for_a_first_picture(tmp_path, scratch):
    photograph("chelsea.png").resize((4000, 3000)).save(tmp_path / "a.jpg")
    done = []

    def make() -> None:
        done.append(make_large(tmp_path / "a.jpg", "full", False, scratch=scratch))

    worker = threading.Thread(target=make)
    with turn(scratch, 5):
        worker.start()
        states = {state_of_child() for _ in range(200)}
        assert done == []
    worker.join(20)

    assert "T" in states
    assert not taken(scratch, FIRST)
    assert done[0].width == 4000


def state_of_child() -> str:
    """The kernel's letter for the one rendition child of this process: T where it is stopped."""
    from pathlib import Path

    time.sleep(0.01)
    for task in Path("/proc/self/task").glob("*/children"):
        for pid in task.read_text().split():
            try:
                if "renditions/child" in Path(f"/proc/{pid}/cmdline").read_text():
                    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
    return ""


def test_one_that_never_gets_to_work_is_tried_again_later(tmp_path, scratch, monkeypatch):
    photograph("chelsea.png").save(tmp_path / "a.jpg")
    monkeypatch.setattr("storage.renditions.children.REST_S", 0.3)

    with turn(scratch, 5), pytest.raises(RanShort, match="others needed"):
        make_large(tmp_path / "a.jpg", "full", False, scratch=scratch)
