"""Kinds of resources as a test names them: ``dynamodb.table``, ``sqs.message``, or a whole service.

Owns the spelling and its check against what a Cloud's services declare.
"""

from __future__ import annotations

from awsim.errors import MisuseError
from awsim.operation_pattern import check_service, nearest
from awsim.services.plugins import ServiceManager


def resource_kinds(services: ServiceManager, written: str, attribute: str, what: str) -> list[str]:
    """The kinds that are meant, each ``service.noun``, of those that providers declare in ``attribute``.

    ``what`` tells of which kinds this is, for the message. Raises MisuseError where there is no such kind.
    """
    if not isinstance(written, str):
        raise MisuseError(f"a kind of resource is written 'dynamodb.table', not {written!r}")
    service_name, _, noun = written.partition(".")
    nouns = services.declared(service_name, attribute)
    if not nouns:
        if not services.is_running(service_name):
            check_service(service_name)
        raise MisuseError(f"awsim has nothing of {service_name!r} that {what}")
    if not noun:
        return [f"{service_name}.{each}" for each in nouns]
    if noun not in nouns:
        raise MisuseError(
            f"awsim has no {written!r} that {what}.{nearest(noun, nouns) or f' There is: {_listed(nouns)}.'}"
        )
    return [written]


def _listed(nouns: tuple[str, ...]) -> str:
    return ", ".join(sorted(nouns))
