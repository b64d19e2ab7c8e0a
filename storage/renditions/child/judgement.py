"""From a job to an answer: what the file is, and its renditions if it is a still."""

import errno
import os

import memory
import opening
import shrinking
import signatures
import streaming
import writing
from ends import CannotShow, Refused, TooLargeToShow

_SCRATCH = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EMFILE, errno.ENFILE, errno.EROFS)
_LARGE = ("full", "tiles")
_CUT = ("truncated", "premature", "unexpected end", "end of file", "not enough data", "cannot load this image")


def of(job):
    """The answer to one job. Whatever goes wrong in a decoder is the file's fault, except running out of room."""
    media_type = "application/octet-stream"
    try:
        with open(job["path"], "rb") as file:
            head = file.read(signatures.HEAD_BYTES)
        media_type = None if job["camera_original"] else signatures.still(head)
        if media_type is None:
            return _untouched(job, head)
        if job["do"] == "sniff":
            return {"end": "image", "media_type": media_type}
        return _large(job, media_type, head) if job["do"] in _LARGE else _shown(job, media_type, head)
    except TooLargeToShow:
        return {"end": "opaque", "media_type": media_type, "reason": "too_large_to_show"}
    except CannotShow:
        return {"end": "opaque", "media_type": media_type, "reason": "cannot_show"}
    except Refused as refusal:
        return {"end": "rejected", "reason": refusal.code}
    except MemoryError:
        return _out_of_memory(job["limits"])
    except Exception as error:
        return _failed(error, job["limits"])


def _untouched(job, head):
    media_type = signatures.other(job["path"], head)
    if job["claims_picture"]:
        raise Refused("unreadable" if media_type == "application/octet-stream" else "not_what_it_says")
    return {"end": "opaque", "media_type": media_type}


def _shown(job, media_type, head):
    """Decode once for the largest size asked for, and make the smaller ones from that."""
    limits, names = job["limits"], sorted(job["names"], key=int, reverse=True)
    source = opening.opened(job["path"], media_type, head, limits)
    if source.cost_mb > limits["stream_mb"] and streaming.suits(source, limits):
        picture = streaming.shrunk(source, int(names[0]))
    else:
        source.ensure_affordable(limits)
        picture = shrinking.shrunk(source, int(names[0]))
    made = []
    for name in names:
        picture = shrinking.fitted(picture, int(name))
        made.append(writing.written(picture, name, job["folder"]))
    width, height = source.shown_size
    return {
        "end": "image", "media_type": media_type, "width": width, "height": height, "pages": source.pages,
        "transparent": shrinking.see_through(picture), "made": made,
    }  # fmt: skip


def _large(job, media_type, head):
    """Every pixel: in one picture, or in tiles."""
    import enlarging
    import tiling

    source = opening.opened(job["path"], media_type, head, job["limits"])
    made = [enlarging.full(source, job) if job["do"] == "full" else tiling.tiles(source, job)]
    width, height = source.shown_size
    return {
        "end": "image", "media_type": media_type, "width": width, "height": height, "pages": source.pages,
        "transparent": job["see_through"], "made": made,
    }  # fmt: skip


def _failed(error, limits):
    if isinstance(error, OSError) and error.errno in _SCRATCH:
        return {"end": "short", "reason": os.strerror(error.errno)}
    if memory.mostly_used(limits):
        return {"end": "rejected", "reason": "too_heavy"}
    cut = isinstance(error, EOFError) or any(word in str(error).lower() for word in _CUT)
    return {"end": "rejected", "reason": "truncated" if cut else "unreadable"}


def _out_of_memory(limits):
    if memory.refused_by_machine(limits):
        return {"end": "short", "reason": "no memory"}
    return {"end": "rejected", "reason": "too_heavy"}
