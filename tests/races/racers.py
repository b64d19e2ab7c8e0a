"""Two real processes that meet at a barrier and act at once, each with an app of its own on the same database."""

import multiprocessing
from contextlib import contextmanager
from dataclasses import dataclass

from tests.races import acts

MEET_SECONDS = 30


@dataclass
class Racer:
    """The parent's end of one process."""

    process: object
    line: object

    def tell(self, act: str, asked: dict) -> None:
        self.line.send((act, asked))

    def hear(self):
        """What its act answered; what it raised is raised here."""
        if not self.line.poll(MEET_SECONDS):
            raise TimeoutError("a racer does not answer")
        answer, fault = self.line.recv()
        if fault:
            raise AssertionError(fault)
        return answer


class Race:
    """`race.run((act, {…}), (act, {…}))` → what the two answered, in that order."""

    def __init__(self, racers):
        self._racers = racers

    def run(self, *asked):
        for racer, (act, arguments) in zip(self._racers, asked, strict=True):
            racer.tell(act, arguments)
        return [racer.hear() for racer in self._racers]


@contextmanager
def two_processes(settings: dict):
    """Two racers over the app of these settings; they go with the block."""
    context = multiprocessing.get_context("spawn")
    meeting = context.Barrier(2)
    racers = [_started(context, meeting, settings) for _ in range(2)]
    try:
        for racer in racers:
            racer.hear()
        yield Race(racers)
    finally:
        for racer in racers:
            racer.line.close()
            racer.process.join(5)
            racer.process.kill()


def _started(context, meeting, settings) -> Racer:
    here, there = context.Pipe()
    process = context.Process(target=_run, args=(there, meeting, settings), daemon=True)
    process.start()
    there.close()
    return Racer(process, here)


def _run(line, meeting, settings: dict) -> None:
    from config import Settings
    from webapp import create_app

    app = create_app(Settings(**settings))
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
    line.send(("ready", None))
    while True:
        try:
            act, asked = line.recv()
        except EOFError:
            return
        line.send(_answer(app, meeting, act, asked))


def _answer(app, meeting, act: str, asked: dict):
    """An act first prepares, then everybody meets, then it goes."""
    go, fault = None, None
    try:
        go = getattr(acts, act)(app, **asked)
    except Exception as error:
        fault = f"{act} could not be prepared: {error!r}"
    meeting.wait(MEET_SECONDS)
    if go is None:
        return None, fault
    try:
        return go(), None
    except Exception as error:
        return None, f"{act}: {error!r}"
