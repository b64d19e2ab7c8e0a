"""Judging a file and making its renditions: the parent's side of the child."""

from pathlib import Path

from storage.renditions import turns
from storage.renditions.answers import count, full, media_type, opaque_reason, read_answer, renditions, tiles
from storage.renditions.children import answer_of
from storage.renditions.claims import PICTURE_TYPES, camera_original, claims_picture, settle
from storage.renditions.grid import TILE
from storage.renditions.limits import LARGE, LIMITS
from storage.renditions.scratch import job_folder, sweep
from storage.renditions.turns import turn
from storage.renditions.verdicts import RanShort, Rejected, Sniffed, Verdict, discard

AT_ONCE = ("1024",)
LATER = ("2048", "320")


def judge(path, *, filename, media_type=None, scratch, limits=LIMITS):
    """Say what the file at `path` is, and make its first rendition ("1024") if it can be shown.

    filename    as its sender named it; media_type as its sender stated it, if at all
    scratch     an existing folder, shared by all processes that take turns; pass the verdict's `made` to `discard`
                once they are stored

    Raises Rejected(code) for a broken or hostile picture, and for one that only claims to be a picture; RanShort
    if we could not find out.
    """
    ask = {"do": "judge", "names": AT_ONCE, "claims_picture": claims_picture(filename, media_type)}
    return _verdict(path, filename, scratch, limits, ask)


def make(path, names=LATER, *, scratch, limits=LIMITS):
    """Make the named sizes ("1024", "2048", "320": the longest side in pixels, never enlarged) of a judged picture.

    Returns a list of Made in the order of the names, for `discard` once they are stored. Raises Rejected if the
    file is no picture that can be shown after all, RanShort if we should try again.
    """
    verdict = _verdict(path, None, scratch, limits, {"do": "judge", "names": tuple(names), "claims_picture": True})
    if verdict.kind != "image":
        discard(verdict.made)
        raise Rejected("too_heavy")
    return list(verdict.made)


def make_large(path, name, see_through, *, scratch, limits=LARGE):
    """Every pixel of a judged picture: Made where `name` is "full", Tiles where it is "tiles", for `discard` later.

    It takes turns of its own and rests while another child runs: nobody waits for it. Raises as `make` does.
    """
    _refuse_empty(path)
    job = {"do": name, "names": (), "claims_picture": True, "camera_original": False, "see_through": see_through, "tile": TILE}
    with turn(scratch, limits.turn_s, turns.LARGE), job_folder(scratch, limits.scratch_mb) as (folder, kept):
        sent = job | {"path": str(Path(path).absolute())}
        answer = read_answer(answer_of(sent, folder, limits, lambda: turns.taken(scratch)))
        if answer["end"] != "image":
            raise Rejected("too_heavy")
        made = tiles(answer, folder, limits) if name == "tiles" else full(answer, folder, limits)
        kept.update(folder.iterdir())
        return made


def sniff(path, filename=None, declared_type=None, *, scratch, limits=LIMITS):
    """What the first bytes say, in a child too; decodes nothing, so a picture may still prove broken.

    Raises Rejected("empty" or "not_what_it_says"), RanShort.
    """
    ask = {"do": "sniff", "names": (), "claims_picture": claims_picture(filename, declared_type)}
    verdict = _verdict(path, filename, scratch, limits, ask)
    return Sniffed(verdict.media_type, verdict.kind)


def _verdict(path, filename, scratch, limits, ask):
    _refuse_empty(path)
    job = ask | {"path": str(Path(path).absolute()), "camera_original": camera_original(filename)}
    with turn(scratch, limits.turn_s):
        sweep(scratch)
        with job_folder(scratch, limits.scratch_mb) as (folder, kept):
            answer = read_answer(answer_of(job, folder, limits))
            verdict = _read(answer, folder, filename, ask, limits)
            kept.update(made.path for made in verdict.made)
            return verdict


def _refuse_empty(path):
    try:
        size = Path(path).stat().st_size
    except OSError as error:
        raise RanShort(f"the file is not there: {error.strerror}") from error
    if not size:
        raise Rejected("empty")


def _read(answer, folder, filename, ask, limits):
    found = media_type(answer)
    if answer["end"] == "opaque":
        return Verdict("opaque", settle(found, filename), reason=opaque_reason(answer))
    if found not in PICTURE_TYPES:
        raise RanShort("the child names no picture")
    if ask["do"] == "sniff":
        return Verdict("image", found)
    return Verdict(
        "image", found, count(answer, "width"), count(answer, "height"), count(answer, "pages"),
        answer.get("transparent") is True, made=renditions(answer, folder, ask["names"], limits),
    )  # fmt: skip
