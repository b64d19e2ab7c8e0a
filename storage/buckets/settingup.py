"""Setting up a bucket in S3: made if there is none, and open to uploads from the app's pages."""

import json
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from storage.buckets.faults import code_of


def prepare(client: Any, bucket: str, region: str, public_url: str) -> str:
    """Make the bucket and let the pages of `public_url` use it. Answers "" or, refused, what to configure by hand."""
    _make(client, bucket, region)
    rule = cors_rule(public_url)
    try:
        rules = _rules(client, bucket)
        if rule not in rules:
            client.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [*rules, rule]})
    except ClientError as error:
        return _by_hand(bucket, rule, code_of(error))
    return ""


def cors_rule(public_url: str) -> dict:
    """What a browser needs to PUT parts, read their ETag and show pictures."""
    url = urlsplit(public_url)
    return {
        "AllowedOrigins": [f"{url.scheme}://{url.netloc}"],
        "AllowedMethods": ["GET", "HEAD", "PUT"],
        "AllowedHeaders": ["*"],
        "ExposeHeaders": ["ETag"],
        "MaxAgeSeconds": 3600,
    }


def _make(client: Any, bucket: str, region: str) -> None:
    try:
        client.head_bucket(Bucket=bucket)
    except ClientError as error:
        if code_of(error) not in ("404", "NoSuchBucket"):
            raise
        _create(client, bucket, region)


def _create(client: Any, bucket: str, region: str) -> None:
    """Amazon wants the region said, except for us-east-1; other stores know no such region and refuse it."""
    said = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    try:
        client.create_bucket(Bucket=bucket, **said)
    except ClientError as error:
        if code_of(error) == "BucketAlreadyOwnedByYou":
            return
        if not said or code_of(error) not in ("InvalidLocationConstraint", "IllegalLocationConstraintException"):
            raise
        client.create_bucket(Bucket=bucket)


def _rules(client: Any, bucket: str) -> list[dict]:
    try:
        return client.get_bucket_cors(Bucket=bucket)["CORSRules"]
    except ClientError as error:
        if code_of(error) in ("NoSuchCORSConfiguration", "NoSuchKey", "404"):
            return []
        raise


def _by_hand(bucket: str, rule: dict, code: str) -> str:
    words = json.dumps({"CORSRules": [rule]})
    return (
        f"The store refused to set CORS on the bucket {bucket} ({code}). Uploads from the browser need it; set it with\n"
        f"  aws s3api put-bucket-cors --bucket {bucket} --cors-configuration '{words}'"
    )
