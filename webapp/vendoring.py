"""Vendored browser modules and letters: what they are, where they come from, and that they are untouched.

There is no bundler. `static/vendor/vendor.toml` names each file with its version, digest and licence; pages get an
import map made from it, and `backbeat vendor` fetches the files again.
"""

import hashlib
import subprocess
import tarfile
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "static" / "vendor"


class Tampered(Exception):
    """A vendored file is missing, or is not the one vendor.toml describes."""


@dataclass(frozen=True)
class Vendored:
    """One file of a published package, kept under static/vendor."""

    name: str
    version: str
    licence: str
    source: str
    file: str
    sha256: str

    @property
    def importable(self) -> bool:
        return self.file.endswith(".js")

    @property
    def package(self) -> str:
        return f"{self.name}@{self.version}"


def load(folder: Path = FOLDER) -> list[Vendored]:
    """What vendor.toml lists, in its order."""
    listed = tomllib.loads((folder / "vendor.toml").read_text(encoding="utf-8"))
    return [Vendored(**row) for row in listed["package"]]


def import_map(url_of: Callable[[str], str], folder: Path = FOLDER) -> dict[str, dict[str, str]]:
    """The import map of a page; `url_of` turns a path under static/ into an address."""
    return {"imports": {v.name: url_of(f"vendor/{v.file}") for v in load(folder) if v.importable}}


def check(folder: Path = FOLDER) -> None:
    """Compare each file with its digest. Raises Tampered naming the first that differs."""
    for vendored in load(folder):
        path = folder / vendored.file
        if not path.is_file() or _digest(path.read_bytes()) != vendored.sha256:
            raise Tampered(f"{vendored.file} is not the {vendored.source} of {vendored.package}")


def refresh(folder: Path = FOLDER) -> list[str]:
    """Fetch every listed file again through npm and write the digests of what came.

    Returns the files whose content changed. To move to another version, change it in vendor.toml first.
    Raises subprocess.CalledProcessError if npm cannot give a package.
    """
    changed = []
    for vendored in load(folder):
        content = _published(vendored)
        if _digest(content) != vendored.sha256:
            (folder / vendored.file).write_bytes(content)
            _rewrite_digest(folder / "vendor.toml", vendored.sha256, _digest(content))
            changed.append(vendored.file)
    return changed


def _published(vendored: Vendored) -> bytes:
    with tempfile.TemporaryDirectory() as place:
        packing = subprocess.run(
            ["npm", "pack", "--silent", "--pack-destination", place, vendored.package],
            check=True,
            capture_output=True,
            text=True,
        )
        archive = Path(place) / packing.stdout.strip().splitlines()[-1]
        with tarfile.open(archive) as packed:
            member = packed.extractfile(f"package/{vendored.source}")
            if member is None:
                raise FileNotFoundError(f"{vendored.package} has no {vendored.source}")
            return member.read()


def _rewrite_digest(listing: Path, old: str, new: str) -> None:
    listing.write_text(listing.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
