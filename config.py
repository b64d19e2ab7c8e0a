"""Settings, read once from environment variables with the prefix BACKBEAT_."""

import os
import secrets
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What the person who runs Backbeat may set; every field has a working default.

    Without DATABASE_URL, S3_ENDPOINT_URL and REDIS_URL everything is kept in the data folder
    and one process does it all.
    """

    model_config = SettingsConfigDict(env_prefix="BACKBEAT_", extra="ignore")

    data: Path = Path("data")
    database_url: str | None = None
    redis_url: str | None = None

    s3_endpoint_url: str | None = None
    s3_bucket: str = "backbeat"
    s3_access_key_id: str | None = None
    s3_secret_access_key: str | None = None
    s3_region: str = "us-east-1"

    secret_key_given: str | None = Field(default=None, validation_alias="BACKBEAT_SECRET_KEY")
    public_url: str | None = None
    files_url: str | None = None
    smtp_url: str | None = None
    metrics_token: str | None = None

    demo: bool = True
    drills: bool = False
    now: str | None = None
    failpoint: str | None = None

    max_upload_bytes: int = 20 * 1024**3
    max_body_bytes: int = 2 * 1024**2

    @field_validator("data")
    @classmethod
    def _from_here(cls, data: Path) -> Path:
        """Absolute at once: children work in folders of their own."""
        return data.absolute()

    @property
    def database(self) -> str:
        """The database's address; SQLite in the data folder unless one is set."""
        if not self.database_url:
            return f"sqlite:///{self.data / 'backbeat.db'}"
        return self.database_url.replace("postgres://", "postgresql://", 1).replace(
            "postgresql://", "postgresql+psycopg://", 1
        )

    @cached_property
    def secret_key(self) -> str:
        """The key everything is signed with; made once and kept in the data folder when none is set."""
        if self.secret_key_given:
            return self.secret_key_given
        path = self.data / "secret-key"
        if not path.exists():
            _keep_once(path, secrets.token_urlsafe(48))
        return path.read_text().strip()

    @property
    def secure(self) -> bool:
        """Whether people reach the app over https: cookies are Secure and named __Host- then."""
        return urlsplit(self.public_url or "").scheme == "https"


def _keep_once(path: Path, text: str) -> None:
    """Write a file whole, readable by us alone; of two processes at once the first one's stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    own = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    with suppress(FileExistsError):
        os.link(own, path)
    own.unlink()
