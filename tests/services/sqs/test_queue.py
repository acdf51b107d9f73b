"""Creating, finding, listing, purging and deleting queues."""

from __future__ import annotations

import boto3
import pytest

from awsim import connect_to, mock_aws

from .conftest import ACCOUNT

NO_QUEUE = {
    "Status": 400,
    "Code": "AWS.SimpleQueueService.NonExistentQueue",
    "QueryErrorCode": "QueueDoesNotExist",
    "Type": "Sender",
    "Message": "The specified queue does not exist.",
}
INVALID_NAME = "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"
INVALID_FIFO_NAME = (
    "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo "
    "suffix and be 1 to 80 in length."
)


def test_a_queue_is_created_under_its_url_and_found_by_its_name(sqs):
    created = sqs.create_queue(QueueName="orders")
    found = sqs.get_queue_url(QueueName="orders")
    assert created["QueueUrl"] == found["QueueUrl"] == f"https://sqs.us-east-1.amazonaws.com/{ACCOUNT}/orders"


def test_creating_a_queue_again_with_the_same_attributes_answers_its_url(sqs, make_queue):
    url = make_queue("orders", VisibilityTimeout="42")
    assert make_queue("orders", VisibilityTimeout="42") == url
    assert make_queue("orders") == url


def test_creating_a_queue_again_with_another_attribute_is_refused(sqs, make_queue, refusal):
    make_queue("orders", VisibilityTimeout="42")
    assert refusal(sqs.create_queue, QueueName="orders", Attributes={"VisibilityTimeout": "43"}) == {
        "Status": 400,
        "Code": "QueueAlreadyExists",
        "QueryErrorCode": "QueueNameExists",
        "Type": "Sender",
        "Message": "A queue already exists with the same name and a different value for attribute VisibilityTimeout",
    }


@pytest.mark.parametrize("name", ["with space", "dots.in.it", "x" * 81, "ends.fifo", "ünïcode"])
def test_a_standard_queue_with_a_bad_name_is_refused(sqs, refusal, invalid_parameter, name):
    assert refusal(sqs.create_queue, QueueName=name) == invalid_parameter(INVALID_NAME)


@pytest.mark.parametrize("name", ["no-suffix", "a.b.fifo", ".fifo", "x" * 76 + ".fifo"])
def test_a_fifo_queue_with_a_bad_name_is_refused(sqs, refusal, invalid_parameter, name):
    answer = refusal(sqs.create_queue, QueueName=name, Attributes={"FifoQueue": "true"})
    assert answer == invalid_parameter(INVALID_FIFO_NAME)


def test_a_queue_name_may_have_eighty_characters(sqs, make_queue):
    assert make_queue("x" * 80).endswith("x" * 80)
    assert make_queue("x" * 75 + ".fifo").endswith(".fifo")


def test_a_queue_that_does_not_exist_is_not_found(sqs, refusal):
    url = f"https://sqs.us-east-1.amazonaws.com/{ACCOUNT}/nothing"
    assert refusal(sqs.get_queue_url, QueueName="nothing") == NO_QUEUE
    assert refusal(sqs.send_message, QueueUrl=url, MessageBody="x") == NO_QUEUE
    assert refusal(sqs.receive_message, QueueUrl=url) == NO_QUEUE
    assert refusal(sqs.delete_queue, QueueUrl=url) == NO_QUEUE


def test_a_missing_queue_raises_the_modelled_exception(sqs):
    with pytest.raises(sqs.exceptions.QueueDoesNotExist):
        sqs.get_queue_url(QueueName="nothing")


def test_a_deleted_queue_is_gone_with_its_messages(sqs, make_queue, refusal, receive):
    url = make_queue()
    sqs.send_message(QueueUrl=url, MessageBody="x")
    sqs.delete_queue(QueueUrl=url)
    assert refusal(sqs.receive_message, QueueUrl=url) == NO_QUEUE
    assert receive(make_queue()) == []


def test_a_receipt_handle_of_a_deleted_queue_reaches_nothing_in_its_successor(sqs, make_queue, receive, bodies):
    url = make_queue()
    sqs.send_message(QueueUrl=url, MessageBody="old")
    (old,) = receive(url)
    sqs.delete_queue(QueueUrl=url)
    make_queue()
    sqs.send_message(QueueUrl=url, MessageBody="new")
    receive(url, VisibilityTimeout=0)
    sqs.delete_message(QueueUrl=url, ReceiptHandle=old["ReceiptHandle"])
    assert bodies(url) == ["new"]


def test_a_queue_can_be_made_anew_at_once(sqs, make_queue):
    url = make_queue()
    sqs.delete_queue(QueueUrl=url)
    assert make_queue() == url


def test_with_the_cooldown_a_queue_can_be_made_anew_only_after_a_minute(monkeypatch, refusal):
    monkeypatch.setenv("AWSIM_SQS_DELETE_COOLDOWN", "1")
    with mock_aws() as cloud:
        sqs = boto3.client("sqs", region_name="us-east-1")
        sqs.delete_queue(QueueUrl=sqs.create_queue(QueueName="orders")["QueueUrl"])
        assert refusal(sqs.create_queue, QueueName="orders") == {
            "Status": 400,
            "Code": "AWS.SimpleQueueService.QueueDeletedRecently",
            "QueryErrorCode": "QueueDeletedRecently",
            "Type": "Sender",
            "Message": "You must wait 60 seconds after deleting a queue before you can create another with the same "
            "name.",
        }
        cloud.clock.advance(seconds=61)
        assert sqs.create_queue(QueueName="orders")["QueueUrl"]


def test_listing_without_queues_answers_no_list(sqs):
    assert "QueueUrls" not in sqs.list_queues()


def test_queues_are_listed_by_prefix(sqs, make_queue):
    orders = [make_queue("orders-1"), make_queue("orders-2")]
    make_queue("invoices")
    assert sqs.list_queues(QueueNamePrefix="orders-")["QueueUrls"] == orders
    assert len(sqs.list_queues()["QueueUrls"]) == 3
    assert "QueueUrls" not in sqs.list_queues(QueueNamePrefix="payments")


def test_queues_are_listed_in_pages(sqs, make_queue):
    urls = [make_queue(f"queue-{number}") for number in range(5)]
    first = sqs.list_queues(MaxResults=2)
    assert first["QueueUrls"] == urls[:2]
    second = sqs.list_queues(MaxResults=2, NextToken=first["NextToken"])
    assert second["QueueUrls"] == urls[2:4]
    last = sqs.list_queues(MaxResults=2, NextToken=second["NextToken"])
    assert last["QueueUrls"] == urls[4:]
    assert "NextToken" not in last
    pages = sqs.get_paginator("list_queues").paginate(PaginationConfig={"PageSize": 2})
    assert [url for page in pages for url in page["QueueUrls"]] == urls


@pytest.mark.parametrize("size", [0, 1001])
def test_a_page_has_one_to_a_thousand_queues(sqs, refusal, invalid_parameter, size):
    assert refusal(sqs.list_queues, MaxResults=size) == invalid_parameter(
        f"Value {size} for parameter MaxResults is invalid. Reason: Must be between 1 and 1000, if provided."
    )


def test_queues_belong_to_their_region(sqs, make_queue, refusal):
    make_queue("orders")
    elsewhere = boto3.client("sqs", region_name="eu-west-1")
    assert refusal(elsewhere.get_queue_url, QueueName="orders") == NO_QUEUE
    assert elsewhere.create_queue(QueueName="orders")["QueueUrl"].startswith("https://sqs.eu-west-1.amazonaws.com/")


def test_another_regions_url_is_not_served_by_this_regions_endpoint(sqs, refusal):
    elsewhere = boto3.client("sqs", region_name="eu-west-1")
    url = elsewhere.create_queue(QueueName="orders")["QueueUrl"]
    assert refusal(sqs.send_message, QueueUrl=url, MessageBody="x") == {
        "Status": 404,
        "Code": "InvalidAddress",
        "QueryErrorCode": "InvalidAddress",
        "Type": "Sender",
        "Message": "The address https://sqs.us-east-1.amazonaws.com/ is not valid for this endpoint.",
    }


def test_a_queue_of_another_account_is_found_by_its_owner(sqs, refusal, bodies):
    owner = boto3.client("sqs", region_name="us-east-1", aws_access_key_id="111122223333", aws_secret_access_key="x")
    url = owner.create_queue(QueueName="shared")["QueueUrl"]
    assert url == "https://sqs.us-east-1.amazonaws.com/111122223333/shared"
    assert refusal(sqs.get_queue_url, QueueName="shared") == NO_QUEUE
    assert sqs.get_queue_url(QueueName="shared", QueueOwnerAWSAccountId="111122223333")["QueueUrl"] == url
    sqs.send_message(QueueUrl=url, MessageBody="from elsewhere")
    assert bodies(url) == ["from elsewhere"]
    sqs.delete_queue(QueueUrl=url)
    assert "QueueUrls" not in owner.list_queues()


@pytest.mark.parametrize(
    "form",
    [
        "https://sqs.us-east-1.amazonaws.com/{account}/orders",
        "https://queue.amazonaws.com/{account}/orders",
        "https://sqs.amazonaws.com/{account}/orders",
        "https://us-east-1.queue.amazonaws.com/{account}/orders",
        "http://localhost:4566/{account}/orders",
        "http://localhost:4566/queue/us-east-1/{account}/orders",
        "http://sqs.us-east-1.localhost.localstack.cloud:4566/{account}/orders",
        "orders",
    ],
)
def test_every_form_of_a_queue_url_reaches_the_queue(sqs, make_queue, bodies, form):
    url = make_queue("orders")
    sqs.send_message(QueueUrl=form.format(account=ACCOUNT), MessageBody=form)
    assert bodies(url) == [form]


@pytest.mark.parametrize("url", ["https://example.com", "https://sqs.us-east-1.amazonaws.com/orders", "a/b/c/d/e", "/"])
def test_a_url_that_names_no_queue_finds_none(sqs, make_queue, refusal, url):
    make_queue("orders")
    assert refusal(sqs.send_message, QueueUrl=url, MessageBody="x") == NO_QUEUE


def test_a_custom_endpoint_answers_urls_of_its_own_host(cloud):
    sqs = boto3.client("sqs", region_name="us-east-1", endpoint_url="http://localhost:4566")
    assert sqs.create_queue(QueueName="orders")["QueueUrl"] == f"http://localhost:4566/{ACCOUNT}/orders"


def test_purging_deletes_every_message_whatever_its_state(sqs, make_queue, advance, receive):
    url = make_queue()
    for delay in (0, 0, 5):
        sqs.send_message(QueueUrl=url, MessageBody="x", DelaySeconds=delay)
    receive(url, MaxNumberOfMessages=1)
    sqs.purge_queue(QueueUrl=url)
    advance(100)
    assert receive(url) == []


def test_a_queue_can_be_purged_once_a_minute(sqs, make_queue, advance, refusal):
    url = make_queue("orders")
    sqs.purge_queue(QueueUrl=url)
    advance(59)
    assert refusal(sqs.purge_queue, QueueUrl=url) == {
        "Status": 403,
        "Code": "AWS.SimpleQueueService.PurgeQueueInProgress",
        "QueryErrorCode": "PurgeQueueInProgress",
        "Type": "Sender",
        "Message": "Only one PurgeQueue operation on orders is allowed every 60 seconds.",
    }
    advance(1)
    assert sqs.purge_queue(QueueUrl=url)["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_another_service_calls_sqs_without_http(cloud):
    inside = connect_to(region_name="eu-west-1").sqs
    url = inside.create_queue(QueueName="orders")["QueueUrl"]
    assert url == f"https://sqs.eu-west-1.amazonaws.com/{ACCOUNT}/orders"
    sent = inside.send_message(QueueUrl=url, MessageBody="x")
    (message,) = inside.receive_message(QueueUrl=url)["Messages"]
    assert (message["MessageId"], message["Body"]) == (sent["MessageId"], "x")
    assert inside.receive_message(QueueUrl=url, WaitTimeSeconds=20) == {}


def test_the_resource_interface_works_too(cloud):
    queue = boto3.resource("sqs", region_name="us-east-1").create_queue(QueueName="orders")
    queue.send_message(MessageBody="hello")
    (message,) = queue.receive_messages()
    assert message.body == "hello"
    message.delete()
    assert queue.attributes["QueueArn"] == f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders"
