"""Calls that fail on purpose: what a test in another language breaks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from awsim.errors import MisuseError
from awsim.faults import Fault
from awsim.protocol.http import Request
from awsim.server.control.endpoint import ControlError, Endpoint, json_response, only, read_object

if TYPE_CHECKING:
    from awsim.server.server import Server

_OPTIONS = ("error", "message", "status", "times", "after", "probability", "latency", "connection")


def routes(server: Server) -> Iterable[Endpoint]:
    """The endpoints."""
    numbers: dict[Fault, int] = {}
    last = 0

    def number_of(fault: Fault) -> int:
        nonlocal last
        if fault not in numbers:
            last += 1
            numbers[fault] = last
        return numbers[fault]

    def described(fault: Fault) -> dict[str, Any]:
        return {
            "id": number_of(fault),
            "operation": fault.operation,
            "hits": fault.hits,
            "is_spent": fault.is_spent,
            "description": repr(fault)[1:-1],
        }

    def get(request: Request, variables: dict[str, str]) -> Any:
        for gone in [fault for fault in numbers if fault not in server.cloud.faults]:
            del numbers[gone]
        return {"faults": [described(fault) for fault in server.cloud.faults]}

    def post(request: Request, variables: dict[str, str]) -> Any:
        asked = read_object(request)
        only(asked, "operation", "members", *_OPTIONS)
        operation, members = asked.pop("operation", None), asked.pop("members", {})
        if not isinstance(operation, str):
            raise ControlError(400, 'say which: {"operation": "sqs.SendMessage", "error": "ThrottlingException"}')
        if not isinstance(members, dict):
            raise ControlError(400, "members are those of the error, a JSON object")
        try:
            fault = server.cloud.faults.add(operation, **members, **asked)
        except TypeError as error:
            raise ControlError(400, str(error)) from None
        return json_response(described(fault), 201)

    def delete_all(request: Request, variables: dict[str, str]) -> Any:
        server.cloud.faults.clear()
        numbers.clear()
        return {}

    def delete(request: Request, variables: dict[str, str]) -> Any:
        for fault, number in numbers.items():
            if str(number) == variables["id"]:
                try:
                    server.cloud.faults.remove(fault)
                except MisuseError:
                    break  # it is not there any more
                del numbers[fault]
                return {}
        raise ControlError(404, f"there is no fault {variables['id']}")

    yield ("GET",), "/_awsim/faults", get
    yield ("POST",), "/_awsim/faults", post
    yield ("DELETE",), "/_awsim/faults", delete_all
    yield ("DELETE",), "/_awsim/faults/{id}", delete
