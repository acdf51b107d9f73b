"""Many threads at one queue."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

THREADS = 8
SENDS = 100


def test_concurrent_sends_lose_nothing_and_each_message_is_received_once(sqs, make_queue):
    url = make_queue()

    def send(thread):
        return [
            sqs.send_message(QueueUrl=url, MessageBody=f"{thread} {number}")["MessageId"] for number in range(SENDS)
        ]

    def receive(_):
        received = []
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            received += [(message["MessageId"], message["Body"]) for message in messages]
        return received

    with ThreadPoolExecutor(THREADS) as pool:
        sent = [message_id for ids in pool.map(send, range(THREADS)) for message_id in ids]
        received = [message for messages in pool.map(receive, range(THREADS)) for message in messages]
    assert len(set(sent)) == THREADS * SENDS
    assert sorted(message_id for message_id, _ in received) == sorted(sent)
    assert sorted(body for _, body in received) == sorted(f"{t} {n}" for t in range(THREADS) for n in range(SENDS))


def test_concurrent_receivers_of_a_fifo_group_see_its_order(sqs, make_queue):
    url = make_queue("orders.fifo", ContentBasedDeduplication="true")
    for number in range(40):
        sqs.send_message(QueueUrl=url, MessageBody=str(number), MessageGroupId="g")
    seen: list[int] = []

    def work(_):
        while len(seen) < 40:
            answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=3, VisibilityTimeout=1_000)
            for message in answer.get("Messages", []):
                seen.append(int(message["Body"]))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))
    assert seen == list(range(40))
