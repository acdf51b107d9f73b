"""Sessions: makes temporary credentials, and lets the Cloud know whom they stand for.

Does not decide who gets them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

import attrs

from awsim.aws.credentials import Credentials, CredentialStore, access_key_id
from awsim.context import RequestContext
from awsim.services.sts.errors import AccessDenied
from awsim.services.sts.models import Session, StsStore
from awsim.services.sts.session_policies import SessionPolicies, packed_policy_size
from awsim.services.sts.session_tags import SessionTags

#: The most that a session token may be asked to be, and so what SessionTokenUtilization is a percentage of.
_SESSION_TOKEN_BYTES_MAX = 4_096
#: What regional tokens of AWS begin with: in base64, "IQoJb3JpZ2luX2Vj".
_SESSION_TOKEN_HEAD = b"\x21\x0a\x09origin_ec"
_NOISE_BYTES = 288


@attrs.frozen(kw_only=True)
class NewSession:
    """What a session shall be. ``user_id`` and ``principal_arn`` are what GetCallerIdentity will answer."""

    account_id: str
    principal_arn: str
    user_id: str
    duration_seconds: int
    role_arn: str = ""
    policies: SessionPolicies = attrs.Factory(SessionPolicies)
    tags: SessionTags = attrs.Factory(SessionTags)
    source_identity: str = ""
    mfa_serial_number: str = ""

    @property
    def packed_policy_size(self) -> int | None:
        """In percent; None where there is nothing to pack. AWS: the member is then left out."""
        percent = packed_policy_size(self.policies, self.tags.tags)
        return percent or None


def begin(
    context: RequestContext[StsStore], session: NewSession, minimum_session_token_size: int = 0
) -> dict[str, Any]:
    """Begin a session: the members Credentials, SessionTokenSize (bytes) and SessionTokenUtilization (percent)."""
    assert context.operation is not None
    random = context.random
    expiration = int(context.time()) + session.duration_seconds
    token = _session_token(session, random.randbytes(_NOISE_BYTES), minimum_session_token_size)
    credentials = Credentials(
        access_key_id=context.identifier(
            "access_key", lambda: access_key_id("ASIA", session.account_id, random.getrandbits(64))
        ),
        secret_access_key=base64.b64encode(random.randbytes(30)).decode(),
        account_id=session.account_id,
        principal_arn=session.principal_arn,
        user_id=session.user_id,
        session_token=token,
        expiration=float(expiration),
        session_tags=session.tags.tags,
        transitive_tag_keys=session.tags.transitive_keys,
        source_identity=session.source_identity,
    )
    context.cloud.store(CredentialStore, "", context.region).keys[credentials.access_key_id] = credentials
    context.store.sessions[credentials.access_key_id] = Session(
        context.operation.name,
        session.role_arn,
        session.policies.policy,
        session.policies.policy_arns,
        session.mfa_serial_number,
    )
    return {
        "Credentials": {
            "AccessKeyId": credentials.access_key_id,
            "SecretAccessKey": credentials.secret_access_key,
            "SessionToken": token,
            "Expiration": datetime.fromtimestamp(expiration, timezone.utc),
        },
        "SessionTokenSize": len(token),
        "SessionTokenUtilization": min(100, -(-len(token) * 100 // _SESSION_TOKEN_BYTES_MAX)),
    }


def _session_token(session: NewSession, noise: bytes, minimum_bytes: int) -> str:
    """AWS: tokens are opaque and of no fixed size; what narrows a session and its tags make them longer."""
    policies = session.policies
    contents: Mapping[str, Any] = {"p": policies.policy, "a": policies.policy_arns, "t": session.tags.tags}
    raw = _SESSION_TOKEN_HEAD + noise + json.dumps(contents, separators=(",", ":")).encode()
    missing = -(-minimum_bytes * 3 // 4) - len(raw)
    return base64.b64encode(raw + (noise * (missing // len(noise) + 1))[: max(missing, 0)]).decode()


def refuse_limited_session(context: RequestContext[StsStore]) -> None:
    """Raise AccessDenied where the caller's temporary credentials are not good for this operation of STS.

    AWS: federated users may ask who they are and nothing else; those with a session token may also assume roles.
    """
    session = context.store.sessions.get(context.access_key_id) if context.access_key_id else None
    if session is None or session.operation_name not in ("GetFederationToken", "GetSessionToken"):
        return
    assert context.operation is not None
    name = context.operation.name
    if session.operation_name == "GetFederationToken" or name != "AssumeRole":
        # Deviation: the limits are documented, their wording is not; this is AWS's common one.
        raise AccessDenied(f"User: {context.principal_arn} is not authorized to perform: sts:{name}")


def refuse_session_credentials(context: RequestContext[StsStore]) -> None:
    """Raise AccessDenied for an operation that wants long-term credentials, where the caller has temporary ones."""
    if is_session(context.credentials):
        assert context.operation is not None
        raise AccessDenied(f"Cannot call {context.operation.name} with session credentials")


def is_session(credentials: Credentials | None) -> bool:
    """Whether these are temporary credentials."""
    return credentials is not None and bool(credentials.session_token)
