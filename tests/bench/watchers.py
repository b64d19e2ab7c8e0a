"""Sockets that watch one campaign, in a process of their own: `python -m tests.bench.watchers URL TOKEN CAMPAIGN SEQ COUNT`.

Prints "ready" once all have joined. For each line read it waits until every one has heard a hint beyond the seq of that
line, and prints when the median and the last one did, in seconds of the system's monotonic clock.
"""

import sys
import threading
import time

import socketio

PATIENCE_SECONDS = 20


class Watcher:
    """One socket; `heard` is {seq: when}."""

    def __init__(self, url: str, token: str, campaign_id: str, seq: int, told: threading.Condition):
        self.heard: dict[int, float] = {}
        self.told = told
        self.socket = socketio.Client(reconnection=False)
        self.socket.on("hint", self._hear)
        self.socket.connect(url, auth={"token": token}, transports=["websocket"])
        answer = self.socket.call("join", {"campaign_id": campaign_id, "seq": seq})
        assert "error" not in answer, answer

    def _hear(self, hint: dict) -> None:
        now = time.monotonic()
        with self.told:
            self.heard[hint["seq"]] = now
            self.told.notify()

    def first_after(self, seq: int) -> float | None:
        later = [heard for heard in self.heard if heard > seq]
        return self.heard[min(later)] if later else None


def main(url: str, token: str, campaign_id: str, seq: str, count: str) -> None:
    told = threading.Condition()
    watchers = [Watcher(url, token, campaign_id, int(seq), told) for _ in range(int(count))]
    print("ready", flush=True)
    for line in sys.stdin:
        asked = int(line)
        with told:
            assert told.wait_for(lambda: all(one.first_after(asked) for one in watchers), PATIENCE_SECONDS)  # noqa: B023
            times = sorted(one.first_after(asked) or 0.0 for one in watchers)
        print(times[len(times) // 2], times[-1], flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
