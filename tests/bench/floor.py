"""The floor: what the same durable writes, hints and pages cost in bare Flask. Run as `python -m tests.bench.floor PORT DATABASE`.

DATABASE is a file for SQLite, or a libpq address for PostgreSQL. One table row stands for each row Backbeat writes. The
writes are there twice: straight to the driver, and through Flask-SQLAlchemy, as a house that chose it would.
"""

import os
import sqlite3
import sys
import threading

import psycopg
from flask import Flask, render_template_string, request
from flask_socketio import SocketIO, join_room
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.serving import WSGIRequestHandler, make_server

WRITES = {"decision": ("review", "clearing", "closing", "decision", "event", "event", "event", "event"), "annotation": ("annotation", "event")}
BODY = "x" * 300
STEPS = 40
PAGE = "<ul>{% for row in rows %}<li id='{{ row[0] }}'>{{ row[1] }}</li>{% endfor %}</ul>"

app = Flask(__name__)
socketio = SocketIO(app, async_mode="threading", transports=["websocket"], cors_allowed_origins=[])
_writer = threading.Lock()
orm = SQLAlchemy()


class Row(orm.Model):
    __tablename__ = "rows_kept"
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    body: Mapped[str]


class Log(orm.Model):
    __tablename__ = "log"
    id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int]


def connection():
    """This thread's own; threads live for one request here, so it is a pool of one behind the writer lock."""
    if not hasattr(app, "connection"):
        app.connection = _connected(app.config["DATABASE"])
    return app.connection


def _connected(database: str):
    if database.startswith("postgresql:"):
        return psycopg.connect(database)
    opened = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
    opened.execute("PRAGMA journal_mode=WAL")
    opened.execute("PRAGMA synchronous=FULL")
    return opened


def prepare(database: str) -> None:
    opened = _connected(database)
    opened.execute("CREATE TABLE rows_kept (id TEXT PRIMARY KEY, kind TEXT, body TEXT)")
    opened.execute("CREATE TABLE log (id INTEGER PRIMARY KEY, seq INTEGER)")
    opened.execute("INSERT INTO log VALUES (1, 0)")
    for number in range(STEPS):
        opened.execute(f"INSERT INTO rows_kept VALUES ('step{number}', 'step', '{BODY}')")
    opened.commit()
    opened.close()


@app.post("/write/<act>")
def write(act):
    """Read the log's head, write the rows and the head, commit, answer."""
    with _writer:
        database, mark = connection(), "%s" if isinstance(connection(), psycopg.Connection) else "?"
        if mark == "?":
            database.execute("BEGIN IMMEDIATE")
        [[seq]] = database.execute(f"SELECT seq FROM log WHERE id = 1{' FOR UPDATE' if mark == '%s' else ''}").fetchall()
        for kind in WRITES[act]:
            database.execute(f"INSERT INTO rows_kept VALUES ({mark}, {mark}, {mark})", (os.urandom(13).hex(), kind, BODY))
        database.execute(f"UPDATE log SET seq = {mark}", (seq + 1,))
        database.commit()
    if request.args.get("tell"):
        socketio.emit("hint", {"seq": seq + 1}, to="room")
    return {"seq": seq + 1}, 201


@app.post("/orm/<act>")
def write_by_orm(act):
    """The same through the session: the head locked and read, the rows added, one commit."""
    with _writer:
        head = orm.session.get_one(Log, 1, with_for_update=True)
        orm.session.add_all([Row(id=os.urandom(13).hex(), kind=kind, body=BODY) for kind in WRITES[act]])
        head.seq += 1
        orm.session.commit()
        return {"seq": head.seq}, 201


@app.get("/page")
def page():
    with _writer:
        rows = connection().execute("SELECT id, body FROM rows_kept WHERE kind = 'step'").fetchall()
        connection().commit()
    return render_template_string(PAGE, rows=rows)


@socketio.on("join")
def join(_message):
    join_room("room")
    return {"seq": 0}


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_):
        return None


def bind_orm(database: str) -> None:
    is_file = not database.startswith("postgresql:")
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{database}" if is_file else database.replace("postgresql:", "postgresql+psycopg:", 1)
    orm.init_app(app)
    with app.app_context():
        if is_file:
            event.listen(orm.engine, "connect", lambda opened, _: opened.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL"))


if __name__ == "__main__":
    app.config["DATABASE"] = sys.argv[2]
    prepare(sys.argv[2])
    bind_orm(sys.argv[2])
    make_server("127.0.0.1", int(sys.argv[1]), app, threaded=True, request_handler=_Quiet).serve_forever()
