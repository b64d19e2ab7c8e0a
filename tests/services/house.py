"""Backbeat itself as other people meet it: its commands, and the house served by a process of its own."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.services.processes import free_ports, start, stop

ROOT = Path(__file__).parent.parent.parent
COMMAND = [sys.executable, "-m", "webapp.commands"]
START_SECONDS = 60


def settings(folder: Path, **more: str) -> dict[str, str]:
    """The environment of a command whose data folder this is."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("BACKBEAT_")}
    named = {f"BACKBEAT_{name.upper()}": value for name, value in more.items()}
    return {**bare, "PYTHONPATH": str(ROOT), "BACKBEAT_DATA": str(folder), **named}


def backbeat(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess:
    """Run a command to its end."""
    return subprocess.run(
        [*COMMAND, *words], env=settings(folder, **more), cwd=folder.parent, capture_output=True, text=True, timeout=120
    )


class House:
    """A serving process: its address, its log, and the process itself."""

    def __init__(self, url: str, log: Path, process: subprocess.Popen):
        self.url, self.log, self.process = url, log, process

    def get(self, path: str, **headers: str):
        return urllib.request.urlopen(urllib.request.Request(self.url + path, headers=headers), timeout=30)

    def api(self, path: str, token: str):
        with self.get(f"/api/v1{path}", Authorization=f"Bearer {token}") as answer:
            return json.loads(answer.read())


@contextmanager
def served_house(folder: Path, *words: str, port: int | None = None, **more: str):
    """`backbeat serve` in a process of its own, ready to answer; stopped politely at the end."""
    asked = port or free_ports(1)[0]
    log = folder.parent / f"{folder.name}-{asked}.log"
    process = start([*COMMAND, "serve", "--port", asked, *words], log, env=settings(folder, **more), cwd=folder.parent)
    try:
        yield House(_address(process, log), log, process)
    finally:
        stop(process)


def _address(process, log: Path) -> str:
    """The address it printed, once it answers there."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        said = [line.split()[3] for line in log.read_text().splitlines() if line.startswith("Backbeat is at ")]
        if said and _answers(said[-1]):
            return said[-1]
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
    raise RuntimeError(f"it does not serve: {log.read_text()[-3000:]}")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False
