"""Server access logs on their way: what was answered is written down, and every hour put into the bucket for logs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from awsim.aws.policy.documents import parse_document
from awsim.aws.policy.evaluation import Request, Verdict, evaluate
from awsim.aws.policy.principals import Principal
from awsim.services.s3.configuration.access_log import log_key, log_line
from awsim.services.s3.configuration.grants import LOG_DELIVERY

if TYPE_CHECKING:
    from awsim.context import RequestContext
    from awsim.protocol.http import Response
    from awsim.services.s3.models import Bucket, S3Store

_HOUR_SECONDS = 3_600
_DAY_SECONDS = 86_400
_PRINCIPAL = Principal(service="logging.s3.amazonaws.com")


def write_down(context: RequestContext[S3Store], bucket: Bucket) -> None:
    """See to it that the answer of this call is logged. For buckets that log alone."""

    def add(response: Response) -> None:
        now = context.time()
        if not bucket.configuration.log_lines:
            seconds = _HOUR_SECONDS - now % _HOUR_SECONDS
            context.schedule(seconds, "deliver_access_log", bucket=bucket.name, created_at=bucket.created_at)
        bucket.configuration.log_lines.append((now, log_line(context, bucket, response)))

    context.on_answer = add


# Deviation: AWS delivers within some hours; here a log is there at the next full hour.
def deliver(context: RequestContext[S3Store], bucket: Bucket) -> None:
    """Put what was written down of a bucket's requests where its configuration says, if that lets logs in."""
    lines, bucket.configuration.log_lines = bucket.configuration.log_lines, []
    logging = bucket.configuration.logging
    target = context.store.buckets.get(logging["TargetBucket"]) if logging is not None else None
    if logging is None or target is None:
        return
    by_day: dict[float, list[tuple[float, str]]] = {}
    partitioned = logging.get("TargetObjectKeyFormat", {}).get("PartitionedPrefix", {})
    for moment, line in lines:
        # AWS: a log of EventTime has requests of one day alone (API reference of PartitionedPrefix).
        day = moment // _DAY_SECONDS if partitioned.get("PartitionDateSource") == "EventTime" else 0
        by_day.setdefault(day, []).append((moment, line))
    client = context.client("s3", region=target.region, account_id=target.account_id)
    for found in by_day.values():
        unique = f"{context.random.getrandbits(64):016X}"
        key = log_key(logging, bucket, found[0][0], context.time(), unique)
        if _lets_logs_in(context, bucket, target, key):
            body = "".join(f"{line}\n" for _, line in found).encode()
            client.put_object(Bucket=target.name, Key=key, Body=body, ContentType="text/plain")


def _lets_logs_in(context: RequestContext[S3Store], bucket: Bucket, target: Bucket, key: str) -> bool:
    """Whether the bucket for logs lets them in (User Guide, "Enabling Amazon S3 server access logging")."""
    grants = target.configuration.grants or ()
    by_acl = not target.configuration.acls_disabled and any(
        grant["Grantee"].get("URI") == LOG_DELIVERY and grant["Permission"] in ("WRITE", "FULL_CONTROL")
        for grant in grants
    )
    policy = target.configuration.policy
    if policy is None:
        return by_acl
    values: dict[str, Any] = {
        "aws:sourcearn": bucket.arn(context.partition),
        "aws:sourceaccount": bucket.account_id,
        "aws:principalisawsservice": True,
        "aws:securetransport": True,
        "aws:resourceaccount": target.account_id,
        "s3:resourceaccount": target.account_id,
    }
    resource = f"{target.arn(context.partition)}/{key}"
    request = Request(principal=_PRINCIPAL, action="s3:PutObject", resource=resource, values=values)
    verdict = evaluate(parse_document(policy), request)
    return verdict is Verdict.ALLOWED or (by_acl and verdict is not Verdict.DENIED)
