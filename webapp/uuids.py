"""Ids that forms and scripts make, so that what is sent twice is kept once."""

from uuid import UUID, uuid4


def own_uuid(text: str | None) -> str:
    """The uuid a form brought, in its usual spelling; a fresh one where there is none or it is not one."""
    try:
        return str(UUID(text or ""))
    except ValueError:
        return str(uuid4())
