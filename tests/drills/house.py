"""`backbeat serve` as a process that can be killed: one folder, one database, one address, however often it starts."""

import os
import subprocess
import sys
from pathlib import Path

import requests

from storage.db import db
from storage.events import verify
from tests.conftest import SECRET
from tests.services.processes import free_ports, start, stop
from webapp.checks import ledger_faults

ROOT = Path(__file__).parents[2]
START_SECONDS = 20


class House:
    """The app of `settings` as its own process. Addresses stay the same when it starts again."""

    def __init__(self, settings, tokens: dict[str, str], log: Path):
        self.settings, self.tokens, self.log = settings, tokens, log
        self.port, self.files_port = free_ports(2)
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen | None = None

    def serve(self, **set_to: str) -> "House":
        """Start it with more settings (failpoint="…", now="…"), and wait until it is ready."""
        command = [sys.executable, "-m", "webapp.commands", "serve", "--port", self.port]
        self.process = start(command, self.log, cwd=ROOT, env=self._environment(set_to))
        self._await_ready()
        return self

    def stop(self) -> None:
        if self.process:
            stop(self.process)

    def await_death(self) -> None:
        """Until it has died by its own kill -9."""
        assert self.process
        assert self.process.wait(START_SECONDS) == -9, self.log.read_text()

    def call(self, name: str, method: str, path: str, *, key: str = "", **asked) -> requests.Response:
        """This person's call of the API."""
        headers = {"Authorization": f"Bearer {self.tokens[name]}"} | ({"Idempotency-Key": key} if key else {})
        return requests.request(method, f"{self.url}/api/v1{path}", headers=headers, timeout=30, **asked)

    def put(self, part: dict, body: bytes) -> str:
        """One part of an upload, sent; its ETag."""
        answer = requests.put(part["url"], data=body, headers=part["headers"], timeout=30)
        answer.raise_for_status()
        return answer.headers["ETag"]

    def sound(self) -> None:
        """The chains hold and the ledger is clean."""
        db.session.remove()
        assert (list(verify()), list(ledger_faults())) == ([], [])
        db.session.remove()

    def sound_by_hand(self) -> None:
        """The same, as a person asks: `backbeat verify` and `backbeat check-ledger` end with 0."""
        assert [self.backbeat(command).returncode for command in ("verify", "check-ledger")] == [0, 0]

    def backbeat(self, *words: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "webapp.commands", *words]
        return subprocess.run(command, cwd=ROOT, env=self._environment({}), capture_output=True, text=True, timeout=30)

    def _environment(self, set_to: dict[str, str]) -> dict[str, str]:
        named = {
            "data": str(self.settings.data), "database_url": self.settings.database_url or "", "secret_key": SECRET,
            "demo": "0", "drills": "1", "files_url": f"http://127.0.0.1:{self.files_port}", **set_to,
        }
        return os.environ | {f"BACKBEAT_{name.upper()}": value for name, value in named.items()}

    def _await_ready(self) -> None:
        assert self.process
        for _ in range(START_SECONDS * 20):
            try:
                if requests.get(f"{self.url}/readyz", timeout=START_SECONDS).ok:
                    return
            except requests.ConnectionError:
                assert self.process.poll() is None, self.log.read_text()
                with_patience(self.process)
        raise AssertionError(f"it does not become ready: {self.log.read_text()}")


def with_patience(process: subprocess.Popen) -> None:
    """A twentieth of a second, or until it is over."""
    try:
        process.wait(0.05)
    except subprocess.TimeoutExpired:
        return
