"""What the room's scripts begin with: the version, its pictures, its notes, and who looks at it with which rights."""

from typing import Any

from review.annotations import Audience
from review.authorship import kind_of, signature
from webapp.pictures import pictures_of, tiles_of
from webapp.routes.api.shapes import annotation_json
from webapp.talk import Talk


def data_of(talk: Talk) -> dict[str, Any]:
    """As JSON. Everything in it is the reader's to see: it is what the API would answer them."""
    version, actor = talk.version, talk.actor
    at = talk.at.page(version.id)
    in_campaign = version.scope_id != version.workspace_id
    return {
        "campaign_id": version.scope_id if in_campaign else None,
        "version": {
            "id": version.id, "asset_id": version.asset_id, "number": version.number,
            "width": version.blob.width, "height": version.blob.height, "pages": version.blob.pages,
        },
        "pictures": pictures_of(version, at), "tiles": tiles_of(version, at),
        "me": {"key": actor.key, "name": signature(actor), "kind": kind_of(actor)},
        "may": {"comment": talk.may_speak},
        "audience": Audience.INTERNAL if actor.is_team else Audience.SHARED,
        "annotations": [annotation_json(note) for note in talk.notes],
    }  # fmt: skip
