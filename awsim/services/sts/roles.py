"""AssumeRole and AssumeRoot: credentials of another principal, for callers that have some already."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from awsim.context import RequestContext
from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.sts.endpoints import refuse_global_endpoint
from awsim.services.sts.errors import AccessDenied, ValidationError
from awsim.services.sts.mfa import check_mfa
from awsim.services.sts.models import RoleArn, StsStore
from awsim.services.sts.session_policies import read_session_policies
from awsim.services.sts.session_tags import read_tags, session_tags
from awsim.services.sts.sessions import NewSession, begin, is_session, refuse_limited_session

_CHAINED_SECONDS_MAX = 3_600
_CONTEXT_PROVIDER_ARN = re.compile(r"arn:aws[a-z-]*:iam::aws:contextProvider/\w+")
_TARGET = re.compile(r"(?:arn:aws[a-z-]*:iam::)?(\d{12})(?::root)?")
#: The policies that a root session can be given, by the API reference of AssumeRoot.
_TASK_POLICY_ARN = re.compile(
    r"arn:aws[a-z-]*:iam::aws:policy/root-task/(?:IAMAuditRootUserCredentials|IAMCreateRootUserPassword|"
    r"IAMDeleteRootUserCredentials|S3UnlockBucketPolicy|SQSUnlockQueuePolicy)"
)


@aws_provider(api="sts")
class Roles(ServiceProvider[StsStore]):
    service = "sts"
    store = StsStore
    identifiers = ("access_key",)

    # Deviation: IAM's roles are not asked. Any role that can exist can be assumed, by anybody (AWS: not by the root
    # user), for as long as the model allows, whatever the external id.
    def assume_role(
        self,
        context: RequestContext[StsStore],
        *,
        role_arn: str,
        role_session_name: str,
        policy_arns: Sequence[Mapping[str, Any]] = (),
        policy: str | None = None,
        duration_seconds: int = 3_600,
        tags: Sequence[Mapping[str, Any]] = (),
        transitive_tag_keys: Sequence[str] = (),
        external_id: str | None = None,
        serial_number: str | None = None,
        token_code: str | None = None,
        source_identity: str | None = None,
        provided_contexts: Sequence[Mapping[str, Any]] = (),
        minimum_session_token_size: int = 0,
    ) -> dict[str, Any]:
        refuse_limited_session(context)
        role = RoleArn.read(role_arn)
        if role is None or role.partition != context.partition:
            raise ValidationError(f"{role_arn} is invalid")
        caller = context.credentials
        # AWS: session tokens count as a link of the chain too, not roles alone.
        if is_session(caller) and duration_seconds > _CHAINED_SECONDS_MAX:
            raise ValidationError(
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
            )
        _check_contexts(provided_contexts)
        session = NewSession(
            account_id=role.account_id,
            principal_arn=role.session_arn(role_session_name),
            user_id=f"{role.role_id}:{role_session_name}",
            duration_seconds=duration_seconds,
            role_arn=role_arn,
            policies=read_session_policies(policy, policy_arns),
            tags=session_tags(read_tags(tags), transitive_tag_keys, caller),
            source_identity=_source_identity(context, source_identity, role_arn),
            mfa_serial_number=check_mfa(serial_number, token_code),
        )
        packed_policy_size = session.packed_policy_size
        return {
            **begin(context, session, minimum_session_token_size),
            "AssumedRoleUser": {"AssumedRoleId": session.user_id, "Arn": session.principal_arn},
            "PackedPolicySize": packed_policy_size,
            "SourceIdentity": session.source_identity or None,
        }

    # Deviation: Organizations is not asked. Any account can be the target, of any caller (AWS: of the management
    # account or a delegated administrator, and not as its root user).
    def assume_root(
        self,
        context: RequestContext[StsStore],
        *,
        target_principal: str,
        task_policy_arn: Mapping[str, Any],
        duration_seconds: int = 900,
        minimum_session_token_size: int = 0,
    ) -> dict[str, Any]:
        refuse_global_endpoint(context)
        refuse_limited_session(context)
        target = _TARGET.fullmatch(target_principal)
        if target is None:
            raise ValidationError(f"{target_principal} is invalid")
        policy_arn = task_policy_arn.get("arn", "")
        if not _TASK_POLICY_ARN.fullmatch(policy_arn):
            raise ValidationError(f"{policy_arn} is invalid")
        account_id = target[1]
        source_identity = context.credentials.source_identity if context.credentials else ""
        session = NewSession(
            account_id=account_id,
            # AWS: the user guide on tracking privileged tasks shows this ARN, and the account as principal id.
            principal_arn=f"arn:{context.partition}:sts::{account_id}:assumed-root",
            user_id=account_id,
            duration_seconds=duration_seconds,
            policies=read_session_policies(None, [task_policy_arn]),
            source_identity=source_identity,
        )
        return {**begin(context, session, minimum_session_token_size), "SourceIdentity": source_identity or None}


def _source_identity(context: RequestContext[StsStore], asked: str | None, role_arn: str) -> str:
    """AWS: once set it stays for the whole chain; to set another is refused like a permission that is missing."""
    present = context.credentials.source_identity if context.credentials else ""
    if asked and present and asked != present:
        raise AccessDenied(
            f"User: {context.principal_arn} is not authorized to perform: sts:SetSourceIdentity on resource: {role_arn}"
        )
    return present or asked or ""


def _check_contexts(contexts: Sequence[Mapping[str, Any]]) -> None:
    # Deviation: what a trusted provider asserts is encrypted by STS itself, and is taken as it comes.
    for provided in contexts:
        arn = provided.get("ProviderArn", "")
        if not _CONTEXT_PROVIDER_ARN.fullmatch(arn):
            raise ValidationError(f"{arn} is invalid")
