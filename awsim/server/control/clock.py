"""AWS's time: what it is, and moving it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from awsim.protocol.http import Request
from awsim.server.control.endpoint import ControlError, Endpoint, only, read_object

if TYPE_CHECKING:
    from awsim.cloud import Cloud
    from awsim.server.server import Server

_UNITS = ("seconds", "minutes", "hours", "days")
_ACTIONS = ("advance", "set", "freeze", "unfreeze")


def routes(server: Server) -> Iterable[Endpoint]:
    """The endpoints."""

    def get(request: Request, variables: dict[str, str]) -> Any:
        return _told(server.cloud)

    def post(request: Request, variables: dict[str, str]) -> Any:
        asked = read_object(request)
        only(asked, *_ACTIONS)
        if len(asked) != 1:
            raise ControlError(
                400, 'say one of: {"advance": {"hours": 1}}, {"set": …}, {"freeze": …}, {"unfreeze": true}'
            )
        ((action, value),) = asked.items()
        clock = server.cloud.clock
        if action == "advance":
            if not isinstance(value, dict):
                raise ControlError(400, 'say by how much: {"advance": {"hours": 1}}')
            only(value, *_UNITS)
            if not all(_is_number(amount) for amount in value.values()):
                raise ControlError(400, "the clock advances by numbers")
            try:
                clock.advance(**value)
            except ValueError as error:
                raise ControlError(400, str(error)) from None
        elif action == "set":
            clock.set(value)
        elif action == "freeze":
            clock.freeze(None if value is True else value)
        else:
            clock.unfreeze()
        return _told(server.cloud)

    yield ("GET",), "/_awsim/clock", get
    yield ("POST",), "/_awsim/clock", post


def _told(cloud: Cloud) -> dict[str, Any]:
    now = cloud.clock.now()
    return {
        "time": now,
        "epoch_seconds": now.timestamp(),
        "offset_seconds": cloud.clock.offset_seconds,
        "is_frozen": cloud.clock.frozen_at is not None,
    }


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
