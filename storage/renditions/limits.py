"""What one child may spend."""

from dataclasses import asdict, dataclass

MB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Bounds of one child, and of the wait for its turn.

    The web and worker processes share 700 MB with the child, so `data_mb` (all private memory the child may ask
    for) lies well under `address_mb`, which also counts mapped libraries. `picture_mb` is what a decoded picture
    may cost before we say it is too large to show; above `stream_mb` it is read line by line instead, where its
    format allows.
    """

    cpu_s: int = 10
    wall_s: float = 15.0
    turn_s: float = 10.0
    address_mb: int = 1536
    data_mb: int = 420
    picture_mb: int = 340
    stream_mb: int = 120
    file_mb: int = 48
    scratch_mb: int = 64
    open_files: int = 64
    nice: int = 10
    pixels: int = 178_956_970
    pages: int = 500

    def as_job(self):
        """The same, for the child."""
        return asdict(self)


LIMITS = Limits()
LARGE = Limits(cpu_s=60, wall_s=90.0, file_mb=96, scratch_mb=384, nice=15)
"""For every pixel of a picture: nobody waits for it, so it rests while somebody waits for another child."""
REST_S = 60.0
"""Longer than that it is given up, and tried again later."""
