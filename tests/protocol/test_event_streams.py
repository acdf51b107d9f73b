"""Streams of events, in requests and in answers."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import pytest

from awsim import spec
from awsim.errors import ResultError, ServiceException, service_errors
from awsim.protocol.codec import operation_codec
from awsim.protocol.event_stream import decode_messages, encode_message
from awsim.protocol.http import Request, Response
from tests.protocol.wire import read_by_botocore

MOMENT = datetime(2024, 5, 6, 7, 8, 9, tzinfo=timezone.utc)


def answered(service: str, name: str, output: dict[str, Any]) -> Response:
    return operation_codec(spec.load_service(service).operation_model(name)).serialize(output, "id")


def received(service: str, name: str, output: dict[str, Any]) -> dict[str, Any]:
    operation = spec.load_service(service).operation_model(name)
    protocol = operation.service_model.resolved_protocol
    parsed = read_by_botocore(operation_codec(operation).serialize(output, "id"), operation, protocol)
    parsed.pop("ResponseMetadata")
    return parsed


# Answers


def test_events_of_s3_reach_botocore() -> None:
    events = [
        {"Records": {"Payload": b"a,b\n\xff"}},
        {"Progress": {"Details": {"BytesScanned": 2, "BytesProcessed": 1, "BytesReturned": 0}}},
        {"End": {}},
    ]
    assert received("s3", "SelectObjectContent", {"Payload": events}) == {"Payload": events}


def test_events_of_rest_json_reach_botocore() -> None:
    events = [{"PayloadChunk": {"Payload": b"chunk"}}, {"InvokeComplete": {"ErrorCode": "e", "LogResult": "l"}}]
    output = {"StatusCode": 200, "ExecutedVersion": "1", "EventStream": events}
    assert received("lambda", "InvokeWithResponseStream", output) == output


def test_events_of_rpc_protocols_follow_the_other_members() -> None:
    record = {"SequenceNumber": "1", "Data": b"\x00", "PartitionKey": "p", "ApproximateArrivalTimestamp": MOMENT}
    event = {"Records": [record], "ContinuationSequenceNumber": "2", "MillisBehindLatest": 0}
    events = [{"SubscribeToShardEvent": event}]
    response = answered("kinesis", "SubscribeToShard", {"EventStream": events})
    assert response.headers["Content-Type"] == "application/vnd.amazon.eventstream"
    first, *_ = decode_messages([response.read()])
    assert first[0][":event-type"] == "initial-response"
    assert received("kinesis", "SubscribeToShard", {"EventStream": events}) == {"EventStream": events}


def test_the_headers_of_an_event_in_full() -> None:
    response = answered("s3", "SelectObjectContent", {"Payload": [{"Records": {"Payload": b"x"}}, {"Cont": {}}]})
    assert list(decode_messages([response.read()])) == [
        (
            {":message-type": "event", ":event-type": "Records", ":content-type": "application/octet-stream"},
            b"x",
        ),
        ({":message-type": "event", ":event-type": "Cont"}, b""),
    ]


def test_events_are_written_when_they_are_asked_for() -> None:
    taken = []

    def events() -> Iterator[dict[str, Any]]:
        for number in range(3):
            taken.append(number)
            yield {"PayloadChunk": {"Payload": b"%d" % number}}

    chunks: Any = iter(answered("lambda", "InvokeWithResponseStream", {"EventStream": events()}).body)
    assert taken == []
    next(chunks)
    assert taken == [0]


def test_an_error_midway_ends_the_stream_as_its_last_message() -> None:
    def failing(error: ServiceException) -> Iterator[dict[str, Any]]:
        yield {"chunk": {"bytes": b"1"}}
        raise error

    modelled = service_errors("bedrock-runtime").ThrottlingException("slow down")
    response = answered("bedrock-runtime", "InvokeModelWithResponseStream", {"body": failing(modelled)})
    assert list(decode_messages([response.read()]))[1] == (
        {
            ":message-type": "exception",
            ":exception-type": "throttlingException",
            ":content-type": "application/json",
        },
        b'{"message":"slow down"}',
    )
    unmodelled = ServiceException("Odd", "very")
    response = answered("bedrock-runtime", "InvokeModelWithResponseStream", {"body": failing(unmodelled)})
    assert list(decode_messages([response.read()]))[1] == (
        {":message-type": "error", ":error-code": "Odd", ":error-message": "very"},
        b"",
    )


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ({"Recrds": {}}, "SelectObjectContent result: Payload: [0]: unknown member 'Recrds'"),
        ({}, "SelectObjectContent result: Payload: [0]: expected a mapping with one event, got dict {}"),
        (
            {"Records": {"Payload": 1}},
            "SelectObjectContent result: Payload: [0].Records.Payload: expected bytes, got int 1",
        ),
        ({"Records": {"Pay": b""}}, "SelectObjectContent result: Payload: [0].Records: unknown member 'Pay'"),
    ],
)
def test_an_event_that_does_not_fit_is_refused(event: dict[str, Any], message: str) -> None:
    response = answered("s3", "SelectObjectContent", {"Payload": [event]})
    with pytest.raises(ResultError) as caught:
        response.read()
    assert str(caught.value) == message


# Requests


def conversation(*messages: bytes) -> Request:
    path = "/bots/bot-id/botAliases/alias/botLocales/en_US/sessions/session/conversation"
    headers = {"content-type": "application/vnd.amazon.eventstream", "x-amz-lex-conversation-mode": "TEXT"}
    return Request("POST", path, headers=headers, body=io.BytesIO(b"".join(messages)))


def text_event(text: str) -> bytes:
    headers = {":message-type": "event", ":event-type": "TextInputEvent", ":content-type": "application/json"}
    return encode_message(headers, b'{"text":"%s","clientTimestampMillis":7}' % text.encode())


def test_events_of_a_request_are_read_one_by_one_beside_the_other_members() -> None:
    codec = operation_codec(spec.load_service("lexv2-runtime").operation_model("StartConversation"))
    audio = encode_message(
        {":message-type": "event", ":event-type": "AudioInputEvent", ":content-type": "application/json"},
        b'{"audioChunk":"YWJj","contentType":"audio/lpcm"}',
    )
    unknown = encode_message({":message-type": "event", ":event-type": "Unheard"}, b"{}")
    members = codec.parse(conversation(text_event("a"), unknown, audio))
    events = members.pop("requestEventStream")
    assert members == {
        "botId": "bot-id",
        "botAliasId": "alias",
        "localeId": "en_US",
        "sessionId": "session",
        "conversationMode": "TEXT",
    }
    assert next(events) == {"TextInputEvent": {"text": "a", "clientTimestampMillis": 7}}
    assert list(events) == [{"AudioInputEvent": {"audioChunk": b"abc", "contentType": "audio/lpcm"}}]


def test_signed_messages_are_unwrapped() -> None:
    codec = operation_codec(spec.load_service("lexv2-runtime").operation_model("StartConversation"))
    signature = {":date": MOMENT, ":chunk-signature": b"\x00"}
    signed = encode_message(signature, text_event("a"))
    members = codec.parse(conversation(signed, encode_message(signature, b"")))
    assert list(members["requestEventStream"]) == [{"TextInputEvent": {"text": "a", "clientTimestampMillis": 7}}]


def test_a_truncated_stream_is_refused_where_it_ends() -> None:
    codec = operation_codec(spec.load_service("lexv2-runtime").operation_model("StartConversation"))
    events = codec.parse(conversation(text_event("a"), text_event("b")[:-3]))["requestEventStream"]
    assert next(events) == {"TextInputEvent": {"text": "a", "clientTimestampMillis": 7}}
    with pytest.raises(ServiceException) as caught:
        next(events)
    assert caught.value.code == "SerializationException"
