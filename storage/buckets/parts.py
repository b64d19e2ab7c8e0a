"""The parts of an upload: how an object is cut, and whether what came is what was announced. Pure."""

from collections.abc import Mapping, Sequence

from storage.buckets import Head, MissingPart, WrongPart


def cut(size_bytes: int, part_size_bytes: int) -> list[int]:
    """The sizes of the parts in order; an empty object has one empty part."""
    full, rest = divmod(size_bytes, part_size_bytes)
    return [part_size_bytes] * full + ([rest] if rest or not full else [])


def bare(etag: str) -> str:
    """An ETag without the quotes and the weak mark it may travel with."""
    return etag.strip().removeprefix("W/").strip('"')


def compare(named: Sequence[tuple[int, str]], kept: Mapping[int, Head], sizes: Sequence[int]) -> None:
    """Raise MissingPart or WrongPart unless the client's parts, the store's and the announced sizes agree."""
    asked = {number: bare(etag) for number, etag in named}
    for number, size_bytes in enumerate(sizes, 1):
        if number not in asked or number not in kept:
            raise MissingPart(number)
        if kept[number] != Head(size_bytes, asked[number]):
            raise WrongPart(number)
    for number, _ in named:
        if not 1 <= number <= len(sizes):
            raise WrongPart(number)
    if len(named) != len(asked):
        raise WrongPart(next(n for n in asked if sum(number == n for number, _ in named) > 1))
