"""What calls answer, described; rows become these in shapes.py. Nothing undescribed is answered."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, create_model

from review.annotations import Colour, Priority
from review.reviews import ReviewState
from review.seats import SeatState, Verdict
from storage.assets import VersionState
from webapp.routes.api.bodies import Rule

RightName = Literal["see", "comment", "decide", "download"]
Audience = Literal["internal", "shared"]


class Out(BaseModel):
    model_config = ConfigDict(extra="forbid")


def listing(item: type[BaseModel]) -> type[BaseModel]:
    """The list of these: a page, and the cursor of the next one or null."""
    items = list[item]  # type: ignore[valid-type]
    return create_model(f"{item.__name__}List", __base__=Out, items=(items, ...), next=(str | None, ...))


class Fault(BaseModel):
    """`code` is stable; `message` is a sentence a person can act on. Some codes bring more fields."""

    model_config = ConfigDict(extra="allow")
    code: str
    message: str


class Error(Out):
    error: Fault


# Files


class Part(Out):
    """PUT the bytes to `url` with `headers`; the answer's ETag goes back as received, quotes included."""

    number: int
    url: str
    headers: dict[str, str]


class Upload(Out):
    id: str
    part_size_bytes: int
    parts: list[Part]


class UploadState(Out):
    id: str
    filename: str
    size_bytes: int
    state: Literal["open", "done", "refused", "over"]
    version_id: str | None
    reason: str | None
    created_at: datetime


class Rendition(Out):
    """`url` is stable and needs the same rights; it answers 302 to a short-lived address. `full`: it shows every pixel."""

    name: str
    url: str
    width: int
    height: int
    full: bool


class Tiles(Out):
    """A huge picture at every size from one pixel (level 0) to full (`max_level`), each level half the next, in tiles.

    `url_template` holds {level}, {column} and {row}, counted from 0; its addresses are as a rendition's.
    """

    url_template: str
    width: int
    height: int
    tile_size: int
    overlap: int
    max_level: int


class Version(Out):
    """`width` and `height` are in pixels as shown. `reason` says why a version is not shown; `reason_text` in words."""

    id: str
    asset_id: str
    number: int
    filename: str
    media_type: str
    size_bytes: int
    sha256: str
    width: int | None
    height: int | None
    pages: int | None
    state: VersionState
    reason: str | None
    reason_text: str | None
    created_at: datetime
    renditions: list[Rendition]
    tiles: Tiles | None


class Asset(Out):
    """`campaign_id` is null for an asset of the workspace's own; `current` is the latest version that may be seen."""

    id: str
    name: str
    campaign_id: str | None
    created_at: datetime
    current: Version | None


class AssetInFull(Asset):
    versions: list[Version]


# Reviews


class StandingDecision(Out):
    id: str
    verdict: Verdict
    note: str
    by: str
    at: datetime


class Seat(Out):
    """`email` is null to clients and guests, save their own. `url` is a personal link, told when the review is opened."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"required": ["id", "email", "name", "state", "verified", "decision"]})
    id: str
    email: str | None
    name: str
    state: SeatState
    verified: bool
    decision: StandingDecision | None
    url: str | None = None


class ReviewNow(Out):
    id: str
    state: ReviewState


class Review(Out):
    id: str
    version_id: str
    asset_id: str
    sha256: str
    state: ReviewState
    rule: Rule
    due: date | None
    opened_at: datetime
    closed_at: datetime | None
    seats: list[Seat]


class Decision(Out):
    id: str
    verdict: Verdict
    note: str
    replaces: str | None
    at: datetime
    review: ReviewNow
    unblocked: list[str]


class Author(Out):
    key: str
    name: str
    kind: Literal["team", "client", "guest"]


class Reply(Out):
    """`mentions`: the keys of those its words name with an @, of whom may read it."""

    id: str
    body: str
    mentions: list[str]
    author: Author
    created_at: datetime
    edited_at: datetime | None


class Annotation(Out):
    """`number`: « 3 » for a shared note, a letter for an internal one. `mentions` as in a reply.

    Hints carry `{id, version_id, deleted: true}` of one that is deleted, or no longer shared with whoever hears it.
    """

    id: str
    version_id: str
    number: str
    page: int
    frame: int | None
    shape: dict[str, Any] | None
    colour: Colour
    body: str
    mentions: list[str]
    audience: Audience
    priority: Priority | None
    author: Author
    created_at: datetime
    edited_at: datetime | None
    resolved: bool
    resolved_at: datetime | None
    resolved_by_name: str | None
    replies: list[Reply]
    deleted: bool


class Reviser(Out):
    key: str
    name: str


class Revision(Out):
    """What stood until `at`: `body`, `shape` or both; of the note, or of the reply with that id."""

    reply_id: str | None
    body: str | None
    shape: dict[str, Any] | None
    by: Reviser
    at: datetime


class History(Out):
    """Oldest first."""

    items: list[Revision]


# Links, people, tokens


class LinkItem(Out):
    """`version_id` is an id or the word "latest"."""

    asset_id: str
    version_id: str


class Link(Out):
    """`url` is null once the link is over. `email` is set on a reviewer's personal link."""

    id: str
    url: str | None
    rights: list[RightName]
    items: list[LinkItem]
    email: str | None
    passcode: bool
    expires_on: date | None
    created_at: datetime
    revoked_at: datetime | None


class Workspace(Out):
    id: str
    name: str
    country: str
    zone: str
    language: str


class Member(Out):
    id: str
    name: str
    email: str
    role: Literal["owner", "marketer", "creative", "client"]
    created_at: datetime


class Invitation(Out):
    id: str
    email: str
    role: Literal["owner", "marketer", "creative", "client"]
    url: str | None
    over: bool
    created_at: datetime


class Token(Out):
    """`token` is told once, by the call that makes it, and is null ever after: in a replayed answer too."""

    id: str
    member_id: str
    token: str | None
    created_at: datetime
