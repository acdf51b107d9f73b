"""The endpoints of STS: the global one, which lacks what STS has learnt lately, and those of the regions."""

from __future__ import annotations

from awsim.context import RequestContext
from awsim.services.sts.errors import InvalidAction
from awsim.services.sts.models import StsStore

_GLOBAL_HOST = "sts.amazonaws.com"


def refuse_global_endpoint(context: RequestContext[StsStore]) -> None:
    """Raise InvalidAction for an operation that only the regions' endpoints have, sent to the global one."""
    # Deviation: that it is refused is documented, how is not; this is what the query protocol says of unknown actions.
    if context.request is not None and context.request.host == _GLOBAL_HOST:
        assert context.operation is not None
        assert context.service is not None
        name, version = context.operation.name, context.service.metadata["apiVersion"]
        raise InvalidAction(f"Could not find operation {name} for version {version}")
