"""Clients for use inside the simulator: other services by API call, without HTTP.

connect_to().sqs                 the active Cloud's SQS, through the gateway, no HTTP
connect_externally_to().sqs      a boto3 client of the active Cloud, as a user would have it
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from awsim import spec
from awsim.aws.credentials import CredentialStore
from awsim.context import RequestContext
from awsim.gateway.members import plain_output
from awsim.protocol.http import Response

if TYPE_CHECKING:
    from awsim.cloud import Cloud


class InternalClient:
    """A service as another service calls it: boto3's spelling, no HTTP.

    A call passes the gateway's chain like any other; its answer is a plain mapping shaped by the specification.
    AWS's errors are raised as :class:`awsim.errors.ServiceException`.
    """

    def __init__(
        self,
        cloud: Cloud,
        service_name: str,
        *,
        region: str,
        account_id: str,
        access_key_id: str = "",
        source_arn: str = "",
        service_principal: str = "",
    ) -> None:
        self._cloud = cloud
        self._service_name = service_name
        self._region = region
        self._account_id = account_id
        self._access_key_id = access_key_id
        self._source_arn = source_arn
        self._service_principal = service_principal

    def __getattr__(self, name: str) -> Callable[..., dict[str, Any]]:
        operation_name = spec.operations_by_python_name(self._service_name).get(name)
        if operation_name is None:
            raise AttributeError(f"{self._service_name} has no operation {name!r}")

        def call(**members: Any) -> dict[str, Any]:
            return self._call(operation_name, members)

        call.__name__ = name
        return call

    def _call(self, operation_name: str, members: dict[str, Any]) -> dict[str, Any]:
        context: RequestContext[Any] = RequestContext(self._cloud, in_process=True)
        context.service_name = self._service_name
        service = context.service = spec.load_service(self._service_name)
        operation = context.operation = service.operation_model(operation_name)
        context.region = self._region
        context.account_id = self._account_id
        context.access_key_id = self._access_key_id
        context.source_arn = self._source_arn
        context.service_principal = self._service_principal
        context.service_request = {name: value for name, value in members.items() if value is not None}
        with self._cloud.lock:  # what is returned may be an entity that another caller changes
            self._cloud.gateway.handle(context, Response())
            return plain_output(operation, context.service_response)

    def __repr__(self) -> str:
        return f"<InternalClient {self._service_name} {self._account_id}/{self._region}>"


class InternalClientFactory:
    """``connect_to(region_name=…).<service>``: internal clients of the active Cloud."""

    def __init__(self, *, region_name: str | None = None, aws_access_key_id: str | None = None) -> None:
        self._region_name = region_name
        self._access_key_id = aws_access_key_id

    def get_client(
        self,
        service_name: str,
        region_name: str | None = None,
        aws_access_key_id: str | None = None,
        *,
        source_arn: str = "",
        service_principal: str = "",
    ) -> InternalClient:
        """A client of one service. The account is the access key's: an account id, or a key of this Cloud."""
        from awsim.active import require_cloud

        cloud = require_cloud()
        key = aws_access_key_id or self._access_key_id or ""
        region = region_name or self._region_name or cloud.settings.region
        account_id = cloud.settings.account_id
        known = cloud.store(CredentialStore, "", region).keys.get(key)
        if known is not None:
            account_id = known.account_id
        elif len(key) == 12 and key.isdigit():
            account_id = key
        return InternalClient(
            cloud,
            service_name,
            region=region,
            account_id=account_id,
            access_key_id=key if known else "",
            source_arn=source_arn,
            service_principal=service_principal,
        )

    def __getattr__(self, name: str) -> InternalClient:
        return self.get_client(_service_name(name))


class ExternalClientFactory:
    """``connect_externally_to(…).<service>``: boto3 clients of the active Cloud."""

    def __init__(self, **options: Any) -> None:
        self._options = options

    def get_client(self, service_name: str, region_name: str | None = None, **options: Any) -> Any:
        """A boto3 client; options as ``boto3.client`` takes them."""
        from awsim.active import require_cloud

        options = {**self._options, **options}
        if region_name is not None:
            options["region_name"] = region_name
        return require_cloud().client(service_name, **options)

    def __getattr__(self, name: str) -> Any:
        return self.get_client(_service_name(name))


def connect_to(*, region_name: str | None = None, aws_access_key_id: str | None = None) -> InternalClientFactory:
    """Internal clients of the active Cloud, as attributes by service: ``connect_to().sqs``."""
    return InternalClientFactory(region_name=region_name, aws_access_key_id=aws_access_key_id)


def connect_externally_to(**options: Any) -> ExternalClientFactory:
    """boto3 clients of the active Cloud, as attributes by service; options as ``boto3.client`` takes them."""
    return ExternalClientFactory(**options)


def _service_name(attribute: str) -> str:
    if attribute.startswith("__"):
        raise AttributeError(attribute)
    names = spec.service_names()
    for name in (attribute, attribute.rstrip("_"), attribute.rstrip("_").replace("_", "-")):
        if name in names:
            return name
    raise AttributeError(f"AWS has no service {attribute!r}")
