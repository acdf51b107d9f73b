"""The hosts that AWS's endpoints have: which service, and for S3 which bucket, a host name stands for.

Owns the anatomy of host names. The suffixes of partitions come from botocore; the rest is how AWS forms endpoints:
``<bucket or host prefix>.<endpoint prefix>[-fips][.dualstack][.<region>].<suffix>``, with S3's older forms besides.
"""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from awsim import spec
from awsim.protocol.service_index import ServiceEntry, service_index

#: Suffixes under which an endpoint on this machine may be asked for by its AWS name, as in ``sqs.localhost:4566``.
_LOCAL_SUFFIXES = ("localhost.localstack.cloud", "localhost")
#: Suffixes besides those of the partitions: these, and the console's, which sign-in has.
_SUFFIXES = ("aws.amazon.com", *_LOCAL_SUFFIXES)
#: AWS: endpoints that go by another name than the model's: SQS's first one, and DynamoDB's by account.
_ALIASES = {"queue": "sqs", "ddb": "dynamodb"}
_S3 = re.compile(
    r"s3(?:-accelerate|-fips|-external-1|-website|-accesspoint(?:-fips)?|-object-lambda|express-[a-z0-9-]+)?"
)
#: AWS: at this host both S3 and S3 Control see to directory buckets (User Guide, "Regional and Zonal endpoints").
_EXPRESS_CONTROL = "s3express-control"
_S3_WITH_REGION = re.compile(r"s3-(?:website-|fips-)?[a-z]{2}(?:-[a-z]+)+-\d")
_REGION = re.compile(r"[a-z]{2,4}(?:-[a-z]+)+-\d+")


class Host(NamedTuple):
    """What a host name says: the services it may be for, in order of name, and the bucket, if any."""

    services: tuple[ServiceEntry, ...] = ()
    bucket: str | None = None


@functools.lru_cache(maxsize=1024)
def read_host(host: str) -> Host:
    """What ``host`` (with or without a port) says. An empty Host for one that is none of AWS's."""
    labels = _labels(host)
    for end in range(len(labels), 0, -1):
        if _S3.fullmatch(labels[end - 1]) or _S3_WITH_REGION.fullmatch(labels[end - 1]):
            bucket = ".".join(labels[: end - 1])
            names = ("s3", "s3control") if labels[end - 1] == _EXPRESS_CONTROL else ("s3",)
            return Host(tuple(service_index().services[name] for name in names), bucket or None)
        found = _services(labels[:end])
        if found:
            return Host(found)
    if labels and all(labels) and _is_local(host):
        # SDKs put the bucket before whatever endpoint they were given, be it ``http://localhost:4566``.
        return Host((service_index().services["s3"],), ".".join(labels))
    return Host()


def virtual_bucket(host: str) -> str | None:
    """The bucket in the host of a request that is known to be S3's: ``photos.s3.eu-west-1.amazonaws.com`` ->
    ``photos``."""
    found = read_host(host)
    if found.services and found.services[0].name != "s3" and _is_local(host):
        return ".".join(_labels(host))  # a bucket may be called as a service is: ``logs.localhost``
    return found.bucket


def data_plane(host: str) -> str | None:
    """Which of AWS's services has a host at which its customers' own APIs answer: ``execute-api`` for API Gateway's,
    ``lambda-url`` for functions; None for all others."""
    if ".execute-api." in host:
        return "execute-api"
    return "lambda-url" if ".lambda-url." in host else None


def _labels(host: str) -> list[str]:
    """The labels of a host name before its suffix and region; none if it has no suffix of AWS's."""
    name = _name(host)
    suffix = next((suffix for suffix in _suffixes() if name.endswith(f".{suffix}")), None)
    if suffix is None or len(name) > 255:
        return []
    labels = name[: -len(suffix) - 1].split(".")
    while len(labels) > 1 and (labels[-1] == "dualstack" or _REGION.fullmatch(labels[-1])):
        labels.pop()
    return labels


def _name(host: str) -> str:
    name = host.rpartition(":")[0] if re.search(r":\d*$", host) else host
    return name.lower().rstrip(".")


def _is_local(host: str) -> bool:
    return _name(host).endswith(tuple(f".{suffix}" for suffix in _LOCAL_SUFFIXES))


def _services(labels: list[str]) -> tuple[ServiceEntry, ...]:
    """The services whose endpoint prefix the labels end in; the longest such prefix decides."""
    index = service_index()
    last = labels[-1].removesuffix("-fips").removeprefix("fips-")
    labels = [*labels[:-1], _ALIASES.get(last, last)]
    for start in range(len(labels)):
        found = index.by_endpoint_prefix.get(".".join(labels[start:]))
        if found:
            return found
    named = index.services.get(labels[-1])
    return (named,) if named else ()


@functools.cache
def _suffixes() -> tuple[str, ...]:
    """The DNS suffixes of all partitions, longest first."""
    partitions = spec.loader().load_data("partitions")["partitions"]
    found = {
        suffix
        for partition in partitions
        for suffix in (partition["outputs"].get("dnsSuffix"), partition["outputs"].get("dualStackDnsSuffix"))
        if suffix
    }
    return tuple(sorted({*found, *_SUFFIXES}, key=len, reverse=True))
