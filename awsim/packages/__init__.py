"""Programs that services need and that pip does not bring: found on this machine, or installed into awsim's cache.

    package    a program, and the ways to come by it
    redis      Redis, for ElastiCache and MemoryDB
    postgres   PostgreSQL, for RDS

Further ones are entry points of the group ``awsim.packages``: :class:`awsim.packages.package.Package` objects.
`awsim lpm list` and `awsim lpm install` show and install them.
"""

from __future__ import annotations

from awsim.hooks import find_entry_points
from awsim.packages.package import Package, PackageError

PLUGIN_NAMESPACE = "awsim.packages"


def packages() -> dict[str, Package]:
    """All packages by name: awsim's own, and those of entry points."""
    from awsim.packages.postgres import postgres_package
    from awsim.packages.redis import redis_package

    found = {package.name: package for package in (redis_package, postgres_package)}
    for entry_point in find_entry_points(PLUGIN_NAMESPACE):
        package = entry_point.load()
        found[package.name] = package
    return found


def package_of(name: str) -> Package:
    """A package by name. Raises PackageError."""
    found = packages()
    if name not in found:
        raise PackageError(f"there is no package {name!r}; there are: {', '.join(sorted(found))}")
    return found[name]
