"""That callers ask for their own account. AWS: others' are closed to everyone but their delegates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from awsim.services.s3control.errors import AccessDenied

if TYPE_CHECKING:
    from awsim.context import RequestContext


def check_account(context: RequestContext[Any], account_id: str) -> None:
    """Raise AccessDenied where an account is not the caller's."""
    if account_id != context.account_id:
        raise AccessDenied
