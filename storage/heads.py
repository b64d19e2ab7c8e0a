"""The heads of the logs, kept beside the database day by day: a chain whose tail was cut off is valid in itself.

One file a day, `<data>/heads/YYYY-MM-DD.json`: {log id: [seq, hash]}. Whoever keeps a copy elsewhere can show later
that nothing was taken away.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select

from storage.clock import utcnow
from storage.db import db, reading
from storage.events import Event, Log


def keep_heads(folder: Path) -> Path:
    """Write today's file, by UTC, unless it is there; its path. Call it in an app context."""
    path = folder / f"{utcnow().date().isoformat()}.json"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with reading() as session:
            heads = {log.id: [log.seq, log.head] for log in session.scalars(select(Log))}
        partial = path.with_suffix(f".{os.getpid()}")
        partial.write_text(json.dumps(heads, indent=0, sort_keys=True))
        partial.replace(path)
    return path


def compare_heads(folder: Path) -> Iterator[str]:
    """A line per log that no longer holds what a kept file says it held."""
    for path in sorted(folder.glob("*.json")):
        for log_id, (seq, head) in json.loads(path.read_text()).items():
            held = select(Event.hash).where(Event.scope_id == log_id, Event.seq == seq)
            if seq and db.session.scalar(held) != head:
                yield f"log {log_id}: event {seq} is not what {path.name} says it was"
