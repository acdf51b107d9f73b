"""S3's bars: long bodies, pages of full buckets, memory."""

from __future__ import annotations

import base64
import os
import statistics
import time
import tracemalloc
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

from botocore.awsrequest import AWSResponse

from awsim import mock_aws
from benchmarks.calls import client

_BIG = 64 * 1024 * 1024
_PAGE = 1000


def _seconds(call: Callable[[], Any], rounds: int) -> float:
    """The least time of several: long copies are disturbed by everything."""
    figures = []
    for _ in range(rounds):
        before = time.perf_counter()
        call()
        figures.append(time.perf_counter() - before)
    return min(figures)


def big_body_ratio(rounds: int = 5) -> float:
    """What putting and getting 64 MiB adds to botocore's own cost, over copying the body once. The MD5 that is its
    entity tag takes twice as long as that."""
    data = os.urandom(_BIG)
    copied = _seconds(lambda: bytearray(data), rounds)
    floor = _floor(data)
    with mock_aws():
        s3 = client("s3")
        s3.create_bucket(Bucket="benchmark")
        subject = _round_trip(s3, data, rounds)
    return (subject - _round_trip(floor, data, rounds)) / copied


def _round_trip(s3: Any, data: bytes, rounds: int) -> float:
    put = _seconds(lambda: s3.put_object(Bucket="benchmark", Key="big", Body=data), rounds)
    return put + _seconds(lambda: s3.get_object(Bucket="benchmark", Key="big")["Body"].read(), rounds)


def _floor(data: bytes) -> Any:
    """A client whose requests are read to their end and answered at once."""

    class Raw(BytesIO):
        def stream(self, amt: int = 65536, **_: Any) -> Any:
            while chunk := self.read(amt):
                yield chunk

        def release_conn(self) -> None:
            pass

    checksum = base64.b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()

    def canned(request: Any, **_: Any) -> AWSResponse:
        if hasattr(request.body, "read"):
            while request.body.read(1 << 20):
                pass
        headers = {"x-amz-checksum-crc32": checksum} if request.method == "GET" else {}
        return AWSResponse(request.url, 200, headers, Raw(data if request.method == "GET" else b""))

    s3 = client("s3")
    s3.meta.events.register("before-send.s3", canned)
    return s3


def page_ratio(rounds: int, keys: int = 100_000) -> float:
    """ListObjectsV2's first page in a bucket of that many keys over the same page in one of 1,000, in turn, medians."""
    with mock_aws() as cloud:
        s3 = client("s3")
        for name, count in (("full", keys), ("small", _PAGE)):
            s3.create_bucket(Bucket=name)
            _fill(cloud, name, count)
        times: dict[str, list[float]] = {"full": [], "small": []}
        for turn in range(rounds + 5):
            for name, figures in times.items():
                before = time.perf_counter()
                s3.list_objects_v2(Bucket=name)
                if turn >= 5:
                    figures.append(time.perf_counter() - before)
    return statistics.median(times["full"]) / statistics.median(times["small"])


def bytes_per_object(objects: int = 5_000) -> float:
    """Memory an object of 100 bytes takes beyond its body."""
    with mock_aws() as cloud:
        s3 = client("s3")
        s3.create_bucket(Bucket="benchmark")
        cloud.settings.calls_kept = 0
        _fill(cloud, "benchmark", 100)
        tracemalloc.start()
        for number in range(objects):
            s3.put_object(Bucket="benchmark", Key=f"measured/{number:06d}", Body=f"{number:0100d}")
        size, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return size / objects - 100


def _fill(cloud: Any, bucket: str, count: int) -> None:
    """Make objects by calls between services, which take a tenth of boto3's time."""
    from awsim.connect import InternalClient

    s3 = InternalClient(cloud, "s3", region="us-east-1", account_id=cloud.settings.account_id)
    for number in range(count):
        s3.put_object(Bucket=bucket, Key=f"key-{number:06d}", Body=b"x")


def measure(report: Any, rounds: int) -> None:
    """All of them, for ``python -m benchmarks``."""
    what = "s3: 64 MiB put + got, beyond botocore's own time, over copying them"
    report.at_most(what, 2.5, "x", big_body_ratio)
    report.at_most(
        "s3: first page of 1,000, 100,000 keys over 1,000 keys", 1.5, "x", lambda: page_ratio(max(30, rounds // 50))
    )
    report.at_most("s3: memory an object takes beyond its body", 1536, "bytes", bytes_per_object)
