"""Whether the process is up, and whether it can serve: for whoever watches over it."""

from flask import Blueprint, current_app, jsonify
from sqlalchemy import func, select, text

from storage.clock import utcnow
from storage.db import db
from storage.events import Delivery
from storage.shelf import bucket, scratch_root
from webapp.access import ANYONE, open_to

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@open_to(ANYONE)
def healthz():
    """The process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
@open_to(ANYONE)
def readyz():
    """Database, schema and store can be used; how much is owed and how much room is left are figures beside it."""
    found = faults_found()
    faults = {name: fault for name, fault in found.items() if fault}
    settings = current_app.extensions["backbeat.settings"]
    body = {"status": "ok" if not faults else "unavailable", "faults": faults, "drills": settings.drills, **figures_of(found)}
    response = jsonify(body)
    response.status_code = 503 if faults else 200
    return response


def faults_found() -> dict[str, str | None]:
    """{part: what keeps it from being used, or None}"""
    return {name: _fault(probe) for name, probe in _PROBES.items()}


def figures_of(found: dict[str, str | None]) -> dict[str, float]:
    """How much is owed and how much room is left; nothing while the database cannot say."""
    return {} if found["database"] or found["schema"] else _figures()


def _fault(probe) -> str | None:
    try:
        probe()
    except Exception as error:
        db.session.rollback()
        return type(error).__name__
    return None


def _database() -> None:
    db.session.execute(text("SELECT 1"))


def _schema() -> None:
    """The database is at the head of the migrations, or was changed by a newer release."""
    from webapp.migrating import SchemaBehind, is_at_head

    if not is_at_head():
        raise SchemaBehind


_PROBES = {"database": _database, "schema": _schema, "store": lambda: bucket().probe()}


def _figures() -> dict[str, float]:
    import shutil

    owed = select(func.count(), func.min(Delivery.due_at)).where(Delivery.done_at.is_(None), Delivery.due_at <= utcnow())
    count, oldest = db.session.execute(owed).one()
    age = (utcnow() - oldest).total_seconds() if oldest else 0
    return {
        "deliveries_owed": count,
        "oldest_delivery_seconds": round(max(age, 0), 1),
        "scratch_free_bytes": shutil.disk_usage(scratch_root()).free,
    }
