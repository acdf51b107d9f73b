"""Whom a bucket tells of its events, and what S3 takes as such a configuration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import combinations
from typing import TYPE_CHECKING, Any

from awsim.errors import ServiceException
from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.configuration.event_filters import (
    DESTINATION_MEMBERS,
    configurations,
    key_filter,
    share_an_event,
)
from awsim.services.s3.configuration.events import despatch_trial
from awsim.services.s3.configuration.model import Members
from awsim.services.s3.configuration.schema import plain
from awsim.services.s3.errors import InvalidArgument
from awsim.services.s3.lookup import find_bucket
from awsim.services.s3.models import S3Store

if TYPE_CHECKING:
    from awsim.context import RequestContext
    from awsim.services.s3.models import Bucket

#: List of configurations -> the member's name on the wire, the service, and its destination in words.
_KINDS = {
    "TopicConfigurations": ("Topic", "sns", "topic"),
    "QueueConfigurations": ("Queue", "sqs", "queue"),
    "LambdaFunctionConfigurations": ("CloudFunction", "lambda", "Lambda"),
}
_ARN = re.compile(r"arn:[\w-]+:[\w-]+:[\w-]+:\d{12}:.+")
_RULE_NAMES = ("prefix", "suffix")
_VALUE_LENGTH_MAX = 1024


@aws_provider(api="s3")
class Notification(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store

    def put_bucket_notification_configuration(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        notification_configuration: Mapping[str, Any],
        expected_bucket_owner: str | None = None,
        skip_destination_validation: bool = False,
    ) -> None:
        found = find_bucket(context, bucket, expected_bucket_owner)
        _configure(context, found, plain(notification_configuration), validate=not skip_destination_validation)

    def get_bucket_notification_configuration(
        self, context: RequestContext[S3Store], *, bucket: str, expected_bucket_owner: str | None = None
    ) -> dict[str, Any]:
        return find_bucket(context, bucket, expected_bucket_owner).configuration.notification

    def put_bucket_notification(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        notification_configuration: Mapping[str, Any],
        expected_bucket_owner: str | None = None,
        **checked: Any,
    ) -> None:
        found = find_bucket(context, bucket, expected_bucket_owner)
        _configure(context, found, _from_one_of_each(plain(notification_configuration)), validate=True)

    def get_bucket_notification(
        self, context: RequestContext[S3Store], *, bucket: str, expected_bucket_owner: str | None = None
    ) -> dict[str, Any]:
        notification = find_bucket(context, bucket, expected_bucket_owner).configuration.notification
        return {
            f"{wire}Configuration": _as_before(notification[name][-1], wire, DESTINATION_MEMBERS[name])
            for name, (wire, _, _) in _KINDS.items()
            if notification.get(name)
        }


def _configure(context: RequestContext[S3Store], bucket: Bucket, notification: Members, *, validate: bool) -> None:
    """Check a configuration and make it the bucket's. Raises InvalidArgument."""
    for name, configuration in configurations(notification):
        _check(context, bucket, name, configuration)
    if validate:
        _check_destinations(context, bucket, notification)
    ids = [configuration["Id"] for _, configuration in configurations(notification) if "Id" in configuration]
    if len(set(ids)) != len(ids):
        raise InvalidArgument("Same ID used for multiple configurations. IDs must be unique.")
    _check_overlaps(notification)
    for name, configuration in configurations(notification):
        configuration.setdefault("Id", context.new_uuid())  # type: ignore[attr-defined]  # our own copy
        if validate and name != "LambdaFunctionConfigurations":
            despatch_trial(context, bucket, configuration[DESTINATION_MEMBERS[name]])
    bucket.configuration.notification = notification


def _check(context: RequestContext[S3Store], bucket: Bucket, name: str, configuration: Mapping[str, Any]) -> None:
    wire, service, _ = _KINDS[name]
    arn = configuration[DESTINATION_MEMBERS[name]]
    if not _ARN.fullmatch(arn) or arn.split(":")[2] != service:
        raise InvalidArgument("The ARN could not be parsed", wire, arn)
    if service == "sqs" and arn.endswith(".fifo"):
        raise InvalidArgument("FIFO SQS queues are not supported.", wire, arn)
    if arn.split(":")[3] != bucket.region:
        raise InvalidArgument(
            "The notification destination service region is not valid for the bucket location constraint", wire, arn
        )
    assert context.service is not None
    known = context.service.shape_for("Event").enum
    for event in configuration["Events"]:
        if event not in known:
            raise InvalidArgument("The event is not supported for notifications", "Event", event)
    _check_filter(((configuration.get("Filter") or {}).get("Key") or {}).get("FilterRules", ()))


def _check_filter(rules: list[Mapping[str, Any]]) -> None:
    names = []
    for rule in rules:
        name, value = rule.get("Name", ""), rule.get("Value", "")
        if name.lower() not in _RULE_NAMES:
            raise InvalidArgument("filter rule name must be either prefix or suffix", "FilterRule.Name", name)
        if name.lower() in names:
            raise InvalidArgument(
                f"Cannot specify more than one {name.lower()} rule in a filter.", "FilterRule.Name", name
            )
        if len(value.encode()) > _VALUE_LENGTH_MAX:
            raise InvalidArgument(
                "Size of filter rule value cannot exceed 1024 bytes in UTF-8 representation", "FilterRule.Value", value
            )
        names.append(name.lower())
        # AWS: answers with the names capitalised, however they were given (recorded).
        rule["Name"] = name.capitalize()  # type: ignore[index]  # our own copy


def _check_overlaps(notification: Members) -> None:
    for (_, one), (_, other) in combinations(configurations(notification), 2):
        if not share_an_event(one["Events"], other["Events"]):
            continue
        mine, others = key_filter(one), key_filter(other)
        if not (mine.prefixes_overlap(others) and mine.suffixes_overlap(others)):
            continue
        if mine.is_open and others.is_open:
            raise InvalidArgument(
                "Configurations overlap. Configurations on the same bucket cannot share a common event type."
            )
        raise InvalidArgument(
            "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes are "
            "overlapping for the same event type."
        )


def _check_destinations(context: RequestContext[S3Store], bucket: Bucket, notification: Members) -> None:
    """Refuse destinations that are not there, all in one error."""
    # Deviation: whether a destination's policy lets S3 in is not looked at; nor is a destination of a service that is
    # not simulated.
    missing: dict[str, str] = {}
    for name, configuration in configurations(notification):
        _, service, words = _KINDS[name]
        arn = configuration[DESTINATION_MEMBERS[name]]
        if context.is_answered(service) and not _exists(context, service, arn):
            number = len(missing) // 2 + 1
            missing[f"ArgumentName{number}"] = arn
            missing[f"ArgumentValue{number}"] = f"The destination {words} does not exist"
    if missing:
        raise InvalidArgument("Unable to validate the following destination configurations", **missing)


def _exists(context: RequestContext[S3Store], service: str, arn: str) -> bool:
    region, account_id, resource = arn.split(":", 5)[3:]
    client = context.client(service, region=region, account_id=account_id)
    try:
        if service == "sqs":
            client.get_queue_url(QueueName=resource, QueueOwnerAWSAccountId=account_id)
        elif service == "sns":
            client.get_topic_attributes(TopicArn=arn)
        else:
            client.get_function_configuration(FunctionName=arn)
    except ServiceException:
        return False
    return True


def _from_one_of_each(before: Members) -> Members:
    """A configuration of the API's first version, with at most one destination of each kind, as today's."""
    notification: Members = {}
    for name, (wire, _, _) in _KINDS.items():
        given = before.get(f"{wire}Configuration")
        if given is not None:
            events = given.get("Events") or [given.get("Event", "")]
            configuration = {DESTINATION_MEMBERS[name]: given.get(wire, ""), "Events": events}
            notification[name] = [configuration | ({"Id": given["Id"]} if "Id" in given else {})]
    return notification


def _as_before(configuration: Mapping[str, Any], wire: str, destination: str) -> Members:
    events = configuration["Events"]
    return {"Id": configuration["Id"], "Events": events, "Event": events[0], wire: configuration[destination]}
