"""How a process that serves keeps its memory: what was loaded at the start is never looked through for garbage again."""

import gc

YOUNG = 50_000
"""New objects between two looks: more than a page of hundreds of notes makes, so that few requests pay for one."""


def settle() -> None:
    """Call in each process once all it serves with is loaded."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
