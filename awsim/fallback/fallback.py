"""A Cloud's fallback: calls of what awsim does not simulate, answered by moto on behalf of the Cloud.

Owns which calls those are and what becomes of the answer. It stands in the gateway's chain in the place of dispatch, so
that such calls are routed, checked, struck by faults and recorded as all others are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.errors import NotSimulatedError, ServiceException
from awsim.fallback import moto_call
from awsim.fallback.choice import ALL
from awsim.fallback.mirror import LOOKS_INTO, Mirrored
from awsim.fallback.moto_time import bring_time
from awsim.fallback.moto_world import MotoWorld
from awsim.fallback.notices import notice
from awsim.fallback.offered import may_fall_back
from awsim.fallback.wire_request import addressed_to_aws, request_of
from awsim.gateway import handlers
from awsim.protocol.http import Request, Response

if TYPE_CHECKING:
    from awsim.cloud import Cloud
    from awsim.context import RequestContext
    from awsim.gateway.chain import HandlerChain

#: The name under which calls show that moto answered them.
TIER = "moto"
_SPLIT = (
    " The fallback moto is not asked for it: what it made of {0} awsim's {0} would not see, and the other way round."
)


class Fallback:
    """What answers a Cloud's calls that no provider does."""

    def __init__(self, cloud: Cloud) -> None:
        moto_call.check_installed()
        self._cloud = cloud
        #: What moto has made for this Cloud; None before the first call.
        self.world: MotoWorld | None = None

    def validate(self, chain: HandlerChain, context: RequestContext[Any], response: Response) -> None:
        """In the place of the check against the model: what moto answers is moto's to check, so that a suite that
        passes with moto passes with the fallback."""
        if not self.takes(context):
            handlers.validate(chain, context, response)

    def dispatch(self, chain: HandlerChain, context: RequestContext[Any], response: Response) -> None:
        """As the last request handler: the provider's answer where there is one, else moto's."""
        if not self.takes(context):
            handlers.dispatch(chain, context, response)
            return
        assert context.operation is not None
        context.tier = TIER
        notice(context.service_name, context.operation.name)
        if context.request is not None:
            self._fill(context, response)
        else:
            context.service_response = self._answer_service(context)

    def is_chosen(self, service_name: str) -> bool:
        """Whether a service's calls may fall back."""
        chosen = self._cloud.settings.fallback
        return service_name in chosen or ALL in chosen

    def takes(self, context: RequestContext[Any]) -> bool:
        """Whether moto answers a call."""
        name = context.service_name
        if not self.is_chosen(name):
            return False
        assert context.operation is not None
        operation_name = context.operation.name
        service = self._cloud.services.get_service(name)
        if service is None or service.skeleton is None:
            return True
        if operation_name in service.skeleton.bindings:
            return False
        if may_fall_back(name, operation_name, is_simulated=bool(service.skeleton.bindings)):
            return True
        raise NotSimulatedError(name, operation_name, hint=_SPLIT.format(name))

    def _fill(self, context: RequestContext[Any], response: Response) -> None:
        answer = self._ask(context, context.request)
        if answer.status_code >= 400:
            context.service_exception = _exception(_parsed(context, answer))
        response.status_code, response.headers, response.body = answer.status_code, answer.headers, answer.body

    def _answer_service(self, context: RequestContext[Any]) -> Mapping[str, Any]:
        """The answer to a call that another service made, which was never written down."""
        assert context.operation is not None
        answer = self._ask(context, request_of(context.operation, context.service_request or {}, context.region))
        parsed = _parsed(context, answer)
        if answer.status_code >= 400:
            raise _exception(parsed)
        return parsed

    def _ask(self, context: RequestContext[Any], request: Request) -> Response:
        assert context.operation is not None
        with self._cloud.lock, self.entered():
            bring_time(self._cloud.clock.get_state())
            if context.service_name not in LOOKS_INTO:
                return self._moto_answer(context, request)
            with Mirrored(self._cloud, context):
                return self._moto_answer(context, request)

    def _moto_answer(self, context: RequestContext[Any], request: Request) -> Response:
        assert context.operation is not None
        return moto_call.answer(
            addressed_to_aws(request, context.service_name, context.region),
            context.service_name,
            context.operation.name,
            context.account_id,
            context.region,
        )

    def entered(self) -> MotoWorld:
        """This Cloud's state of moto's, in which moto works within a ``with`` block."""
        if self.world is None:
            self.world = MotoWorld(self._cloud)
        return self.world

    # -- state -------------------------------------------------------------------------------------------------------

    @property
    def is_empty(self) -> bool:
        """Whether moto has made nothing for this Cloud."""
        return self.world is None or self.world.is_empty

    def get_state(self) -> Any:
        """What moto has made, to keep; None where that is nothing. Raises MotoStateError where it cannot be copied."""
        return None if self.world is None or self.world.is_empty else self.world.copied_state()

    def set_state(self, state: Any) -> None:
        """Go back to what :meth:`get_state` gave."""
        if state is None:
            self.world = None
        else:
            self.world = MotoWorld(self._cloud)
            self.world.set_state(state)


def _parsed(context: RequestContext[Any], answer: Response) -> Mapping[str, Any]:
    from awsim.call import parsed_answer

    assert context.operation is not None
    return parsed_answer(context.operation, context.protocol, answer)


def _exception(parsed: Mapping[str, Any]) -> ServiceException:
    error = parsed.get("Error", {})
    metadata = parsed.get("ResponseMetadata", {})
    return ServiceException(
        str(error.get("Code") or "InternalFailure"),
        str(error.get("Message", "")),
        status_code=int(metadata.get("HTTPStatusCode", 400)),
    )
