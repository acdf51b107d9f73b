"""AssumeRoleWithSAML and AssumeRoleWithWebIdentity: roles for those whom another identity provider vouches for.

Both come unsigned: the assertion or token is the only proof.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from awsim.context import RequestContext
from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.sts.errors import AccessDenied, ValidationError, errors
from awsim.services.sts.models import RoleArn, SamlProviderArn, StsStore
from awsim.services.sts.saml import Assertion, read_assertion
from awsim.services.sts.session_policies import read_session_policies
from awsim.services.sts.session_tags import session_tags
from awsim.services.sts.sessions import NewSession, begin
from awsim.services.sts.web_identity_token import WebIdentity, read_web_identity

_REDEEM_SECONDS = 300
#: The providers of OAuth 2.0 access tokens, by the API reference of AssumeRoleWithWebIdentity.
_OAUTH_PROVIDERS = ("www.amazon.com", "graph.facebook.com")
#: AWS: the issuers that it trusts without an OpenID Connect provider in IAM.
_BUILT_IN_ISSUERS = ("accounts.google.com", "cognito-identity.amazonaws.com")


@aws_provider(api="sts")
class Federation(ServiceProvider[StsStore]):
    service = "sts"
    store = StsStore

    # Deviation: the provider's metadata and the role's trust policy are not asked; the assertion's own words count.
    def assume_role_with_saml(
        self,
        context: RequestContext[StsStore],
        *,
        role_arn: str,
        principal_arn: str,
        saml_assertion: str,
        policy_arns: Sequence[Mapping[str, Any]] = (),
        policy: str | None = None,
        duration_seconds: int = 3_600,
        minimum_session_token_size: int = 0,
    ) -> dict[str, Any]:
        role, provider = _role(context, role_arn), SamlProviderArn.read(principal_arn)
        if provider is None or provider.partition != role.partition:
            raise ValidationError("Request ARN is invalid")
        policies = read_session_policies(policy, policy_arns)
        assertion = read_assertion(saml_assertion)
        now = context.time()
        _check_fresh(assertion, now)
        if not assertion.allows(role_arn, principal_arn):
            raise AccessDenied("Not authorized to perform sts:AssumeRoleWithSAML")
        session_name = assertion.role_session_name
        if assertion.session_not_on_or_after is not None:
            duration_seconds = min(duration_seconds, int(assertion.session_not_on_or_after - now))
        # AWS: the attribute SessionDuration counts for sessions in the console alone, so it has no part here.
        session = NewSession(
            account_id=role.account_id,
            principal_arn=role.session_arn(session_name),
            user_id=f"{role.role_id}:{session_name}",
            duration_seconds=duration_seconds,
            role_arn=role_arn,
            policies=policies,
            tags=session_tags(assertion.tags, assertion.transitive_tag_keys),
            source_identity=assertion.source_identity,
        )
        packed_policy_size = session.packed_policy_size
        return {
            **begin(context, session, minimum_session_token_size),
            "AssumedRoleUser": {"AssumedRoleId": session.user_id, "Arn": session.principal_arn},
            "PackedPolicySize": packed_policy_size,
            "Subject": assertion.subject,
            "SubjectType": assertion.subject_type,
            "Issuer": assertion.issuer,
            "Audience": assertion.recipient,
            "NameQualifier": _name_qualifier(assertion, provider),
            "SourceIdentity": session.source_identity or None,
        }

    # Deviation: no identity provider is asked, and the role's trust policy is not either.
    def assume_role_with_web_identity(
        self,
        context: RequestContext[StsStore],
        *,
        role_arn: str,
        role_session_name: str,
        web_identity_token: str,
        provider_id: str | None = None,
        policy_arns: Sequence[Mapping[str, Any]] = (),
        policy: str | None = None,
        duration_seconds: int = 3_600,
        minimum_session_token_size: int = 0,
    ) -> dict[str, Any]:
        role = _role(context, role_arn)
        policies = read_session_policies(policy, policy_arns)
        now = int(context.time())
        identity = _web_identity(web_identity_token, provider_id, now)
        if now >= identity.expires_at:
            raise errors.ExpiredTokenException(
                f"Token expired: current date/time {now} must be before the expiration date/time {identity.expires_at}"
            )
        session = NewSession(
            account_id=role.account_id,
            principal_arn=role.session_arn(role_session_name),
            user_id=f"{role.role_id}:{role_session_name}",
            duration_seconds=duration_seconds,
            role_arn=role_arn,
            policies=policies,
            tags=session_tags(identity.tags, identity.transitive_tag_keys),
            source_identity=identity.source_identity,
        )
        packed_policy_size = session.packed_policy_size
        return {
            **begin(context, session, minimum_session_token_size),
            "SubjectFromWebIdentityToken": identity.subject,
            "AssumedRoleUser": {"AssumedRoleId": session.user_id, "Arn": session.principal_arn},
            "PackedPolicySize": packed_policy_size,
            "Provider": provider_id or _provider(identity, role),
            "Audience": identity.audience,
            "SourceIdentity": session.source_identity or None,
        }


def _role(context: RequestContext[StsStore], role_arn: str) -> RoleArn:
    role = RoleArn.read(role_arn)
    if role is None or role.partition != context.partition:
        raise ValidationError("Request ARN is invalid")
    return role


def _check_fresh(assertion: Assertion, now: float) -> None:
    too_old = assertion.issued_at is not None and now >= assertion.issued_at + _REDEEM_SECONDS
    passed = (assertion.not_on_or_after, assertion.session_not_on_or_after)
    if too_old or any(moment is not None and now >= moment for moment in passed):
        raise errors.ExpiredTokenException("Token must be redeemed within 5 minutes of issuance")


def _name_qualifier(assertion: Assertion, provider: SamlProviderArn) -> str:
    """AWS: ``BASE64 ( SHA1 ( "https://example.com/saml" + "123456789012" + "/MySAMLIdP" ) )`` (API reference)."""
    text = f"{assertion.issuer}{provider.account_id}/{provider.name}"
    return base64.b64encode(hashlib.sha1(text.encode(), usedforsecurity=False).digest()).decode()


def _web_identity(token: str, provider_id: str | None, now: int) -> WebIdentity:
    if provider_id is None:
        return read_web_identity(token)
    if provider_id not in _OAUTH_PROVIDERS:
        raise ValidationError(f"{provider_id} is invalid")
    # Deviation: an access token is opaque and its provider is not asked, so the subject is derived from the token.
    subject = hashlib.sha256(token.encode()).hexdigest()[:32]
    return WebIdentity(provider_id, subject, f"client.{provider_id}", now + 1)


def _provider(identity: WebIdentity, role: RoleArn) -> str:
    """AWS: the ARN of the OpenID Connect provider in IAM, though the API reference says the issuer; the issuer alone
    where no such provider is needed."""
    issuer = identity.issuer.partition("://")[2] or identity.issuer
    if issuer in _BUILT_IN_ISSUERS:
        return issuer
    return f"arn:{role.partition}:iam::{role.account_id}:oidc-provider/{issuer}"
