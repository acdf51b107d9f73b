"""An order desk on SQS and STS, as it would run on AWS; here AWS is inside this process.

Run it: python examples/orders.py
"""

from __future__ import annotations

import boto3

from awsim import mock_aws


def place_order(queue_url: str, order_id: str, customer: str) -> None:
    boto3.client("sqs").send_message(
        QueueUrl=queue_url,
        MessageBody=order_id,
        MessageGroupId=customer,
        MessageDeduplicationId=order_id,
    )


def next_orders(queue_url: str) -> list[str]:
    sqs = boto3.client("sqs")
    orders = []
    for message in sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10).get("Messages", []):
        orders.append(message["Body"])
        sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
    return orders


with mock_aws() as aws:
    print("I am", boto3.client("sts").get_caller_identity()["Arn"])

    url = boto3.client("sqs").create_queue(QueueName="orders.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    print("orders go to", url)

    for order in ("order-1", "order-2", "order-2"):  # the last is sent twice: deduplicated
        place_order(url, order, customer="ada")
    print("received", next_orders(url))

    role = boto3.client("sts").assume_role(
        RoleArn="arn:aws:iam::210987654321:role/auditor", RoleSessionName="audit", DurationSeconds=900
    )["Credentials"]
    auditor = boto3.Session(role["AccessKeyId"], role["SecretAccessKey"], role["SessionToken"])
    print("now I am", auditor.client("sts").get_caller_identity()["Arn"])
    print("in an account of its own, with queues:", auditor.client("sqs").list_queues().get("QueueUrls", []))

    aws.clock.advance(minutes=16)  # AWS's clock, not yours: nothing slept
    try:
        auditor.client("sts").get_caller_identity()
    except auditor.client("sts").exceptions.ClientError as error:
        print("a quarter of an hour later:", error)
