"""The query protocol that SQS still answers: forms in, XML out, as AWS's API reference showed them."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import urlencode

import pytest
from botocore.model import ServiceModel
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from awsim import spec
from awsim.protocol.http import Request, Response

from .conftest import ACCOUNT

HOST = "sqs.us-east-1.amazonaws.com"
URL = f"https://{HOST}/{ACCOUNT}/orders"
XMLNS = 'xmlns="http://queue.amazonaws.com/doc/2012-11-05/"'


@pytest.fixture(autouse=True)
def transport() -> None:
    """These requests are made by hand."""


@pytest.fixture
def send_form(cloud):
    """POST a form to SQS's endpoint as an old SDK did; the status and the text of the answer."""

    def send_form(path="/", **fields):
        request = Request(
            "POST",
            path,
            headers={
                "Host": HOST,
                "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
                "Authorization": f"AWS4-HMAC-SHA256 Credential={ACCOUNT}/20261122/us-east-1/sqs/aws4_request, "
                "SignedHeaders=host, Signature=0",
            },
            body=urlencode({"Version": "2012-11-05", **fields}).encode(),
        )
        response = Response()
        cloud.gateway.process(request, response)
        return response.status_code, response.read().decode()

    return send_form


@pytest.fixture
def query(send_form):
    """Call an operation as a botocore that spoke query would: serialize, answer, parse."""
    service: ServiceModel = spec.load_service("sqs", "query")

    def query(operation_name, **arguments):
        operation = service.operation_model(operation_name)
        serialized = create_serializer("query").serialize_to_request(arguments, operation)
        fields = {name: value for name, value in serialized["body"].items() if name != "Version"}
        status, text = send_form(**fields)
        answer = {"status_code": status, "headers": {}, "body": text.encode()}
        parsed = create_parser("query").parse(answer, operation.output_shape)
        del parsed["ResponseMetadata"]
        return parsed

    return query


def without_request_id(text):
    return re.sub(r"<RequestId>[0-9a-f-]{36}</RequestId>", "<RequestId/>", text)


def without_declaration(text):
    return re.sub(r"^<\?xml[^>]*\?>\s*", "", text)


def test_a_queue_is_created_from_a_form(send_form):
    status, text = send_form(
        **{
            "Action": "CreateQueue",
            "QueueName": "orders",
            "Attribute.1.Name": "VisibilityTimeout",
            "Attribute.1.Value": "40",
            "Tag.1.Key": "team",
            "Tag.1.Value": "a",
        }
    )
    assert status == 200
    assert without_declaration(without_request_id(text)) == (
        f"<CreateQueueResponse {XMLNS}><CreateQueueResult><QueueUrl>{URL}</QueueUrl></CreateQueueResult>"
        "<ResponseMetadata><RequestId/></ResponseMetadata></CreateQueueResponse>"
    )


def test_an_answer_without_members_has_metadata_only(send_form, make_queue):
    make_queue("orders")
    status, text = send_form(Action="DeleteQueue", QueueUrl=URL)
    assert status == 200
    assert without_declaration(without_request_id(text)) == (
        f"<DeleteQueueResponse {XMLNS}><ResponseMetadata><RequestId/></ResponseMetadata></DeleteQueueResponse>"
    )


def test_a_message_is_sent_and_received_by_forms(send_form, make_queue):
    make_queue("orders")
    status, sent = send_form(
        **{
            "Action": "SendMessage",
            "QueueUrl": URL,
            "MessageBody": "hello & <goodbye>",
            "MessageAttribute.1.Name": "a",
            "MessageAttribute.1.Value.DataType": "Number",
            "MessageAttribute.1.Value.StringValue": "1",
        }
    )
    assert status == 200
    body_digest = hashlib.md5(b"hello & <goodbye>").hexdigest()
    attribute_digest = hashlib.md5(b"\0\0\0\1a\0\0\0\6Number\1\0\0\0\0011").hexdigest()
    message_id = re.search("<MessageId>(.*)</MessageId>", sent).group(1)
    assert f"<MD5OfMessageBody>{body_digest}</MD5OfMessageBody>" in sent
    assert f"<MD5OfMessageAttributes>{attribute_digest}</MD5OfMessageAttributes>" in sent
    _, text = send_form(
        **{
            "Action": "ReceiveMessage",
            "QueueUrl": URL,
            "MaxNumberOfMessages": "5",
            "AttributeName.1": "SenderId",
            "AttributeName.2": "ApproximateReceiveCount",
            "MessageAttributeName.1": "All",
        }
    )
    handle = re.search("<ReceiptHandle>(.*)</ReceiptHandle>", text).group(1)
    assert without_declaration(without_request_id(text)) == (
        f"<ReceiveMessageResponse {XMLNS}><ReceiveMessageResult><Message>"
        f"<MessageId>{message_id}</MessageId><ReceiptHandle>{handle}</ReceiptHandle><MD5OfBody>{body_digest}</MD5OfBody>"
        "<Body>hello &amp; &lt;goodbye&gt;</Body>"
        f"<Attribute><Name>SenderId</Name><Value>{ACCOUNT}</Value></Attribute>"
        "<Attribute><Name>ApproximateReceiveCount</Name><Value>1</Value></Attribute>"
        f"<MD5OfMessageAttributes>{attribute_digest}</MD5OfMessageAttributes>"
        "<MessageAttribute><Name>a</Name><Value><StringValue>1</StringValue><DataType>Number</DataType></Value>"
        "</MessageAttribute></Message></ReceiveMessageResult>"
        "<ResponseMetadata><RequestId/></ResponseMetadata></ReceiveMessageResponse>"
    )


def test_a_batch_is_sent_and_deleted_by_forms(send_form, make_queue, receive):
    url = make_queue("orders")
    prefix = "SendMessageBatchRequestEntry"
    _, text = send_form(
        **{
            "Action": "SendMessageBatch",
            "QueueUrl": URL,
            f"{prefix}.1.Id": "good",
            f"{prefix}.1.MessageBody": "x",
            f"{prefix}.2.Id": "late",
            f"{prefix}.2.MessageBody": "y",
            f"{prefix}.2.DelaySeconds": "901",
        }
    )
    (message,) = receive(url)
    assert (
        f"<SendMessageBatchResultEntry><Id>good</Id><MessageId>{message['MessageId']}</MessageId>"
        f"<MD5OfMessageBody>{message['MD5OfBody']}</MD5OfMessageBody></SendMessageBatchResultEntry>"
    ) in text
    assert (
        "<BatchResultErrorEntry><Id>late</Id><SenderFault>true</SenderFault><Code>InvalidParameterValue</Code><Message>"
        "Value 901 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be &gt;= 0 and &lt;= 900."
        "</Message></BatchResultErrorEntry>"
    ) in text
    _, text = send_form(
        **{
            "Action": "DeleteMessageBatch",
            "QueueUrl": URL,
            "DeleteMessageBatchRequestEntry.1.Id": "1",
            "DeleteMessageBatchRequestEntry.1.ReceiptHandle": message["ReceiptHandle"],
        }
    )
    assert "<DeleteMessageBatchResultEntry><Id>1</Id></DeleteMessageBatchResultEntry>" in text


def test_an_error_has_the_code_of_old(send_form):
    status, text = send_form(Action="DeleteQueue", QueueUrl=URL)
    assert status == 400
    error = re.search("<Error>.*</Error>", text, re.DOTALL).group(0)
    assert re.sub(r"<Detail\s*/>|<Detail></Detail>", "", error) == (
        "<Error><Type>Sender</Type><Code>AWS.SimpleQueueService.NonExistentQueue</Code>"
        "<Message>The specified queue does not exist.</Message></Error>"
    )
    assert "<ErrorResponse" in text


def test_what_was_sent_in_one_protocol_is_received_in_the_other(sqs, query, make_queue, receive):
    url = make_queue("orders")
    attributes = {"binary": {"DataType": "Binary", "BinaryValue": b"\x00\xff"}}
    query("SendMessage", QueueUrl=url, MessageBody="by form", MessageAttributes=attributes)
    (message,) = receive(url, MessageAttributeNames=["All"])
    assert (message["Body"], message["MessageAttributes"]) == ("by form", attributes)
    sqs.send_message(QueueUrl=url, MessageBody="by json", MessageAttributes=attributes)
    answer = query("ReceiveMessage", QueueUrl=url, MessageAttributeNames=["All"])
    assert [(m["Body"], m["MessageAttributes"]) for m in answer["Messages"]] == [("by json", attributes)]


def test_every_family_of_operations_speaks_query(query):
    url = query("CreateQueue", QueueName="orders", Attributes={"DelaySeconds": "0"}, tags={"a": "b"})["QueueUrl"]
    assert query("ListQueues", QueueNamePrefix="or") == {"QueueUrls": [url]}
    assert query("GetQueueUrl", QueueName="orders") == {"QueueUrl": url}
    query("TagQueue", QueueUrl=url, Tags={"c": "d"})
    query("UntagQueue", QueueUrl=url, TagKeys=["a"])
    assert query("ListQueueTags", QueueUrl=url) == {"Tags": {"c": "d"}}
    query("SetQueueAttributes", QueueUrl=url, Attributes={"VisibilityTimeout": "7", "DelaySeconds": "0"})
    names = ["VisibilityTimeout", "QueueArn"]
    assert query("GetQueueAttributes", QueueUrl=url, AttributeNames=names) == {
        "Attributes": {"VisibilityTimeout": "7", "QueueArn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders"}
    }
    query("AddPermission", QueueUrl=url, Label="x", AWSAccountIds=["111122223333"], Actions=["SendMessage"])
    policy = query("GetQueueAttributes", QueueUrl=url, AttributeNames=["Policy"])["Attributes"]["Policy"]
    assert "arn:aws:iam::111122223333:root" in policy
    query("RemovePermission", QueueUrl=url, Label="x")
    query("SendMessage", QueueUrl=url, MessageBody="x")
    (message,) = query("ReceiveMessage", QueueUrl=url, MessageSystemAttributeNames=["All"])["Messages"]
    assert message["Attributes"]["SenderId"] == ACCOUNT
    handle = message["ReceiptHandle"]
    query("ChangeMessageVisibility", QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)
    entry = {"Id": "1", "ReceiptHandle": handle, "VisibilityTimeout": 0}
    changed = query("ChangeMessageVisibilityBatch", QueueUrl=url, Entries=[entry])
    assert changed["Successful"] == [{"Id": "1"}]
    query("DeleteMessage", QueueUrl=url, ReceiptHandle=handle)
    query("PurgeQueue", QueueUrl=url)
    assert query("ListDeadLetterSourceQueues", QueueUrl=url).get("queueUrls", []) == []
    error = query("StartMessageMoveTask", SourceArn=f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders")["Error"]
    assert (error["Code"], error["Message"]) == (
        "InvalidParameterValue",
        "Source queue must be configured as a Dead Letter Queue.",
    )
    query("DeleteQueue", QueueUrl=url)
    assert query("ListQueues") == {}


def test_a_form_sent_to_the_queues_own_url_needs_no_queue_url(send_form, make_queue, receive):
    make_queue("orders")
    status, _ = send_form(path=f"/{ACCOUNT}/orders", Action="SendMessage", MessageBody="to the queue itself")
    assert status == 200
    assert [message["Body"] for message in receive(URL)] == ["to the queue itself"]


def test_a_queue_url_in_the_form_wins_over_the_one_it_was_sent_to(send_form, make_queue, receive):
    make_queue("orders")
    other = make_queue("others")
    send_form(path=f"/{ACCOUNT}/orders", Action="SendMessage", MessageBody="elsewhere", QueueUrl=other)
    assert receive(URL) == []
    assert [message["Body"] for message in receive(other)] == ["elsewhere"]
