"""What awsim costs beside its calls: import, entering and leaving, forks, a deep queue, memory."""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

from awsim import Cloud, mock_aws
from benchmarks.calls import client


def import_milliseconds(rounds: int) -> float:
    """``import awsim`` in a new interpreter, median."""
    code = "import time; t = time.perf_counter(); import awsim; print(time.perf_counter() - t)"
    figures = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout)
        for _ in range(rounds)
    ]
    return statistics.median(figures) * 1000


def enter_exit_milliseconds(rounds: int, messages: int) -> float:
    """Entering and leaving a Cloud in which that many messages were sent, median; without the sending."""
    figures = []
    for _ in range(rounds):
        mock = mock_aws()
        before = time.perf_counter()
        cloud = mock.start()
        entered = time.perf_counter() - before
        if messages:
            _fill(cloud.client("sqs"), messages)
        before = time.perf_counter()
        mock.stop()
        figures.append(entered + time.perf_counter() - before)
    return statistics.median(figures) * 1000


def recording_microseconds(rounds: int) -> float:
    """What the log of calls takes of one call, median."""
    with mock_aws() as cloud:
        sqs = client("sqs")
        sqs.create_queue(QueueName="q")
        record, figures = cloud.calls.record, []

        def timed(*args: Any) -> None:
            before = time.perf_counter()
            record(*args)
            figures.append(time.perf_counter() - before)

        cloud.calls.record = timed  # type: ignore[method-assign]  # of this Cloud alone
        for _ in range(rounds):
            sqs.list_queues()
    return statistics.median(figures) * 1_000_000


def seeded_cloud(entities: int) -> Cloud:
    """A Cloud with so many objects in a bucket, items in a table and messages in a queue."""
    with mock_aws() as cloud:
        s3, dynamodb = client("s3"), client("dynamodb")
        s3.create_bucket(Bucket="seeded")
        dynamodb.create_table(
            TableName="seeded",
            KeySchema=[{"AttributeName": "p", "KeyType": "HASH"}, {"AttributeName": "s", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in "ps"],
            BillingMode="PAY_PER_REQUEST",
        )
        for number in range(entities):
            s3.put_object(Bucket="seeded", Key=f"{number:06d}", Body=b"body", Metadata={"number": str(number)})
            item = {"p": {"S": str(number % 100)}, "s": {"S": f"{number:06d}"}}
            dynamodb.put_item(TableName="seeded", Item=item)
        _fill(client("sqs"), entities, "seeded")
    return cloud


def first_calls_of_a_fork(rounds: int, cloud: Cloud) -> dict[str, float]:
    """Milliseconds of CPU time that forking a Cloud and a first call in the fork take, medians by call; the client is
    there."""
    s3, dynamodb, sqs = client("s3"), client("dynamodb"), client("sqs")
    with mock_aws(cloud=cloud.fork()):
        url = sqs.get_queue_url(QueueName="seeded")["QueueUrl"]
    condition: dict[str, Any] = {"KeyConditionExpression": "p = :p", "ExpressionAttributeValues": {":p": {"S": "7"}}}
    calls: dict[str, Callable[[], Any]] = {
        "GetObject": lambda: s3.get_object(Bucket="seeded", Key="000007"),
        "PutObject": lambda: s3.put_object(Bucket="seeded", Key="new", Body=b"body"),
        "Query": lambda: dynamodb.query(TableName="seeded", Limit=10, **condition),
        "PutItem": lambda: dynamodb.put_item(TableName="seeded", Item={"p": {"S": "new"}, "s": {"S": "new"}}),
        "SendMessage": lambda: sqs.send_message(QueueUrl=url, MessageBody="new"),
        "ReceiveMessage": lambda: sqs.receive_message(QueueUrl=url),
    }
    figures: dict[str, list[float]] = {name: [] for name in calls}
    # In one order the garbage collector would come to the same call each time.
    order, chance = list(calls.items()), random.Random(1)
    for _ in range(rounds):
        chance.shuffle(order)
        for name, call in order:
            before = time.process_time()
            with mock_aws(cloud=cloud.fork()):
                call()
            figures[name].append(time.process_time() - before)
    return {name: statistics.median(found) * 1000 for name, found in figures.items()}


def fork_milliseconds(rounds: int, cloud: Cloud) -> float:
    """Forking a Cloud, median."""
    figures = []
    for _ in range(rounds):
        before = time.perf_counter()
        cloud.fork()
        figures.append(time.perf_counter() - before)
    return statistics.median(figures) * 1000


def snapshot_and_restore_milliseconds(rounds: int, cloud: Cloud) -> float:
    """A snapshot, a call that changes something, and going back, median; the first is not counted."""
    s3, figures = client("s3"), []
    with mock_aws(cloud=cloud):
        for _ in range(rounds + 1):
            before = time.perf_counter()
            snapshot = cloud.snapshot()
            s3.put_object(Bucket="seeded", Key="of the snapshot", Body=b"body")
            cloud.restore(snapshot)
            figures.append(time.perf_counter() - before)
    return statistics.median(figures[1:]) * 1000


def receive_ratio(rounds: int) -> float:
    """ReceiveMessage on a queue of 10,000 messages over that on one of 10, in turn, medians."""
    with mock_aws():
        sqs = client("sqs")
        deep, shallow = _fill(sqs, 10_000, "deep"), _fill(sqs, 10, "shallow")
        times: dict[str, list[float]] = {deep: [], shallow: []}
        for turn in range(rounds + 20):
            for url, figures in times.items():
                before = time.perf_counter()
                sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)
                if turn >= 20:
                    figures.append(time.perf_counter() - before)
        return statistics.median(times[deep]) / statistics.median(times[shallow])


def bytes_per_message(messages: int = 10_000) -> float:
    """Memory a message of 100 characters takes beyond its body, with all of them received once (in flight)."""
    with mock_aws():
        sqs = client("sqs")
        _fill(sqs, 100)
        tracemalloc.start()
        url = _fill(sqs, messages, "measured")
        for _ in range(messages // 10):
            sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=3600)
        size, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return size / messages - 100


def _fill(sqs: Any, messages: int, name: str = "filled") -> str:
    url: str = sqs.create_queue(QueueName=name)["QueueUrl"]
    for start in range(0, messages, 10):
        entries = [{"Id": str(n), "MessageBody": f"{start + n:0100d}"} for n in range(min(10, messages - start))]
        sqs.send_message_batch(QueueUrl=url, Entries=entries)
    return url
