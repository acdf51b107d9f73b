"""Which hosts are AWS's, and which service a host belongs to."""

from __future__ import annotations

import re

#: The domains of AWS's endpoints in every partition, and the addresses from which instances fetch credentials.
AWS_HOST = re.compile(
    r"(?:.+\.)?(?:amazonaws\.com(?:\.cn)?|api\.aws|aws\.dev|amazonaws\.eu|c2s\.ic\.gov|sc2s\.sgov\.gov|"
    r"cloud\.adc-e\.uk|csp\.hci\.ic\.gov|on\.aws|cloudfront\.net)\.?|"
    r"169\.254\.169\.254|169\.254\.170\.2|169\.254\.170\.23|fd00:ec2::254|fd00:ec2::23",
    re.IGNORECASE,
)

_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d+")
_NO_SERVICE = frozenset({"amazonaws", "com", "cn", "api", "aws", "eu", "on", "dev", "dualstack", "www"})


def is_aws_host(host: str) -> bool:
    """Whether a host name or address is AWS's."""
    return AWS_HOST.fullmatch(host.strip("[]")) is not None


def is_metadata_address(host: str) -> bool:
    """Whether a host is one of the link-local addresses from which instances fetch metadata and credentials."""
    return host[:1].isdigit() or ":" in host


def service_of_host(host: str) -> str:
    """The service that a host's labels name, for messages; "instance metadata" for the link-local addresses."""
    if is_metadata_address(host):
        return "instance metadata"
    names = [label for label in host.lower().split(".") if label not in _NO_SERVICE and not _REGION.fullmatch(label)]
    return names[-1] if names else "AWS"
