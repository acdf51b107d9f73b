"""The lifecycle configuration of buckets, and the daily run that acts on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.configuration.errors import NoSuchLifecycleConfiguration
from awsim.services.s3.configuration.lifecycle_rules import midnight_after
from awsim.services.s3.configuration.lifecycle_run import run_lifecycle
from awsim.services.s3.configuration.lifecycle_validation import check_rules
from awsim.services.s3.configuration.model import Members
from awsim.services.s3.configuration.schema import check_enumerations, plain
from awsim.services.s3.errors import InvalidRequest, MissingRequestBodyError, UnsupportedByBucket
from awsim.services.s3.lookup import find_bucket
from awsim.services.s3.models import S3Store

if TYPE_CHECKING:
    from awsim.context import RequestContext
    from awsim.services.s3.models import Bucket

_MOVING = frozenset({"Transitions", "NoncurrentVersionTransitions", "NoncurrentVersionExpiration"})
_DEFAULT_MINIMUM = "all_storage_classes_128K"
#: The lists of today's rules -> what the API's first version has in their place.
_ONE_OF = {"Transitions": "Transition", "NoncurrentVersionTransitions": "NoncurrentVersionTransition"}


@aws_provider(api="s3")
class Lifecycle(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store

    def put_bucket_lifecycle_configuration(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        lifecycle_configuration: Mapping[str, Any] | None = None,
        transition_default_minimum_object_size: str = _DEFAULT_MINIMUM,
        expected_bucket_owner: str | None = None,
        **checked: Any,
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        assert context.service is not None
        if transition_default_minimum_object_size not in _minimums(context):
            raise InvalidRequest(
                f"Invalid TransitionDefaultMinimumObjectSize found: {transition_default_minimum_object_size}"
            )
        check_enumerations(context)
        _configure(context, found, _given_rules(lifecycle_configuration), transition_default_minimum_object_size)
        return {"TransitionDefaultMinimumObjectSize": transition_default_minimum_object_size}

    def get_bucket_lifecycle_configuration(
        self, context: RequestContext[S3Store], *, bucket: str, expected_bucket_owner: str | None = None
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        return {
            "Rules": _rules(found),
            "TransitionDefaultMinimumObjectSize": found.configuration.transition_default_minimum_object_size,
        }

    def put_bucket_lifecycle(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        lifecycle_configuration: Mapping[str, Any] | None = None,
        expected_bucket_owner: str | None = None,
        **checked: Any,
    ) -> None:
        found = find_bucket(context, bucket, expected_bucket_owner)
        check_enumerations(context)
        rules = _given_rules(lifecycle_configuration)
        for rule in rules:
            for many, one in _ONE_OF.items():
                if one in rule:
                    rule[many] = [rule.pop(one)]
        _configure(context, found, rules, _DEFAULT_MINIMUM)

    def get_bucket_lifecycle(
        self, context: RequestContext[S3Store], *, bucket: str, expected_bucket_owner: str | None = None
    ) -> dict[str, Any]:
        rules = _rules(find_bucket(context, bucket, expected_bucket_owner))
        return {"Rules": [_as_before(rule) for rule in rules]}

    def delete_bucket_lifecycle(
        self, context: RequestContext[S3Store], *, bucket: str, expected_bucket_owner: str | None = None
    ) -> None:
        find_bucket(context, bucket, expected_bucket_owner).configuration.lifecycle_rules = None

    def run_bucket_lifecycle(self, context: RequestContext[S3Store], *, bucket: str, created_at: float) -> None:
        """The task of each midnight, as long as the bucket (and not another of its name) has rules."""
        found = context.store.buckets.get(bucket)
        if found is None or found.created_at != created_at:
            return
        found.configuration.lifecycle_scheduled = False
        if found.configuration.lifecycle_rules is None:
            return
        _schedule(context, found)
        context.service_principal = "s3.amazonaws.com"
        run_lifecycle(context, found)


def _given_rules(lifecycle_configuration: Mapping[str, Any] | None) -> list[Members]:
    """Raises MissingRequestBodyError: the model does not ask for a configuration, but S3 does."""
    if lifecycle_configuration is None:
        raise MissingRequestBodyError
    rules: list[Members] = plain(lifecycle_configuration["Rules"])
    return rules


def _configure(context: RequestContext[S3Store], bucket: Bucket, rules: list[Members], minimum: str) -> None:
    check_rules(rules)
    if bucket.zone is not None and any(_MOVING.intersection(rule) for rule in rules):
        # Deviation: that directory buckets only expire objects and abort uploads is documented (User Guide, "Working
        # with S3 Lifecycle for directory buckets"), how more is refused is not.
        raise UnsupportedByBucket("This bucket does not support transitions nor noncurrent versions.")
    for rule in rules:
        rule.setdefault("ID", _new_rule_id(context))
    bucket.configuration.lifecycle_rules = rules
    bucket.configuration.transition_default_minimum_object_size = minimum
    _schedule(context, bucket)


def _schedule(context: RequestContext[S3Store], bucket: Bucket) -> None:
    if bucket.configuration.lifecycle_scheduled:
        return
    bucket.configuration.lifecycle_scheduled = True
    now = context.time()
    seconds = midnight_after(now, 0) - now
    context.schedule(seconds, "run_bucket_lifecycle", bucket=bucket.name, created_at=bucket.created_at)


def _rules(bucket: Bucket) -> list[Members]:
    if bucket.configuration.lifecycle_rules is None:
        raise NoSuchLifecycleConfiguration(bucket.name)
    return bucket.configuration.lifecycle_rules


def _minimums(context: RequestContext[S3Store]) -> list[str]:
    assert context.service is not None
    values: list[str] = context.service.shape_for("TransitionDefaultMinimumObjectSize").enum
    return values


def _new_rule_id(context: RequestContext[S3Store]) -> str:
    """AWS: an id of 48 characters for a rule that comes without one."""
    return "".join(context.random.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", k=48))


def _as_before(rule: Members) -> Members:
    before = {name: value for name, value in rule.items() if name not in _ONE_OF and name != "Filter"}
    for many, one in _ONE_OF.items():
        if rule.get(many):
            before[one] = rule[many][0]
    before.setdefault("Prefix", (rule.get("Filter") or {}).get("Prefix", ""))
    return before
