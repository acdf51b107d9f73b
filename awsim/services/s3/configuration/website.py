"""The website configuration of buckets: kept here, acted on by :mod:`website_routing`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.configuration.errors import NoSuchWebsiteConfiguration
from awsim.services.s3.configuration.schema import plain
from awsim.services.s3.errors import InvalidArgument, InvalidRequest
from awsim.services.s3.lookup import find_bucket
from awsim.services.s3.models import S3Store

if TYPE_CHECKING:
    from awsim.context import RequestContext

_PROTOCOLS = ("http", "https")
_RULES_MAX = 50


@aws_provider(api="s3")
class Website(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store

    def put_bucket_website(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        website_configuration: Mapping[str, Any],
        expected_bucket_owner: str | None = None,
        **checked: Any,
    ) -> None:
        found = find_bucket(context, bucket, expected_bucket_owner)
        _check(website_configuration)
        found.configuration.website = plain(website_configuration)

    def get_bucket_website(
        self, context: RequestContext[S3Store], *, bucket: str, expected_bucket_owner: str | None = None
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        if found.configuration.website is None:
            raise NoSuchWebsiteConfiguration(found.name)
        return found.configuration.website

    def delete_bucket_website(
        self, context: RequestContext[S3Store], *, bucket: str, expected_bucket_owner: str | None = None
    ) -> None:
        find_bucket(context, bucket, expected_bucket_owner).configuration.website = None


def _check(website: Mapping[str, Any]) -> None:
    """Raise InvalidArgument or InvalidRequest for a website that S3 does not take."""
    everything = website.get("RedirectAllRequestsTo")
    if everything is not None:
        if len(website) > 1:
            raise InvalidArgument(
                "RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.",
                "RedirectAllRequestsTo",
                "not null",
            )
        _check_protocol(everything)
        return
    if "IndexDocument" not in website:
        raise InvalidArgument(
            "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty",
            "IndexDocument",
            "null",
        )
    suffix = website["IndexDocument"]["Suffix"]
    if not suffix or "/" in suffix:
        raise InvalidArgument("The IndexDocument Suffix is not well formed", "IndexDocument", suffix)
    if "ErrorDocument" in website and not website["ErrorDocument"]["Key"]:
        raise InvalidArgument("The ErrorDocument Key is not well formed", "ErrorDocument", "")
    rules = website.get("RoutingRules", ())
    if len(rules) > _RULES_MAX:
        raise InvalidRequest(
            f"{len(rules)} routing rules provided, the number of routing rules in a website configuration is limited "
            f"to {_RULES_MAX}."
        )
    for rule in rules:
        _check_rule(rule)


def _check_rule(rule: Mapping[str, Any]) -> None:
    redirect, condition = rule["Redirect"], rule.get("Condition")
    _check_protocol(redirect)
    if "ReplaceKeyWith" in redirect and "ReplaceKeyPrefixWith" in redirect:
        raise InvalidRequest("You can only define ReplaceKeyPrefix or ReplaceKey but not both.")
    code = redirect.get("HttpRedirectCode")
    if code is not None and (not code.isdigit() or not 301 <= int(code) <= 399):
        raise InvalidRequest(f"The provided HTTP redirect code ({code}) is not valid. Valid codes are 3XX except 300.")
    if condition is None:
        return
    if not condition:
        raise InvalidRequest(
            "Condition cannot be empty. To redirect all requests without a condition, the condition element shouldn't "
            "be present."
        )
    code = condition.get("HttpErrorCodeReturnedEquals")
    if code is not None and (not code.isdigit() or not 400 <= int(code) <= 599):
        raise InvalidRequest(f"The provided HTTP error code ({code}) is not valid. Valid codes are 4XX or 5XX.")


def _check_protocol(redirect: Mapping[str, Any]) -> None:
    if redirect.get("Protocol", "http") not in _PROTOCOLS:
        raise InvalidRequest(
            "Invalid protocol, protocol can be http or https. If not defined the protocol will be selected "
            "automatically."
        )
