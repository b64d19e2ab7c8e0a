"""Presigned addresses for S3, signature version 4 in the query.

boto3's own generate_presigned_url leaves Content-Type and the body's digest unsigned. Here every header given is
signed, and the digest is `X-Amz-Content-SHA256`, which a store has to compare with the body it receives (Amazon S3,
Ceph RGW and MinIO do; RGW before Reef takes no notice of `x-amz-checksum-sha256`).

Source: AWS, "Authenticating requests: using query parameters".
"""

from botocore.auth import UNSIGNED_PAYLOAD, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest

DIGEST = "X-Amz-Content-SHA256"


def presigned(credentials, region: str, method: str, url: str, headers: dict[str, str], seconds: int) -> str:
    """The address to send exactly these headers to, within so many seconds."""
    request = AWSRequest(method, url, headers=headers)
    _QueryAuth(credentials, "s3", region, expires=seconds).add_auth(request)
    return str(request.url)


class _QueryAuth(S3SigV4QueryAuth):
    def payload(self, request) -> str:
        return request.headers.get(DIGEST, UNSIGNED_PAYLOAD)
