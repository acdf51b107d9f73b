"""Where a request says which bucket it is for: in its path, or in its host.

Owns both ways of addressing and the redirect of requests that were sent to another region than the bucket's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from awsim.aws.regions import dns_suffix, partition_of
from awsim.protocol.hosts import virtual_bucket
from awsim.protocol.http import Request
from awsim.services.s3.answers import answer_with
from awsim.services.s3.errors import (
    AuthorizationHeaderMalformed,
    AuthorizationQueryParametersError,
    PermanentRedirect,
)
from awsim.services.s3.presigned import is_presigned, put_query_into_headers

if TYPE_CHECKING:
    from awsim.context import RequestContext
    from awsim.services.s3.models import Bucket

_ACCESS_POINT_HOST = re.compile(
    r"(?P<name>[a-z0-9-]+)-(?P<account>\d{12})\.s3-accesspoint(?:-fips)?(?:\.dualstack)?\.(?P<region>[a-z0-9-]+)\."
)
_REGIONAL_HOST = re.compile(
    r"(?:^|\.)s3(?:-fips)?(?:\.dualstack)?[.-](?!website-)(?P<region>[a-z]{2}[a-z-]*-\d+)\.amazonaws\."
)
REGION_HEADER = "x-amz-bucket-region"


def readdress(request: Request) -> None:
    """Give a virtual-hosted request the path that it would have had otherwise, ``/photos/2006/cat.jpg``, and a
    presigned one its headers."""
    bucket = virtual_bucket(request.host)
    if bucket is not None:
        point = _ACCESS_POINT_HOST.match(request.host)
        request.path = f"/{bucket if point is None else _access_point_arn(point)}{request.path}"
    if request.query_string and is_presigned(request.query_string):
        put_query_into_headers(request)


def _access_point_arn(host: re.Match[str]) -> str:
    """The ARN of the access point that a host is, in one piece of a path."""
    region = host["region"]
    arn = f"arn:{partition_of(region)}:s3:{region}:{host['account']}:accesspoint/{host['name']}"
    return quote(arn, safe="")


def bucket_host(bucket: Bucket, partition: str) -> str:
    """The host of a bucket's own endpoint."""
    return f"{bucket.name}.s3.{bucket.region}.{dns_suffix(partition)}"


def check_region(context: RequestContext[Any], bucket: Bucket) -> None:
    """Send a request for another region to the bucket's. Raises PermanentRedirect, or AuthorizationHeaderMalformed or
    AuthorizationQueryParametersError where one that was signed for another region came to the right endpoint already.

    AWS: botocore takes either, reads the region from the header and tries again. Who asks does not matter: a caller
    learns where a bucket is before it is refused (aws-sdk-java-v2 #5634, of HeadBucket). What is not signed for a
    region is served wherever it comes, but for the endpoints of other regions.
    """
    if context.request is None:
        return
    endpoint = _REGIONAL_HOST.search(context.request.host)
    is_at_bucket = endpoint is not None and endpoint["region"] == bucket.region
    if _is_signed_for_region(context.request):
        if context.region == bucket.region:
            return
    elif endpoint is None or is_at_bucket:
        return
    answer_with(context, {REGION_HEADER: bucket.region})
    if is_at_bucket:
        fault = f"the region '{context.region}' is wrong; expecting '{bucket.region}'"
        if "authorization" in context.request.headers:
            raise AuthorizationHeaderMalformed(fault, Region=bucket.region)
        raise AuthorizationQueryParametersError(
            f"Error parsing the X-Amz-Credential parameter; {fault}", Region=bucket.region
        )
    raise PermanentRedirect(Endpoint=bucket_host(bucket, context.partition), Bucket=bucket.name)


def _is_signed_for_region(request: Request) -> bool:
    authorization = request.headers.get("authorization", "")
    return authorization.startswith("AWS4-HMAC") or "X-Amz-Credential=" in request.query_string
