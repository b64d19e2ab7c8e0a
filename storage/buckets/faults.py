"""What boto3 raises, told as the bucket's own exceptions."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from storage.buckets import Changed, NoSuchObject, NoSuchUpload, StoreAway, StoreFull

_MISSING = {"NoSuchKey", "NotFound", "404"}
_CHANGED = {"PreconditionFailed", "412"}
_FULL = {"QuotaExceeded", "InsufficientStorage", "507", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded"}
_UNFIT = {"InvalidPart", "InvalidPartOrder", "EntityTooSmall"}


@contextmanager
def translated(missing: Exception | None = None, unfit: Exception | None = None) -> Iterator[None]:
    """StoreAway, StoreFull, NoSuchUpload, Changed; `missing` for what is not there (else NoSuchObject) and `unfit`
    for parts the store refuses."""
    try:
        yield
    except ClientError as error:
        raise _told(error, missing, unfit) from error
    except BotoCoreError as error:
        raise StoreAway(type(error).__name__) from error


def code_of(error: ClientError) -> str:
    """The store's own code for the fault, or the HTTP status in its place."""
    return str(error.response.get("Error", {}).get("Code", ""))


def _told(error: ClientError, missing: Exception | None, unfit: Exception | None) -> Exception:
    code = code_of(error)
    if code in _MISSING:
        return missing or NoSuchObject(code)
    if code == "NoSuchUpload":
        return NoSuchUpload(code)
    if code in _CHANGED:
        return Changed(code)
    if code in _UNFIT and unfit:
        return unfit
    return (StoreFull if code in _FULL else StoreAway)(code)
