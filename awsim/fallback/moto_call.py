"""One request answered by moto, in-process, through the door by which moto itself gets botocore's requests.

Knows moto's entry and the shape of what goes in and out; nothing of which calls come here.
"""

from __future__ import annotations

import functools
import importlib
import importlib.metadata
from typing import Any

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders

from awsim.errors import AwsimError, NotSimulatedError
from awsim.protocol.http import Request, Response

#: The versions that are tested: from the first to before the second.
VERSIONS = ((5, 2), (6, 0))
#: What the gateway adds where it is missing, as it spells it: clients that find a header twice may make nothing of it.
_SPELLED = {"date": "Date", "content-length": "Content-Length"}


class FallbackMissingError(AwsimError, ImportError):
    """A fallback was asked for that is not installed, or not in a version that awsim knows."""


def answer(request: Request, service_name: str, operation_name: str, account_id: str, region: str) -> Response:
    """moto's answer. Raises NotSimulatedError where moto does not know the operation either."""
    stubber, index = _moto()
    every = index.backend_url_patterns
    headers = HTTPHeaders()
    # Setting them one by one has each checked by the rules of mail, which takes a fiftieth of the call.
    headers._headers = [*request.headers.items(), ("x-moto-account-id", account_id)]
    url = f"{request.scheme}://{request.host}{request.path}"
    if request.query_string:
        url += f"?{request.query_string}"
    prepared = AWSPreparedRequest(request.method, url, headers, request.read(), False)
    try:
        # moto looks for the service only among those whose hosts are like this one, instead of among all.
        index.backend_url_patterns = _candidates(request.host) or every
        found = stubber.process_request(prepared)
    except ModuleNotFoundError as error:
        raise FallbackMissingError(
            f"the fallback moto needs {error.name} for {service_name}: pip install 'awsim[moto]'"
        ) from error
    except NotImplementedError as error:
        raise NotSimulatedError(service_name, operation_name, hint=" Nor does moto, the fallback.") from error
    finally:
        index.backend_url_patterns = every
    if found is None or found[2] == "Not yet implemented":
        raise NotSimulatedError(service_name, operation_name, hint=" Nor does moto, the fallback.")
    status, answered, body = found
    if isinstance(body, str):
        body = body.encode()
    names = {
        _SPELLED.get(name.lower(), name): str(value)
        for name, value in ((str(name), value) for name, value in answered.items())
        if name.lower() != "status"
    }
    return Response(int(status), names, body if isinstance(body, bytes) else b"".join(body))


@functools.lru_cache(maxsize=256)
def _candidates(host: str) -> list[Any]:
    return [entry for entry in _moto()[1].backend_url_patterns if entry[1].match(f"https://{host}/")]


@functools.cache
def _moto() -> tuple[Any, Any]:
    """moto's entry for botocore's requests, and its index of services."""
    check_installed()
    return importlib.import_module("moto.core.models").botocore_stubber, importlib.import_module("moto.backend_index")


@functools.cache
def check_installed() -> None:
    """Raise FallbackMissingError where moto is missing or of a version that is not known to work."""
    try:
        version = importlib.metadata.version("moto")
    except importlib.metadata.PackageNotFoundError:
        raise FallbackMissingError("the fallback moto is not installed: pip install 'awsim[moto]'") from None
    first, end = VERSIONS
    found = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if not first <= found < end:
        wanted = f">={'.'.join(map(str, first))},<{'.'.join(map(str, end))}"
        raise FallbackMissingError(
            f"the fallback moto is installed as {version}, and awsim knows {wanted}: pip install 'awsim[moto]'"
        )
