"""What one call may see and ask: who calls, from where, for what, and the Cloud's state, time and chance.

A context is made at the edge, filled by the gateway's handlers and handed to the provider. It knows the Cloud; it must
not know protocols, the chain or any service.
"""

from __future__ import annotations

import base64
import binascii
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from awsim import spec
from awsim.aws.credentials import Credentials, CredentialStore
from awsim.aws.regions import partition_of
from awsim.errors import ServiceException
from awsim.protocol.http import Request, Response
from awsim.schedule import Due, Task
from awsim.stores import Store

if TYPE_CHECKING:
    from awsim.cloud import Cloud
    from awsim.connect import InternalClient
    from awsim.protocol.codec import OperationCodec
    from awsim.settings import Settings
    from awsim.spec import OperationModel, ServiceModel

S = TypeVar("S", bound=Store)

#: The tag with which a resource says its identifier itself; the convention of LocalStack's users.
CUSTOM_ID_TAG = "_custom_id_"
_NO_TAGS: Mapping[str, str] = {}


class RequestContext(Generic[S]):
    """One call on its way through the gateway.

    ``service_request`` are the input members by AWS's names once parsed; ``service_response`` the provider's answer;
    ``service_exception`` the AWS error instead of one. ``in_process`` is true when the caller is Python code of this
    process, who then gets awsim's own errors as exceptions rather than as HTTP answers.
    """

    __slots__ = (
        "_credentials",
        "_credentials_known",
        "_partition",
        "_store",
        "access_key_id",
        "account_id",
        "answer_headers",
        "answer_status",
        "cloud",
        "codec",
        "in_process",
        "on_answer",
        "operation",
        "origin",
        "protocol",
        "region",
        "request",
        "request_id",
        "service",
        "service_exception",
        "service_name",
        "service_principal",
        "service_request",
        "service_response",
        "source_arn",
        "store_class",
        "tier",
    )

    def __init__(self, cloud: Cloud, request: Request | None = None, *, in_process: bool = False) -> None:
        self.cloud = cloud
        self.request: Request = request  # type: ignore[assignment]  # None only for calls between services, see connect
        self.in_process = in_process
        #: The request in whose place this one was forwarded, see :meth:`forward`.
        self.origin: Request | None = None
        self.service_name = ""
        self.service: ServiceModel | None = None
        self.operation: OperationModel | None = None
        self.protocol: str | None = None
        self.codec: OperationCodec | None = None
        self.access_key_id = ""
        self.account_id = ""
        self.region = ""
        self.request_id = ""
        self.service_request: Mapping[str, Any] | None = None
        self.service_response: Any = None
        self.service_exception: ServiceException | None = None
        #: What the answer says beyond its members, where the model has none for it: headers, be it an error, and the
        #: status of a success (S3's 206 for part of an object).
        self.answer_headers: dict[str, str] = {}
        self.answer_status: int | None = None
        #: Called with the whole answer to a request, be it an error, for providers that write down what was answered.
        self.on_answer: Callable[[Response], None] | None = None
        #: For calls between services: the resource and the service on whose behalf it is made.
        self.source_arn = ""
        self.service_principal = ""
        self.store_class: type[Store] | None = None
        #: Where the answer comes from: a provider (``simulated``), the test itself (``canned``), or elsewhere.
        self.tier = "simulated"
        self._store: Store | None = None
        self._partition: str | None = None
        self._credentials: Credentials | None = None
        self._credentials_known = False

    # -- who calls, from where ---------------------------------------------------------------------------------------

    @property
    def partition(self) -> str:
        """The partition of the call's region: ``aws``, ``aws-cn``, …"""
        if self._partition is None:
            self._partition = partition_of(self.region)
        return self._partition

    @property
    def credentials(self) -> Credentials | None:
        """What the Cloud knows of the caller's access key; None for keys that it did not hand out."""
        if not self._credentials_known:
            self._credentials_known = True
            if self.access_key_id:
                store = self.cloud.store(CredentialStore, self.account_id, self.region)
                self._credentials = store.keys.get(self.access_key_id)
        return self._credentials

    @property
    def principal_arn(self) -> str:
        """The ARN of the caller; the account's root user where the access key says nothing else."""
        credentials = self.credentials
        return credentials.principal_arn if credentials else f"arn:{self.partition}:iam::{self.account_id}:root"

    def secret_of(self, access_key_id: str) -> str | None:
        """The secret of an access key that the Cloud handed out; None for any other."""
        credentials = self.cloud.store(CredentialStore, self.account_id, self.region).keys.get(access_key_id)
        return credentials.secret_access_key if credentials is not None else None

    # -- state -------------------------------------------------------------------------------------------------------

    @property
    def store(self) -> S:
        """The service's store for the caller's account and region."""
        store = self._store
        if store is None:
            if self.store_class is None:
                raise TypeError(f"the provider of {self.service_name} declares no store")
            store = self._store = self.cloud.store(self.store_class, self.account_id, self.region)
        return store  # type: ignore[return-value]  # store_class is the provider's own, of type S

    def store_for(self, *, account_id: str | None = None, region: str | None = None) -> S:
        """The service's store for another account or region."""
        if self.store_class is None:
            raise TypeError(f"the provider of {self.service_name} declares no store")
        return self.cloud.store(  # type: ignore[return-value]  # store_class is the provider's own
            self.store_class, account_id or self.account_id, region or self.region
        )

    @property
    def settings(self) -> Settings:
        """The Cloud's settings."""
        return self.cloud.settings

    # -- time, ids, chance -------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        """AWS's time, an aware datetime in UTC."""
        return self.cloud.clock.now()

    def time(self) -> float:
        """AWS's time in epoch seconds."""
        return self.cloud.clock.time()

    def new_uuid(self) -> str:
        """A version 4 UUID."""
        return self.cloud.ids.uuid()

    def new_id(self, prefix: str, length: int = 17) -> str:
        """An identifier like ``vpc-0a1b2c3d4e5f60718``."""
        return self.cloud.ids.new_id(prefix, length)

    def identifier(self, kind: str, generate: Callable[[], str], tags: Mapping[str, str] = _NO_TAGS) -> str:
        """The identifier of something new: the one that a test has chosen for its kind (``"message"``), or that its
        tag ``_custom_id_`` says, or a generated one."""
        ids = self.cloud.ids
        chosen = ids.take_chosen(f"{self.service_name}.{kind}") if ids.has_chosen else None
        return chosen or tags.get(CUSTOM_ID_TAG) or generate()

    def chance_of(self, purpose: str) -> random.Random:
        """A seeded source of chance of its own: what is drawn from it changes no identifier."""
        return self.cloud.ids.chance_of(purpose)

    @property
    def random(self) -> random.Random:
        """The Cloud's seeded source of chance."""
        return self.cloud.ids.random

    # -- names -------------------------------------------------------------------------------------------------------

    def arn(self, resource: str, *, service: str | None = None, region: str | None = None) -> str:
        """An ARN in the caller's partition, region and account. ``region=""`` for global resources."""
        service = service or self.service_name
        region = self.region if region is None else region
        return f"arn:{self.partition}:{service}:{region}:{self.account_id}:{resource}"

    # -- states on their way -----------------------------------------------------------------------------------------

    def begin_transition(self, kind: str, arn: str, state: str, then: str = "", **payload: Any) -> bool:
        """Whether a resource of a kind (``"table"``) now passes through a state (``"CREATING"``), because a test asked
        for it; if not, it settles at once, and the caller does so. At the end, where ``then`` is given, the provider's
        method ``then(context, **payload)`` runs."""
        transitions = self.cloud.known_transitions
        if transitions is None:
            return False
        task = Task(self.service_name, then, self.account_id, self.region, payload) if then else None
        return transitions.begin(self._transition_store(), f"{self.service_name}.{kind}", arn, state, task)

    def transitional_state(self, arn: str, *, look: bool = False) -> str | None:
        """The state through which a resource passes; None once it has settled. ``look`` for calls that show it."""
        transitions = self.cloud.known_transitions
        return None if transitions is None else transitions.state(self._transition_store(), arn, look=look)

    def _transition_store(self) -> Any:
        from awsim.transitions import TransitionStore

        return self.cloud.store(TransitionStore, self.account_id, self.region)

    # -- answers in pages --------------------------------------------------------------------------------------------

    def page(self, result_key: str, items: Sequence[Any], *, limit: int | None = None) -> dict[str, Any]:
        """One page of ``items`` under ``result_key``, and the token of the next, by the caller's limit and token.

        Their members' names come from botocore's paginator of the operation. ``limit`` is the page size when the
        caller gives none, and the most that a caller gets. Raises ServiceException for a token that is none of ours.
        """
        assert self.operation is not None
        assert self.service_request is not None
        paginator = spec.paginators(self.service_name)[self.operation.name]
        token_member, limit_member = _only(paginator["input_token"]), paginator.get("limit_key")
        start = 0
        token = self.service_request.get(token_member)
        if token:
            start = self._page_start(token, token_member)
        asked = self.service_request.get(limit_member) if limit_member else None
        size = min(filter(None, (asked, limit)), default=len(items))
        end = start + size
        page: dict[str, Any] = {result_key: items[start:end]}
        if end < len(items):
            text = f"{self.service_name}.{self.operation.name}:{end}"
            page[_only(paginator["output_token"])] = base64.b64encode(text.encode()).decode()
        return page

    def _page_start(self, token: str, member: str) -> int:
        assert self.operation is not None
        try:
            name, _, start = base64.b64decode(token, validate=True).decode().rpartition(":")
            if name == f"{self.service_name}.{self.operation.name}":
                return int(start)
        except (binascii.Error, ValueError):
            pass
        raise ServiceException("InvalidParameterValue", f"Invalid or expired {member}.")

    # -- other services, later work, waiting -------------------------------------------------------------------------

    def client(
        self, service_name: str, *, region: str | None = None, account_id: str | None = None, source_arn: str = ""
    ) -> InternalClient:
        """Another service, called through the gateway in boto3's spelling, on behalf of this one."""
        from awsim.connect import InternalClient

        return InternalClient(
            self.cloud,
            service_name,
            region=region or self.region,
            account_id=account_id or self.account_id,
            source_arn=source_arn,
            service_principal=f"{self.service_name}.amazonaws.com",
        )

    def is_answered(self, service_name: str) -> bool:
        """Whether calls of another service are answered in this Cloud, by a provider or a fallback."""
        cloud = self.cloud
        enabled = cloud.settings.services
        if enabled is not None and service_name not in enabled:
            return False
        fallback = cloud.fallback is not None and cloud.fallback.is_chosen(service_name)
        return fallback or cloud.services.get_service(service_name) is not None

    def forward(self, request: Request) -> Response:
        """Answer a request that stands for this one, as a call of the API for a form: it takes the whole way through
        the gateway, as if it had come from outside. What AWS refuses is among the answers."""
        response = Response()
        context: RequestContext[Any] = RequestContext(self.cloud, request, in_process=self.in_process)
        context.origin = self.request
        self.cloud.gateway.handle(context, response)
        return response

    def schedule(self, seconds: float, handler: str, **payload: Any) -> Due:
        """Plan a call of the provider's method ``handler(context, **payload)``. The payload is plain data."""
        task = Task(self.service_name, handler, self.account_id, self.region, payload)
        return self.cloud.schedule.add(self.time() + seconds, task)

    def wait(self, seconds: float, ready: Callable[[], bool], next_due: Callable[[], float | None]) -> None:
        """Wait until ``ready()`` or until the time is up, as a long poll does; see :meth:`awsim.cloud.Cloud.wait`."""
        self.cloud.wait(seconds, ready, next_due)

    def __repr__(self) -> str:
        operation = self.operation.name if self.operation else "?"
        return f"<RequestContext {self.service_name}.{operation} {self.account_id}/{self.region}>"


def _only(token: str | list[str]) -> str:
    return token if isinstance(token, str) else token[0]
