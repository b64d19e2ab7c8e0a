"""What racers do. Each act prepares, and answers the function that does it once both are at the start."""

from review import submissions
from storage import renditions
from storage.db import db, writing
from storage.uploads import Content, Ticket, discard
from storage.workspaces import Membership


def call(app, *, method, path, token, json=None, key=None):
    """One call of the API: (status, body)."""
    client = app.test_client()
    headers = {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})

    def go():
        answer = client.open(f"/api/v1{path}", method=method, json=json, headers=headers)
        return answer.status_code, answer.get_json(silent=True)

    return go


def submit(app, *, ticket_id, member_id, sha256, size_bytes):
    """The last step of an upload, its content received before: (version id, its number, its asset's id)."""
    content = Content(sha256, size_bytes, renditions.Verdict("opaque", "text/plain"))

    def go():
        with app.app_context():
            with writing() as session:
                ticket = session.get_one(Ticket, ticket_id)
                version = submissions.submit(ticket, content, session.get_one(Membership, member_id))
                session.commit()
            discard(ticket)
            answer = version.id, version.number, version.asset_id
            db.session.remove()
            return answer

    return go
