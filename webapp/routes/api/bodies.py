"""What calls take: the bodies and queries of the API, held to their types to the letter. Unknown fields are refused."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from planning import fields
from review.annotations import MAX_BODY
from review.asking import MAX_REVIEWERS
from storage.text import one_line

MOST = 2**31 - 1
"""The largest whole number any column holds."""


def _something(value: str) -> str:
    if not one_line(value):
        raise ValueError("is empty")
    return value


Id = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Day = Annotated[date, BeforeValidator(fields.day)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_something)]
Text = Annotated[str, StringConstraints(max_length=MAX_BODY)]
Uuid = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"),
    Field(json_schema_extra={"format": "uuid"}),
]
Days = Annotated[int, Field(ge=0, le=fields.MOST_DAYS)]
RowVersion = Annotated[int, Field(ge=1, le=MOST)]
Email = Annotated[str, StringConstraints(min_length=3, max_length=254)]
Cursor = Annotated[str, StringConstraints(pattern=r"^[0-9a-z]{1,64}$")]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


def absent() -> Any:
    """A field that may be left out but not be null; `model_fields_set` tells which were given."""
    return Field(default=None, json_schema_extra=_without_default)


def _without_default(schema: dict[str, Any]) -> None:
    del schema["default"]


class Nothing(Body):
    """An empty object, or no body at all."""


class AtLeast(Body):
    at_least: Annotated[int, Field(ge=1, le=MAX_REVIEWERS)]


Rule = Literal["all", "any"] | AtLeast


# Plans


class NewCampaign(Body):
    """`plan` wins over `template`; the call's own `launch`, `buffer_days` and `calendar` win over the plan's."""

    name: Name
    launch: Day
    buffer_days: Days | None = None
    calendar: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    template: Name | None = None
    plan: dict[str, Any] | None = None


class CampaignChange(Body):
    row_version: RowVersion
    name: Name = absent()
    launch: Day = absent()
    buffer_days: Days = absent()


class StepOtherwise(Body):
    """What is to be otherwise. null takes away what may be absent; other days stand in the place of rounds."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=300), AfterValidator(_something)] = absent()
    days: Days | None = None
    calendar: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    sla_days: Annotated[int, Field(ge=1, le=1000)] | None = None
    rounds: Annotated[int, Field(ge=1, le=100)] | None = None
    rework_days: Annotated[int, Field(ge=0, le=1000)] | None = None
    not_before: Day | None = None
    started_on: Day | None = None
    finished_on: Day | None = None
    remaining_days: Days | None = None
    deadline: Day | None = None
    pinned_on: Day | None = None
    group: Annotated[str, StringConstraints(max_length=200)] | None = None
    channel: Annotated[str, StringConstraints(max_length=200)] | None = None
    people: Annotated[list[Annotated[str, StringConstraints(max_length=254)]], Field(max_length=200)] | None = None
    can_slip: bool | None = None
    hard: bool | None = None
    closes: Literal["itself", "by_hand"] | None = None


class StepChange(StepOtherwise):
    """What is to change, from the row version that was seen."""

    row_version: RowVersion


class Otherwise(Body):
    """A plan with some things otherwise; what is left out stays. `steps` by their ids."""

    launch: Day = absent()
    buffer_days: Days = absent()
    steps: Annotated[dict[Id, StepOtherwise], Field(max_length=1000)] = Field(default_factory=dict)


class Foreseen(Body):
    """An answer that is only thought of."""

    verdict: Literal["approved", "changes_requested"] = "approved"


class Acceptance(Body):
    """`row_version` is the campaign's, as it was seen with the option; `name` is what the plan is to be called."""

    row_version: RowVersion
    name: Name = absent()


class NewGate(Body):
    milestone_id: Id
    deliverable_id: Id
    rule: Rule | None = None


class NewWaiver(Body):
    reason: Annotated[str, StringConstraints(min_length=1, max_length=2000), AfterValidator(_something)]


# Uploads


class NewUpload(Body):
    """`deliverable_id` or `asset_id`, not both; neither makes a new asset of the campaign, or of the workspace."""

    filename: Annotated[str, StringConstraints(max_length=4096)]
    size_bytes: Annotated[int, Field(ge=0, le=2**53)]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{64}$")] | None = None
    media_type: Annotated[str, StringConstraints(max_length=100)] | None = None
    campaign_id: Id | None = None
    deliverable_id: Id | None = None
    asset_id: Id | None = None


class PartSent(Body):
    number: Annotated[int, Field(ge=1, le=10_000)]
    etag: Annotated[str, StringConstraints(max_length=300)]


class Completion(Body):
    parts: Annotated[list[PartSent], Field(max_length=10_000)]


# Reviews


class NewReview(Body):
    reviewers: Annotated[list[Email], Field(min_length=1, max_length=MAX_REVIEWERS)]
    rule: Rule
    due: Day | None = None


class NewDecision(Body):
    """`version_id` and `sha256` are what was looked at."""

    verdict: Literal["approved", "changes_requested"]
    version_id: Id
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{64}$")]
    note: Text | None = None


class _Shape(Body):
    """Fractions of the page, origin top left. What leaves the page is 422 (review/geometry.py)."""


Fraction = Annotated[float, Field(allow_inf_nan=False)]


class Pin(_Shape):
    type: Literal["pin"]
    x: Fraction
    y: Fraction


class Box(_Shape):
    type: Literal["box"]
    x: Fraction
    y: Fraction
    width: Fraction
    height: Fraction


class Ellipse(_Shape):
    type: Literal["ellipse"]
    x: Fraction
    y: Fraction
    width: Fraction
    height: Fraction


class Arrow(_Shape):
    type: Literal["arrow"]
    x1: Fraction
    y1: Fraction
    x2: Fraction
    y2: Fraction


class Stroke(_Shape):
    """Points are x, y and maybe a pressure 0–1; `width` is a fraction of the page's width."""

    type: Literal["stroke"]
    points: list[Annotated[list[Fraction], Field(min_length=2, max_length=3)]]
    width: Fraction


Shape = Annotated[Pin | Box | Ellipse | Arrow | Stroke, Field(discriminator="type")]


ColourName = Literal["blue", "red", "yellow", "green", "white", "black"]
PriorityName = Literal["must", "later"]
AudienceName = Literal["internal", "shared"]


class NewAnnotation(Body):
    """`id` is made by the client, so that sending it again is harmless. A member's note is internal unless it says shared.

    Whoever its words name with an @ and their whole name, and may read it, is mentioned.
    """

    id: Uuid
    shape: Shape | None = None
    page: Annotated[int, Field(ge=1, le=MOST)] | None = None
    frame: Annotated[int, Field(ge=0, le=MOST)] | None = None
    body: Text
    audience: AudienceName | None = None
    colour: ColourName | None = None
    priority: PriorityName | None = None


class AnnotationChange(Body):
    """What is to change. `priority` null takes it away; the rest is its author's to change."""

    shape: Shape = absent()
    body: Text = absent()
    audience: AudienceName = absent()
    colour: ColourName = absent()
    priority: PriorityName | None = None


Said = Annotated[str, StringConstraints(min_length=1, max_length=MAX_BODY)]


class NewReply(Body):
    id: Uuid | None = None
    body: Said


class ReplyChange(Body):
    body: Said


# Links, people, tokens


class NewItem(Body):
    """A version by its id, or the word "latest": whatever is the asset's latest."""

    asset_id: Id
    version_id: Id


class NewLink(Body):
    items: Annotated[list[NewItem], Field(min_length=1, max_length=200)]
    rights: Annotated[list[Literal["see", "comment", "decide", "download"]], Field(min_length=1, max_length=4)]
    passcode: Annotated[str, StringConstraints(min_length=4, max_length=200)] | None = None
    expires_on: Day | None = None


RoleName = Literal["owner", "marketer", "creative", "client"]


class NewInvitation(Body):
    email: Email
    role: RoleName


class MemberChange(Body):
    role: RoleName


# Queries: text that stands for a value, so not held to JSON's types


class Query(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Paged(Query):
    limit: Annotated[int, Field(ge=1, le=500, description="rows a page")] = 100
    next: Annotated[Cursor | None, Field(description="the cursor of the page before")] = None


class AssetsAsked(Paged):
    campaign_id: Annotated[str | None, StringConstraints(pattern=r"^[0-9a-z]{1,64}$")] = None


class After(Query):
    after: Annotated[int, Field(ge=0, le=MOST, description="the last seq that was seen")] = 0
