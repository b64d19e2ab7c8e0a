"""Reading the log while it grows: what is answered reaches as far as it says, without a gap."""

import threading

from storage.db import db, writing
from storage.events import record, since

ROUNDS = 200


def test_the_answer_holds_every_event_up_to_where_it_reaches(app, world):
    marc, campaign_id = world.marc, world.ids["campaign"]
    _, seen = since(marc, campaign_id, 0)
    db.session.rollback()
    last = seen + ROUNDS
    writer = threading.Thread(target=fill, args=(app, campaign_id))
    writer.start()
    while seen < last:
        rows, reached = since(marc, campaign_id, seen)
        assert [row.seq for row in rows] == list(range(seen + 1, reached + 1))
        seen = reached
        db.session.commit()
    writer.join()


def fill(app, campaign_id: str) -> None:
    with app.app_context():
        for _ in range(ROUNDS):
            with writing() as session:
                record("test.happened", "test:1", by=None, scope_id=campaign_id)
                session.commit()
        db.session.remove()
