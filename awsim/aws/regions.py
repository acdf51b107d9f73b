"""Regions and the partitions they belong to, from botocore's partition file."""

from __future__ import annotations

import functools
import re
from typing import Any

from awsim import spec


@functools.cache
def _partitions() -> list[dict[str, Any]]:
    partitions: list[dict[str, Any]] = spec.loader().load_data("partitions")["partitions"]
    return partitions


@functools.lru_cache(maxsize=256)  # a region is what a request says, so there may be any number
def partition_of(region: str) -> str:
    """The partition of a region: ``cn-north-1`` -> ``aws-cn``. A region that no partition knows belongs to ``aws``."""
    if region.startswith("us-") and "-gov" not in region and "-iso" not in region:
        return "aws"
    for partition in _partitions():
        if region in partition["regions"] or re.match(partition["regionRegex"], region):
            return str(partition["id"])
    return "aws"


@functools.lru_cache(maxsize=256)
def is_region(name: str) -> bool:
    """Whether a partition has a region of that name, or could have: ``us-east-1``, ``aws-global``, ``eu-west-9``."""
    return any(
        name in partition["regions"] or re.match(partition["regionRegex"], name) is not None
        for partition in _partitions()
    )


@functools.cache
def dns_suffix(partition: str) -> str:
    """The domain of a partition's endpoints: ``aws`` -> ``amazonaws.com``."""
    for candidate in _partitions():
        if candidate["id"] == partition:
            return str(candidate["outputs"]["dnsSuffix"])
    return "amazonaws.com"


__all__ = ["dns_suffix", "is_region", "partition_of"]
