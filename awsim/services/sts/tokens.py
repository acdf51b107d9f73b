"""GetSessionToken, GetFederationToken, GetDelegatedAccessToken, GetWebIdentityToken: tokens for one's own identity."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from awsim.context import RequestContext
from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.sts.endpoints import refuse_global_endpoint
from awsim.services.sts.errors import ValidationError, errors
from awsim.services.sts.mfa import check_mfa
from awsim.services.sts.models import StsStore, unique_id
from awsim.services.sts.session_policies import packed_policy_size, read_session_policies
from awsim.services.sts.session_tags import read_tags, session_tags
from awsim.services.sts.sessions import (
    NewSession,
    begin,
    is_session,
    refuse_limited_session,
    refuse_session_credentials,
)
from awsim.services.sts.web_identity_token import read_claims, write_token

_ROOT_SECONDS_MAX = 3_600
_PRINCIPAL_ARN = re.compile(r"arn:aws[a-z-]*:(?:iam|sts)::(\d{12}):(?:root|user/.+|role/.+|assumed-role/.+/.+)")
#: The algorithms of GetWebIdentityToken, and how many bytes their signatures have.
_SIGNATURE_BYTES = {"RS256": 256, "ES384": 96}
# Deviation: AWS does not tell how large a token's payload may be.
_PAYLOAD_BYTES_MAX = 8_192
_DELEGATED_SECONDS = 3_600


@aws_provider(api="sts")
class Tokens(ServiceProvider[StsStore]):
    service = "sts"
    store = StsStore

    def get_session_token(
        self,
        context: RequestContext[StsStore],
        *,
        duration_seconds: int = 43_200,
        serial_number: str | None = None,
        token_code: str | None = None,
        minimum_session_token_size: int = 0,
    ) -> dict[str, Any]:
        refuse_session_credentials(context)
        caller = context.credentials
        session = NewSession(
            account_id=context.account_id,
            principal_arn=context.principal_arn,
            user_id=caller.user_id if caller else context.account_id,
            duration_seconds=_duration(context, duration_seconds),
            mfa_serial_number=check_mfa(serial_number, token_code),
        )
        return begin(context, session, minimum_session_token_size)

    def get_federation_token(
        self,
        context: RequestContext[StsStore],
        *,
        name: str,
        policy: str | None = None,
        policy_arns: Sequence[Mapping[str, Any]] = (),
        duration_seconds: int = 43_200,
        tags: Sequence[Mapping[str, Any]] = (),
        minimum_session_token_size: int = 0,
    ) -> dict[str, Any]:
        refuse_session_credentials(context)
        account_id = context.account_id
        session = NewSession(
            account_id=account_id,
            principal_arn=f"arn:{context.partition}:sts::{account_id}:federated-user/{name}",
            user_id=f"{account_id}:{name}",
            duration_seconds=_duration(context, duration_seconds),
            policies=read_session_policies(policy, policy_arns),
            tags=session_tags(read_tags(tags), ()),
        )
        # AWS: here the size is told even where there is nothing to pack, unlike in AssumeRole (recorded).
        packed = packed_policy_size(session.policies, session.tags.tags)
        return {
            **begin(context, session, minimum_session_token_size),
            "FederatedUser": {"FederatedUserId": session.user_id, "Arn": session.principal_arn},
            "PackedPolicySize": packed,
        }

    # Deviation: AWS's trade-in tokens are opaque and reach a product's provider by notification. Here one is a JSON web
    # token, signed or not, whose `sub` is the ARN of the principal to become and whose `exp` is when it expires.
    def get_delegated_access_token(self, context: RequestContext[StsStore], *, trade_in_token: str) -> dict[str, Any]:
        refuse_limited_session(context)
        account_id, principal_arn, expires_at = _read_trade_in_token(trade_in_token)
        if context.time() >= expires_at:
            raise errors.ExpiredTradeInTokenException(
                "The trade-in token provided in the request has expired and can no longer be exchanged for credentials."
            )
        session = NewSession(
            account_id=account_id,
            principal_arn=principal_arn,
            user_id=account_id if principal_arn.endswith(":root") else _user_id(principal_arn),
            duration_seconds=_DELEGATED_SECONDS,
        )
        return {
            "Credentials": begin(context, session)["Credentials"],
            "PackedPolicySize": 0,
            "AssumedPrincipal": principal_arn,
        }

    # Deviation: the account need not have outbound identity federation enabled, and the signature is noise: STS's keys
    # are published nowhere, so a token can be read but not verified.
    def get_web_identity_token(
        self,
        context: RequestContext[StsStore],
        *,
        audience: Sequence[str],
        signing_algorithm: str,
        duration_seconds: int = 300,
        tags: Sequence[Mapping[str, Any]] = (),
        scope: str | None = None,
        subject_mode: str = "AWSIdentity",
    ) -> dict[str, Any]:
        refuse_global_endpoint(context)
        refuse_limited_session(context)
        _check_subject(subject_mode, scope)
        signature_bytes = _SIGNATURE_BYTES.get(signing_algorithm)
        if signature_bytes is None:
            raise ValidationError(
                f"1 validation error detected: Value '{signing_algorithm}' at 'signingAlgorithm' failed to satisfy "
                "constraint: Member must satisfy enum value set: [RS256, ES384]"
            )
        issued_at = int(context.time())
        expires_at = issued_at + duration_seconds
        caller = context.credentials
        if caller is not None and caller.expiration is not None and expires_at > caller.expiration:
            raise errors.SessionDurationEscalationException(
                "The requested token duration would extend the session beyond its original expiration time."
            )
        claims = _claims(context, audience, read_tags(tags), issued_at, expires_at)
        key_id = f"{signing_algorithm[:2]}_{_account_uuid(context.account_id)[:8]}"
        header = {"kid": key_id, "typ": "JWT", "alg": signing_algorithm}
        token = write_token(header, claims, context.random.randbytes(signature_bytes))
        if len(token.split(".")[1]) > _PAYLOAD_BYTES_MAX:
            raise errors.JWTPayloadSizeExceededException(
                "The requested token payload size exceeds the maximum allowed size."
            )
        return {"WebIdentityToken": token, "Expiration": datetime.fromtimestamp(expires_at, timezone.utc)}


def _duration(context: RequestContext[StsStore], asked_seconds: int) -> int:
    """AWS: root users get an hour at most, silently."""
    # Deviation: a caller whose key is not of this Cloud counts as an IAM user here, though it is named as root.
    caller = context.credentials
    if caller is not None and caller.principal_arn.endswith(":root"):
        return min(asked_seconds, _ROOT_SECONDS_MAX)
    return asked_seconds


def _check_subject(mode: str, scope: str | None) -> None:
    # Deviation: no session here carries the context of trusted identity propagation, so that none has an origin to
    # name; the wordings are ours.
    if mode not in ("AWSIdentity", "OriginIdentity"):
        raise ValidationError(
            f"1 validation error detected: Value '{mode}' at 'subjectMode' failed to satisfy constraint: Member must "
            "satisfy enum value set: [AWSIdentity, OriginIdentity]"
        )
    if mode == "OriginIdentity":
        raise ValidationError("The session has no identity context with the key aws:OriginIdentity/Subject.")
    if scope is not None:
        raise ValidationError("Scope can be specified only when SubjectMode is OriginIdentity.")


def _claims(
    context: RequestContext[StsStore],
    audience: Sequence[str],
    request_tags: Mapping[str, str],
    issued_at: int,
    expires_at: int,
) -> dict[str, Any]:
    """The claims by the user guide on token claims."""
    caller = context.credentials
    session = context.store.sessions.get(context.access_key_id) if is_session(caller) else None
    nested: dict[str, Any] = {"aws_account": context.account_id, "source_region": context.region}
    if caller is not None and caller.session_tags:
        nested["principal_tags"] = dict(caller.session_tags)
    if request_tags:
        nested["request_tags"] = dict(request_tags)
    return {
        "iss": f"https://{_account_uuid(context.account_id)}.tokens.sts.global.api.aws",
        "aud": audience[0] if len(audience) == 1 else list(audience),
        # AWS: the role, not the session.
        "sub": (session.role_arn if session else "") or context.principal_arn,
        "iat": issued_at,
        "exp": expires_at,
        "jti": context.new_uuid(),
        "https://sts.amazonaws.com/": nested,
    }


def _account_uuid(account_id: str) -> str:
    digits = hashlib.sha256(f"web identity issuer of {account_id}".encode()).hexdigest()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32]))


def _read_trade_in_token(token: str) -> tuple[str, str, int]:
    """Account, principal and expiry of a trade-in token. Raises ValidationError."""
    try:
        claims = read_claims(token)
    except errors.InvalidIdentityTokenException:
        claims = {}
    principal_arn, expires_at = claims.get("sub"), claims.get("exp")
    if isinstance(principal_arn, str) and isinstance(expires_at, int) and principal_arn.isprintable():
        found = _PRINCIPAL_ARN.fullmatch(principal_arn)
        if found is not None:
            return found[1], principal_arn, expires_at
    raise ValidationError("The trade-in token provided in the request is invalid.")


def _user_id(principal_arn: str) -> str:
    """What GetCallerIdentity answers as UserId of a principal that is not a root user."""
    kind, _, name = principal_arn.rpartition(":")[2].partition("/")
    if kind == "user":
        return unique_id("AIDA", principal_arn)
    if kind == "role":
        return unique_id("AROA", principal_arn)
    role_name, _, session_name = name.rpartition("/")
    account_arn = principal_arn.rpartition(":")[0].replace(":sts:", ":iam:")
    return f"{unique_id('AROA', f'{account_arn}:role/{role_name}')}:{session_name}"
