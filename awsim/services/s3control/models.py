"""What S3 Control keeps: of an account, its block of public access; of an account and region, its access points."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import attrs

from awsim.stores import Scope, Store

SETTINGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def every_setting(given: dict[str, Any]) -> dict[str, Any]:
    """All four settings of a block of public access; what is not given is off."""
    return {name: bool(given.get(name)) for name in SETTINGS}


@attrs.define(eq=False)
class AccessPoint:
    """A way to one bucket. ``creation_date`` in epoch seconds; ``bucket_account_id`` is the bucket's owner."""

    name: str
    alias: str
    access_point_arn: str
    bucket: str
    bucket_account_id: str
    creation_date: float
    public_access_block_configuration: dict[str, Any]
    vpc_configuration: dict[str, Any] | None = None
    policy: str | None = None
    tags: dict[str, str] = attrs.Factory(dict)

    @property
    def network_origin(self) -> str:
        """From where it can be reached: "VPC" or "Internet"."""
        return "Internet" if self.vpc_configuration is None else "VPC"


@attrs.define
class AccountStore(Store):
    """The block of public access of an account; None where it has none."""

    scope: ClassVar[Scope] = Scope.ACCOUNT

    public_access_block: dict[str, Any] | None = None


@attrs.define
class AccessPointStore(Store):
    """Access points by name."""

    access_points: dict[str, AccessPoint] = attrs.Factory(dict)

    def resources(self) -> Iterable[tuple[str, str]]:
        return (("access_point", point.access_point_arn) for point in self.access_points.values())
