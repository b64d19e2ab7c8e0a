"""The child: judges one file, makes its renditions, answers in one line of JSON, and ends.

Run as `python -I <this folder> <job>`, so that its siblings are top-level modules here and nothing of the product
is imported. The cage closes before Pillow is loaded and before the file is opened.
"""

import json
import os
import sys

import cage


def main():
    job = json.loads(sys.argv[1])
    cage.close(job["limits"], job["parent"])
    say(outcome(job))


def outcome(job):
    """The answer as a dict; see answers.py on the other side for its shape."""
    try:
        import judgement
    except MemoryError:
        return {"end": "short", "reason": "no memory to start"}
    return judgement.of(job)


def say(answer):
    """Answer and leave at once: tearing down big pictures in order would only cost time."""
    os.write(1, json.dumps(answer).encode() + b"\n")
    os._exit(0)


main()
