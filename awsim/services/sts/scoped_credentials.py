"""GetScopedCredentials: a session narrowed by a policy, or cut short, that stays the same identity."""

from __future__ import annotations

from typing import Any

from awsim.context import RequestContext
from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.sts.endpoints import refuse_global_endpoint
from awsim.services.sts.errors import AccessDenied, ValidationError, errors
from awsim.services.sts.models import StsStore
from awsim.services.sts.session_policies import read_session_policies
from awsim.services.sts.session_tags import SessionTags
from awsim.services.sts.sessions import NewSession, begin, is_session

#: AWS: "A maximum of 3 scope down policy layers are allowed per session" (API reference).
_LAYERS_MAX = 3


@aws_provider(api="sts")
class ScopedCredentials(ServiceProvider[StsStore]):
    service = "sts"
    store = StsStore

    # Deviation: that calls are refused is documented, how is not; these wordings are ours.
    def get_scoped_credentials(
        self,
        context: RequestContext[StsStore],
        *,
        policy: str | None = None,
        duration_seconds: int | None = None,
        minimum_session_token_size: int = 0,
        scoped_session_description: str | None = None,
    ) -> dict[str, Any]:
        refuse_global_endpoint(context)
        caller = context.credentials
        if caller is None or not is_session(caller):
            raise AccessDenied("Cannot call GetScopedCredentials with long-term credentials")
        calling = context.store.sessions.get(caller.access_key_id)
        if calling is None or caller.expiration is None:
            raise errors.InvalidSubjectCredentialsException("The calling session could not be resolved.")
        if policy is None and duration_seconds is None:
            raise ValidationError("At least one of Policy or DurationSeconds must be specified.")
        if policy is not None and len(calling.scope_policies) >= _LAYERS_MAX:
            raise AccessDenied(f"A session can have at most {_LAYERS_MAX} scope down policies")
        seconds_left = int(caller.expiration) - int(context.time())
        if duration_seconds is not None and duration_seconds > seconds_left:
            raise errors.InsufficientSessionLifetimeException(
                "The requested DurationSeconds exceeds the remaining lifetime of the calling session."
            )
        narrowed = read_session_policies(policy, ())
        session = NewSession(
            account_id=caller.account_id,
            principal_arn=caller.principal_arn,
            user_id=caller.user_id,
            duration_seconds=seconds_left if duration_seconds is None else duration_seconds,
            role_arn=calling.role_arn,
            policies=narrowed,
            tags=SessionTags(caller.session_tags, caller.transitive_tag_keys),
            source_identity=caller.source_identity,
            mfa_serial_number=calling.mfa_serial_number,
        )
        answer = begin(context, session, minimum_session_token_size)
        scoped = context.store.sessions[answer["Credentials"]["AccessKeyId"]]
        scoped.scope_policies = [*calling.scope_policies, *([policy] if policy is not None else [])]
        scoped.policy, scoped.policy_arns = calling.policy, list(calling.policy_arns)
        scoped.operation_name = calling.operation_name
        return {
            **answer,
            "SessionInfo": {"ScopedSessionId": caller.user_id, "Arn": caller.principal_arn},
            "ScopedPoliciesCount": len(scoped.scope_policies),
            "SourceIdentity": caller.source_identity or None,
        }
