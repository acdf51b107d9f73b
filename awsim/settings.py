"""What a user can set on a Cloud, with its defaults and the environment variables that set it."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import attrs

from awsim import active
from awsim.environment import variables
from awsim.fallback.choice import read_fallback

DEFAULT_ACCOUNT_ID = "123456789012"
DEFAULT_REGION = "us-east-1"


def _account_id(instance: object, attribute: attrs.Attribute[str], value: str) -> None:
    if not (isinstance(value, str) and len(value) == 12 and value.isascii() and value.isdigit()):
        raise ValueError(f"an account id has twelve digits, not {value!r}")


def _count(instance: object, attribute: attrs.Attribute[int], value: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{attribute.name} is a whole number, at least 0, not {value!r}")


def _probability(instance: object, attribute: attrs.Attribute[float], value: float) -> None:
    if not 0 <= value <= 1:
        raise ValueError(f"{attribute.name} is a probability, from 0 to 1, not {value!r}")


@attrs.define(kw_only=True)
class Settings:
    """One Cloud's settings."""

    #: The account of callers whose access key says nothing else (AWSIM_ACCOUNT_ID).
    account_id: str = attrs.field(default=DEFAULT_ACCOUNT_ID, validator=_account_id)
    #: The region of clients that were given none (AWS_DEFAULT_REGION).
    region: str = DEFAULT_REGION
    #: Seeds every identifier.
    seed: int | str = 0
    #: Input members that a provider does not honour are errors instead of warnings (AWSIM_STRICT).
    strict: bool = False
    #: Warn of input members that a provider does not honour; False is silence on request.
    warn: bool = True
    #: The only services that answer; None for all (SERVICES).
    services: frozenset[str] | None = None
    #: Which provider of a service to use where there are several: service -> name (PROVIDER_OVERRIDE_<SERVICE>).
    providers: dict[str, str] = attrs.Factory(dict)
    #: Services, and URLs by regular expression, whose requests reach the real AWS on purpose.
    passthrough_services: frozenset[str] = frozenset()
    passthrough_urls: tuple[str, ...] = ()
    #: What answers in place of providers that awsim does not have: service, or "*" -> "moto" (AWSIM_FALLBACK).
    fallback: dict[str, str] = attrs.field(factory=dict, converter=read_fallback)
    #: Long polls sleep for real instead of moving the Cloud's clock (AWSIM_REAL_WAITS).
    real_waits: bool = False
    #: How many of the last calls ``aws.calls`` keeps; 0 records none.
    calls_kept: int = attrs.field(default=1000, validator=_count)
    #: The least size in bytes of a part that is not a multipart upload's last (AWSIM_S3_MIN_PART_SIZE); less spares
    #: tests large bodies.
    s3_min_part_size: int = 5 * 1024**2
    #: New buckets take ACLs and block no public access, as before April 2023, for suites written for such buckets
    #: (AWSIM_S3_BUCKET_ACLS).
    s3_bucket_acls: bool = False
    #: S3 believes what presigned URLs, forms and requests over HTTP say of who signed them
    #: (S3_SKIP_SIGNATURE_VALIDATION).
    s3_skip_signature_validation: bool = True
    #: The secret of access keys that the Cloud did not hand out, for where signatures are compared
    #: (AWSIM_SECRET_ACCESS_KEY).
    secret_access_key: str = attrs.field(default="testing", repr=False)
    #: SQS refuses to make a queue anew within 60 seconds of its deletion, as AWS does (AWSIM_SQS_DELETE_COOLDOWN).
    sqs_delete_cooldown: bool = False
    #: The chance, from 0 to 1, that DynamoDB refuses a read or a write as beyond the table's throughput, or leaves an
    #: entry of a batch unprocessed (DYNAMODB_ERROR_PROBABILITY); and the same of reads and of writes alone
    #: (DYNAMODB_READ_ERROR_PROBABILITY, DYNAMODB_WRITE_ERROR_PROBABILITY). The higher one counts.
    dynamodb_error_probability: float = attrs.field(default=0.0, validator=_probability)
    dynamodb_read_error_probability: float = attrs.field(default=0.0, validator=_probability)
    dynamodb_write_error_probability: float = attrs.field(default=0.0, validator=_probability)

    @classmethod
    def from_environment(cls, **options: Any) -> Settings:
        """The settings that the environment asks for; before those what pytest's ini file does, and the options given
        before all."""
        settings: dict[str, Any] = {}
        for name, value in variables(_VARIABLES).items():
            if value:
                setting, read = _READ_VARIABLES[name]
                settings[setting] = read(value)
        return cls(**{**settings, **active.run_options, **options})

    def provider_of(self, service_name: str) -> str | None:
        """The name of the provider to use for a service, where the user has chosen one."""
        chosen = self.providers.get(service_name)
        return chosen or os.environ.get(f"PROVIDER_OVERRIDE_{service_name.upper().replace('-', '_')}") or None


def _is_true(value: str) -> bool:
    return value.strip().lower() in {"1", "true", "yes", "on"}


def _names(value: str) -> frozenset[str]:
    return frozenset(name.strip() for name in value.split(",") if name.strip())


#: Set by the environment variables of the same names.
PROBABILITIES = (
    "dynamodb_error_probability",
    "dynamodb_read_error_probability",
    "dynamodb_write_error_probability",
)

#: The settings that environment variables set, and how they are read.
_READ_VARIABLES: dict[str, tuple[str, Callable[[str], Any]]] = {
    "AWSIM_ACCOUNT_ID": ("account_id", str),
    "AWS_DEFAULT_REGION": ("region", str),
    "AWSIM_STRICT": ("strict", _is_true),
    "AWSIM_REAL_WAITS": ("real_waits", _is_true),
    "AWSIM_S3_BUCKET_ACLS": ("s3_bucket_acls", _is_true),
    "AWSIM_S3_MIN_PART_SIZE": ("s3_min_part_size", int),
    "AWSIM_SQS_DELETE_COOLDOWN": ("sqs_delete_cooldown", _is_true),
    "AWSIM_SECRET_ACCESS_KEY": ("secret_access_key", str),
    "AWSIM_FALLBACK": ("fallback", str),
    "S3_SKIP_SIGNATURE_VALIDATION": ("s3_skip_signature_validation", _is_true),
    "SERVICES": ("services", _names),
    **{name.upper(): (name, float) for name in PROBABILITIES},
}
_VARIABLES = tuple(_READ_VARIABLES)
