"""The CORS configuration of buckets: kept here, acted on by :mod:`cors_rules`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.configuration.errors import NoSuchCORSConfiguration
from awsim.services.s3.configuration.schema import plain
from awsim.services.s3.errors import InvalidRequest, MalformedXML
from awsim.services.s3.lookup import find_bucket
from awsim.services.s3.models import S3Store

if TYPE_CHECKING:
    from awsim.context import RequestContext

_METHODS = frozenset(("GET", "PUT", "POST", "DELETE", "HEAD"))
_RULES_MAX = 100


@aws_provider(api="s3")
class Cors(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store

    def put_bucket_cors(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        cors_configuration: Mapping[str, Any],
        expected_bucket_owner: str | None = None,
        **checked: Any,
    ) -> None:
        found = find_bucket(context, bucket, expected_bucket_owner)
        rules = plain(cors_configuration["CORSRules"])
        if len(rules) > _RULES_MAX:
            raise MalformedXML
        for rule in rules:
            _check(rule)
        found.configuration.cors_rules = rules

    def get_bucket_cors(
        self, context: RequestContext[S3Store], *, bucket: str, expected_bucket_owner: str | None = None
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        if found.configuration.cors_rules is None:
            raise NoSuchCORSConfiguration(found.name)
        return {"CORSRules": found.configuration.cors_rules}

    def delete_bucket_cors(
        self, context: RequestContext[S3Store], *, bucket: str, expected_bucket_owner: str | None = None
    ) -> None:
        find_bucket(context, bucket, expected_bucket_owner).configuration.cors_rules = None


def _check(rule: Mapping[str, Any]) -> None:
    for method in rule["AllowedMethods"]:
        if method not in _METHODS:
            raise InvalidRequest(f"Found unsupported HTTP method in CORS config. Unsupported method is {method}")
    for member, name in (("AllowedOrigins", "AllowedOrigin"), ("AllowedHeaders", "AllowedHeader")):
        for value in rule.get(member, ()):
            if value.count("*") > 1:
                raise InvalidRequest(f'{name} "{value}" can not have more than one wildcard.')
    for value in rule.get("ExposeHeaders", ()):
        if "*" in value:
            raise InvalidRequest(
                f'ExposeHeader "{value}" contains wildcard. We currently do not support wildcard for ExposeHeader.'
            )
