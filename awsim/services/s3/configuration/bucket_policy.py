"""The policies of buckets. Whom they let in is decided elsewhere (:mod:`awsim.services.s3.access`)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from awsim.aws.policy.publicness import policy_is_public
from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.answers import answer_with
from awsim.services.s3.configuration.errors import NoSuchBucketPolicy
from awsim.services.s3.configuration.policy_document import parse_policy
from awsim.services.s3.configuration.public_blocks import blocks, prevented
from awsim.services.s3.configuration.schema import NO_CONTENT
from awsim.services.s3.errors import AccessDenied
from awsim.services.s3.lookup import find_bucket
from awsim.services.s3.models import S3Store

if TYPE_CHECKING:
    from awsim.context import RequestContext


@aws_provider(api="s3")
class BucketPolicy(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store

    def put_bucket_policy(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        policy: str,
        expected_bucket_owner: str | None = None,
        # An account's root user is never locked out, so there is nothing to confirm.
        confirm_remove_self_bucket_access: bool = False,
        **checked: Any,
    ) -> None:
        found = find_bucket(context, bucket, expected_bucket_owner)
        document = parse_policy(policy, found.arn(context.partition))
        if found.zone is not None and policy_is_public(document):
            raise AccessDenied  # AWS: public access to directory buckets is blocked for good (User Guide).
        if policy_is_public(document) and blocks(context, found, "BlockPublicPolicy"):
            raise prevented(context, found.name, "BlockPublicPolicy")
        found.configuration.policy = policy
        answer_with(context, {}, NO_CONTENT)

    def get_bucket_policy(
        self, context: RequestContext[S3Store], *, bucket: str, expected_bucket_owner: str | None = None
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        if found.configuration.policy is None:
            raise NoSuchBucketPolicy(found.name)
        return {"Policy": found.configuration.policy}

    def get_bucket_policy_status(
        self, context: RequestContext[S3Store], *, bucket: str, expected_bucket_owner: str | None = None
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        if found.configuration.policy is None:
            raise NoSuchBucketPolicy(found.name)
        return {"PolicyStatus": {"IsPublic": policy_is_public(json.loads(found.configuration.policy))}}

    def delete_bucket_policy(
        self, context: RequestContext[S3Store], *, bucket: str, expected_bucket_owner: str | None = None
    ) -> None:
        find_bucket(context, bucket, expected_bucket_owner).configuration.policy = None
