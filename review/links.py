"""Guest links: explicit items, separate rights, a passcode, an end; and the passes browsers get for them.

A link's token is 256 bits made again at will from the row's random salt and epoch under the secret key; only its
hash is stored. Revoking raises the epoch, which every pass carries and every write checks again.
"""

import hmac
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, String, false, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.assets import Version, grant_sight
from storage.clock import utcnow
from storage.db import CanonicalJSON, Identified, Model, UTCDateTime, db, new_id
from storage.events import record
from storage.secrets import derived_token, new_token, token_hash
from storage.text import folded_email, one_line
from storage.workspaces import Guest, GuestPass, Membership, Right, Workspace

PASSCODE_TRIES = 5
PASSCODE_WAIT = timedelta(minutes=15)


class LinkOver(Exception):
    """The link was revoked or has expired."""


class WrongPasscode(Exception):
    """The passcode does not match."""


class TooManyTries(Exception):
    """Wrong passcodes have shut this link for a while."""


class GuestLink(Identified, Model):
    """A way in for someone without an account. `email` is set on a reviewer's personal link."""

    __tablename__ = "guest_links"

    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), index=True)
    campaign_id: Mapped[str] = mapped_column(ForeignKey("logs.id"), index=True)
    salt: Mapped[str] = mapped_column(String(64), default=new_token)
    epoch: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    rights: Mapped[list] = mapped_column(CanonicalJSON)
    email: Mapped[str | None] = mapped_column(String(254))
    passcode_hash: Mapped[str | None] = mapped_column(String(64))
    wrong_tries: Mapped[int] = mapped_column(default=0)
    shut_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    expires_on: Mapped[date | None]
    created_by: Mapped[str] = mapped_column(ForeignKey("memberships.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    workspace: Mapped[Workspace] = relationship(lazy="joined", innerjoin=True)

    @classmethod
    def visible_to(cls, actor):
        """The team's links; to a client or guest no link is shown."""
        seen = select(cls).where(cls.workspace_id == actor.workspace_id)
        return seen if actor.is_team else seen.where(false())

    @classmethod
    def behind(cls, token: str) -> "GuestLink | None":
        """The link this token opens, over or not."""
        return db.session.scalar(select(cls).where(cls.hash == token_hash(token)))

    @property
    def ends_at(self) -> datetime | None:
        """The end of its last day in the workspace's zone."""
        if self.expires_on is None:
            return None
        return datetime.combine(self.expires_on + timedelta(days=1), time(), ZoneInfo(self.workspace.zone))

    @property
    def over(self) -> bool:
        return self.revoked_at is not None or (self.ends_at is not None and utcnow() >= self.ends_at)

    @property
    def shut(self) -> bool:
        return self.shut_until is not None and utcnow() < self.shut_until

    def revocable_by(self, actor) -> bool:
        return actor.is_team

    def token(self, secret_key: str) -> str:
        return derived_token(secret_key, "link", self.id, self.salt, self.epoch)

    def revoke(self, by: Membership) -> None:
        """Shut the link for good: its passes and sockets end. Revoking twice is once."""
        if self.revoked_at is None:
            self.revoked_at = utcnow()
            self.epoch += 1
            record("link.revoked", f"link:{self.id}", by=by, scope_id=self.campaign_id, keys=(f"campaign_{self.campaign_id}",))

    def try_passcode(self, passcode: str, secret_key: str) -> None:
        """Raises WrongPasscode (and counts it: the caller commits either way) or TooManyTries."""
        if self.passcode_hash is None:
            return
        if self.shut:
            raise TooManyTries
        if not hmac.compare_digest(self.passcode_hash, _passcode_hash(self, passcode, secret_key)):
            self.wrong_tries += 1
            if self.wrong_tries % PASSCODE_TRIES == 0:
                self.shut_until = utcnow() + PASSCODE_WAIT
            raise WrongPasscode
        self.wrong_tries = 0

    def admit(self, *, name: str = "", email: str = "") -> tuple[GuestPass, str]:
        """A pass for one browser and its secret. Raises LinkOver."""
        if self.over:
            raise LinkOver
        secret = new_token()
        guest_pass = GuestPass(
            id=new_id(), workspace_id=self.workspace_id, holder_id=self.id, secret_hash=token_hash(secret),
            epoch=self.epoch, name=one_line(name)[:200], email=self.email or folded_email(email)[:254],
        )
        db.session.add(guest_pass)
        return guest_pass, secret


def make_link(
    campaign_id: str,
    items: list[tuple[Version, bool]],
    rights: list[Right],
    *,
    by: Membership,
    secret_key: str,
    passcode: str | None = None,
    expires_on: date | None = None,
    email: str | None = None,
) -> GuestLink:
    """A new link to these versions; an item is (version, latest): latest follows the asset.

    With `email` it is one reviewer's personal link.
    """
    link = GuestLink(
        id=new_id(), workspace_id=by.workspace_id, campaign_id=campaign_id, salt=new_token(), epoch=0,
        rights=sorted({Right.SEE, *rights}), email=email, expires_on=expires_on, created_by=by.id,
    )
    link.hash = token_hash(link.token(secret_key))
    if passcode:
        link.passcode_hash = _passcode_hash(link, passcode, secret_key)
    db.session.add(link)
    db.session.flush()
    for version, latest in items:
        grant_sight(link.id, version, latest=latest)
    record("link.made", f"link:{link.id}", by=by, scope_id=campaign_id, keys=(f"campaign_{campaign_id}",),
           body={"items": [version.id for version, _ in items], "rights": link.rights})
    return link


def guest_holding(secret: str) -> Guest | None:
    """The guest whose pass this is, if its link still stands; asked of the database every time."""
    row = db.session.execute(
        select(GuestPass, GuestLink).join(GuestLink, GuestLink.id == GuestPass.holder_id).where(
            GuestPass.secret_hash == token_hash(secret)
        )
    ).first()
    if row is None or row.GuestLink.over or row.GuestPass.epoch != row.GuestLink.epoch:
        return None
    return guest_of(row.GuestPass, row.GuestLink)


def introduce(guest: Guest, *, name: str, email: str, language: str) -> Guest:
    """Keep who this guest says they are. The e-mail is said once: answers hang on it."""
    guest_pass = db.session.get_one(GuestPass, guest.id)
    guest_pass.name = one_line(name)[:200] or guest_pass.name
    guest_pass.email = guest_pass.email or folded_email(email)[:254]
    guest_pass.language = language
    return replace(guest, name=guest_pass.name, email=guest_pass.email, language=language)


def ends_on(guest: Guest) -> date | None:
    """The last day of the link this guest came by, if it has one."""
    return db.session.scalar(select(GuestLink.expires_on).where(GuestLink.id == guest.link_id))


def guest_of(guest_pass: GuestPass, link: GuestLink) -> Guest:
    return Guest(
        id=guest_pass.id, link_id=link.id, campaign_id=link.campaign_id, workspace_id=link.workspace_id,
        workspace=link.workspace, name=guest_pass.name, email=guest_pass.email,
        language=guest_pass.language, rights=frozenset(Right(right) for right in link.rights),
    )


def _passcode_hash(link: GuestLink, passcode: str, secret_key: str) -> str:
    """Under the secret key, so that a stolen database tells no short passcode; tries are limited besides."""
    return derived_token(secret_key, "passcode", link.id, link.salt, passcode)
