"""The constraints of AWS's models: what is refused, and in which words."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from botocore.model import ServiceModel
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from awsim import spec
from awsim.errors import ServiceException
from awsim.protocol.validation import compile_validator


def validate(service_name: str, operation_name: str, members: dict[str, Any], protocol: str | None = None) -> None:
    model = spec.load_service(service_name)
    compile_validator(model.operation_model(operation_name), protocol or model.metadata["protocol"])(members)


def refusal(service_name: str, operation_name: str, members: dict[str, Any], protocol: str | None = None) -> str:
    """The code and message of the refusal."""
    with pytest.raises(ServiceException) as caught:
        validate(service_name, operation_name, members, protocol)
    assert caught.value.status_code == 400
    return f"{caught.value.code}: {caught.value.message}"


LAMBDA_FUNCTION = {"FunctionName": "f", "Role": "arn:aws:iam::123456789012:role/r", "Code": {}}

#: What real AWS answered: service, operation, input, code, message. Where AWS lists the values of an enum, it does so
#: in the order of a hash set and with values of its own; the words around them are what is recorded.
RECORDED: list[tuple[str, str, dict[str, Any], str, str]] = [
    (
        "events",
        "CreateConnection",
        {"Name": "two errors " + "x" * 60, "AuthorizationType": "INVALID", "AuthParameters": {}},
        "ValidationException",
        rf"3 validation errors detected: Value 'two errors {'x' * 60}' at 'name' failed to satisfy constraint: "
        r"Member must satisfy regular expression pattern: [\.\-_A-Za-z0-9]+; "
        rf"Value 'two errors {'x' * 60}' at 'name' failed to satisfy constraint: Member must have length less than or "
        "equal to 64; Value 'INVALID' at 'authorizationType' failed to satisfy constraint: "
        "Member must satisfy enum value set: [BASIC, OAUTH_CLIENT_CREDENTIALS, API_KEY]",
    ),
    (
        "apigateway",
        "UpdateMethodResponse",
        {
            "restApiId": "a",
            "resourceId": "b",
            "httpMethod": "GET",
            "statusCode": "wrong",
            "patchOperations": [{"op": "wrong_op"}],
        },
        "ValidationException",
        "2 validation errors detected: Value 'wrong_op' at 'updateMethodResponseInput.patchOperations.1.member.op' "
        "failed to satisfy constraint: Member must satisfy enum value set: [add, remove, replace, move, copy, test]; "
        r"Value 'wrong' at 'statusCode' failed to satisfy constraint: Member must satisfy regular expression pattern: "
        r"[1-5]\d\d",
    ),
    (
        "apigateway",
        "PutIntegration",
        {"restApiId": "a", "resourceId": "b", "httpMethod": "GET", "type": "HTTPS_PROXY"},
        "ValidationException",
        "1 validation error detected: Value 'HTTPS_PROXY' at 'putIntegrationInput.type' failed to satisfy constraint: "
        "Member must satisfy enum value set: [HTTP, AWS, MOCK, HTTP_PROXY, AWS_PROXY]",
    ),
    (
        "cloudformation",
        "BatchDescribeTypeConfigurations",
        {},
        "ValidationError",
        "1 validation error detected: Value null at 'typeConfigurationIdentifiers' failed to satisfy constraint: "
        "Member must not be null",
    ),
    (
        "dynamodb",
        "PutItem",
        {"TableName": "table"},
        "ValidationException",
        "1 validation error detected: Value null at 'item' failed to satisfy constraint: Member must not be null",
    ),
    (
        "dynamodb",
        "UpdateKinesisStreamingDestination",
        {
            "TableName": "table",
            "StreamArn": "arn:aws:kinesis:us-east-1:111111111111:stream/s" + "x" * 20,
            "UpdateKinesisStreamingConfiguration": {"ApproximateCreationDateTimePrecision": "SECOND"},
        },
        "ValidationException",
        "1 validation error detected: Value 'SECOND' at "
        "'updateKinesisStreamingConfiguration.approximateCreationDateTimePrecision' failed to satisfy constraint: "
        "Member must satisfy enum value set: [MILLISECOND, MICROSECOND]",
    ),
    (
        "iam",
        "DeleteServiceSpecificCredential",
        {"ServiceSpecificCredentialId": "totally-wrong-credential-id-with-hyphens"},
        "ValidationError",
        "1 validation error detected: Value at 'serviceSpecificCredentialId' failed to satisfy constraint: "
        r"Member must satisfy regular expression pattern: [\w]+",
    ),
    (
        "iam",
        "UpdateServiceSpecificCredential",
        {"ServiceSpecificCredentialId": "satisfiesregexbutstillinvalid", "Status": "Invalid"},
        "ValidationError",
        "1 validation error detected: Value at 'status' failed to satisfy constraint: "
        "Member must satisfy enum value set",
    ),
    (
        "kms",
        "Encrypt",
        {"KeyId": "k", "Plaintext": b"x" * 4097},
        "ValidationException",
        "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: "
        "Member must have length less than or equal to 4096",
    ),
    (
        "kms",
        "CreateKey",
        {"Tags": [{"TagKey": "a" * 129, "TagValue": "v"}]},
        "ValidationException",
        f"1 validation error detected: Value '{'a' * 129}' at 'tags.1.member.tagKey' failed to satisfy constraint: "
        "Member must have length less than or equal to 128",
    ),
    (
        "lambda",
        "CreateAlias",
        {"FunctionName": "f", "FunctionVersion": "1", "Name": "2024"},
        "ValidationException",
        "1 validation error detected: Value '2024' at 'name' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)",
    ),
    (
        "lambda",
        "CreateFunction",
        {**LAMBDA_FUNCTION, "Role": "r1"},
        "ValidationException",
        "1 validation error detected: Value 'r1' at 'role' failed to satisfy constraint: Member must satisfy regular "
        r"expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+",
    ),
    (
        "lambda",
        "CreateFunction",
        {**LAMBDA_FUNCTION, "Architectures": ["x86_64", "arm64"]},
        "ValidationException",
        "1 validation error detected: Value '[x86_64, arm64]' at 'architectures' failed to satisfy constraint: "
        "Member must have length less than or equal to 1",
    ),
    (
        "lambda",
        "CreateFunction",
        {**LAMBDA_FUNCTION, "Architectures": ["X86_64"]},
        "ValidationException",
        "1 validation error detected: Value '[X86_64]' at 'architectures' failed to satisfy constraint: Member must "
        "satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]",
    ),
    (
        "lambda",
        "CreateFunction",
        {**LAMBDA_FUNCTION, "SnapStart": {"ApplyOn": "invalidOption"}},
        "ValidationException",
        "1 validation error detected: Value 'invalidOption' at 'snapStart.applyOn' failed to satisfy constraint: "
        "Member must satisfy enum value set: [PublishedVersions, None]",
    ),
    (
        "logs",
        "GetLogEvents",
        {"logGroupName": "g", "logStreamName": "s", "limit": 10001},
        "InvalidParameterException",
        "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: "
        "Member must have value less than or equal to 10000",
    ),
    (
        "sns",
        "CreatePlatformApplication",
        {"Name": "n", "Platform": "GCM"},
        "ValidationError",
        "1 validation error detected: Value null at 'attributes' failed to satisfy constraint: Member must not be null",
    ),
    (
        "stepfunctions",
        "CreateStateMachineAlias",
        {"name": "a", "routingConfiguration": [{"stateMachineVersionArn": "arn:1", "weight": 101}]},
        "ValidationException",
        "1 validation error detected: Value '101' at 'routingConfiguration.1.member.weight' failed to satisfy "
        "constraint: Member must have value less than or equal to 100",
    ),
    (
        "stepfunctions",
        "CreateStateMachineAlias",
        {
            "name": "a",
            "routingConfiguration": [
                {"stateMachineVersionArn": "arn:1", "weight": 50},
                {"stateMachineVersionArn": "arn:2", "weight": 30},
                {"stateMachineVersionArn": "arn:3", "weight": 20},
            ],
        },
        "ValidationException",
        "1 validation error detected: Value '[RoutingConfigurationListItem(stateMachineVersionArn=arn:1, weight=50), "
        "RoutingConfigurationListItem(stateMachineVersionArn=arn:2, weight=30), "
        "RoutingConfigurationListItem(stateMachineVersionArn=arn:3, weight=20)]' at 'routingConfiguration' failed to "
        "satisfy constraint: Member must have length less than or equal to 2",
    ),
    (
        "stepfunctions",
        "ListExecutions",
        {"maxResults": 1001},
        "ValidationException",
        "1 validation error detected: Value '1001' at 'maxResults' failed to satisfy constraint: "
        "Member must have value less than or equal to 1000",
    ),
]


@pytest.mark.parametrize(
    ("service_name", "operation_name", "members", "code", "message"),
    [pytest.param(*case, id=f"{case[0]}-{case[1]}-{number}") for number, case in enumerate(RECORDED)],
)
def test_what_aws_was_recorded_to_refuse_is_refused_in_its_words(
    service_name: str, operation_name: str, members: dict[str, Any], code: str, message: str
) -> None:
    assert refusal(service_name, operation_name, members) == f"{code}: {message}"


@pytest.mark.parametrize(
    ("protocol", "code"),
    [("query", "ValidationError"), ("json", "ValidationException"), ("smithy-rpc-v2-cbor", "ValidationException")],
)
def test_cloudwatch_names_the_same_refusal_by_the_custom_of_the_protocol_it_was_asked_in(
    protocol: str, code: str
) -> None:
    members = {"AlarmName": "a", "StateValue": "INVALID", "StateReason": "r"}
    assert refusal("cloudwatch", "SetAlarmState", members, protocol) == (
        f"{code}: 1 validation error detected: Value 'INVALID' at 'stateValue' failed to satisfy constraint: "
        "Member must satisfy enum value set: [OK, ALARM, INSUFFICIENT_DATA]"
    )


def test_the_recordings_at_hand_hold_no_form_of_refusal_that_these_tests_do_not_know(
    shared: Path,
) -> None:
    known = re.compile(
        r"Member must (not be null|satisfy (constraint|enum value set|regular expression)"
        r"|have (length|value) (less|greater) than or equal to -?\d+)"
    )
    texts = [
        text for file in (shared / "aws-recorded").rglob("*.json") for text in _strings(json.loads(file.read_text()))
        if "failed to satisfy constraint: " in text
    ]  # fmt: skip
    forms = [part for text in texts for part in text.split("failed to satisfy constraint: ")[1:]]
    assert len(forms) > 50
    assert [form for form in forms if not known.match(form)] == []


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [text for item in value for text in _strings(item)]
    return [value] if isinstance(value, str) else []


# Each kind of constraint


def test_a_member_that_is_none_counts_as_absent() -> None:
    assert refusal("kms", "Encrypt", {"KeyId": None, "Plaintext": b"x"}) == (
        "ValidationException: 1 validation error detected: Value null at 'keyId' failed to satisfy constraint: "
        "Member must not be null"
    )


def test_every_violation_is_reported_in_the_order_of_the_models_members() -> None:
    assert refusal("sts", "AssumeRole", {"RoleSessionName": "!", "DurationSeconds": 1}) == (
        "ValidationError: 4 validation errors detected: Value null at 'roleArn' failed to satisfy constraint: Member "
        "must not be null; Value '!' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular "
        r"expression pattern: [\w+=,.@-]*; Value '!' at 'roleSessionName' failed to satisfy constraint: Member must "
        "have length greater than or equal to 2; Value '1' at 'durationSeconds' failed to satisfy constraint: Member "
        "must have value greater than or equal to 900"
    )


def test_only_the_first_letter_of_a_member_is_lowered_in_its_path() -> None:
    members = {"RoleArn": "arn:aws:iam::1:role/r", "PrincipalArn": "arn:aws:iam::1:saml-provider/p"}
    assert refusal("sts", "AssumeRoleWithSAML", members) == (
        "ValidationError: 1 validation error detected: Value null at 'sAMLAssertion' failed to satisfy constraint: "
        "Member must not be null"
    )


def test_a_list_that_is_too_short_is_named_by_its_length() -> None:
    assert refusal("dynamodb", "BatchGetItem", {"RequestItems": {}}) == (
        "ValidationException: 1 validation error detected: Value '{}' at 'requestItems' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1"
    )


def test_structures_in_maps_and_lists_are_reached_by_keys_and_numbers_from_one() -> None:
    items = {"table": [{"PutRequest": {"Item": {}}}, {"PutRequest": {}}]}
    assert refusal("dynamodb", "BatchWriteItem", {"RequestItems": items}) == (
        "ValidationException: 1 validation error detected: Value null at 'requestItems.table.member.2.member."
        "putRequest.item' failed to satisfy constraint: Member must not be null"
    )


def test_keys_and_values_of_maps_are_reported_with_the_whole_map_and_all_their_constraints() -> None:
    tags = {"k" * 129: "v", "k": "v" * 257}
    shown = f"'{{{'k' * 129}=v, k={'v' * 257}}}'"
    arn = "arn:aws:pipes:us-east-1:123456789012:pipe/p"
    assert refusal("pipes", "TagResource", {"resourceArn": arn, "tags": tags}) == (
        f"ValidationException: 2 validation errors detected: Value {shown} at 'tags' failed to satisfy constraint: "
        "Map keys must satisfy constraint: [Member must have length less than or equal to 128, Member must have length "
        f"greater than or equal to 1, Member must not be null]; Value {shown} at 'tags' failed to satisfy constraint: "
        "Map value must satisfy constraint: [Member must have length less than or equal to 256, Member must have "
        "length greater than or equal to 0, Member must not be null]"
    )


def test_lists_in_maps_are_reported_with_the_whole_map_for_their_length() -> None:
    assert refusal("dynamodb", "BatchWriteItem", {"RequestItems": {"table": []}}) == (
        "ValidationException: 1 validation error detected: Value '{table=[]}' at 'requestItems' failed to satisfy "
        "constraint: Map value must satisfy constraint: [Member must have length less than or equal to 25, Member must "
        "have length greater than or equal to 1]"
    )


def test_dynamodb_lists_what_it_takes_in_an_order_of_its_own() -> None:
    members = {"TableName": "music", "Item": {}, "ReturnValues": "ALL"}
    assert refusal("dynamodb", "PutItem", members) == (
        "ValidationException: 1 validation error detected: Value 'ALL' at 'returnValues' failed to satisfy constraint: "
        "Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]"
    )


def test_a_blob_of_the_wrong_length_is_shown_as_a_buffer() -> None:
    members = {"StreamName": "s", "PartitionKey": "p", "Data": b"x" * 10485761}
    assert refusal("kinesis", "PutRecord", members) == (
        "ValidationException: 1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=10485761 "
        "cap=10485761]' at 'data' failed to satisfy constraint: Member must have length less than or equal to 10485760"
    )


def test_sensitive_values_are_never_shown() -> None:
    message = refusal("secretsmanager", "CreateSecret", {"Name": "n", "SecretString": "hush" * 20000})
    assert "hush" not in message
    assert "Value at 'secretString' failed to satisfy constraint: Member must have length" in message


UNION_MODEL = {
    "metadata": {"protocol": "json", "apiVersion": "2020-01-01", "endpointPrefix": "example"},
    "operations": {"Put": {"name": "Put", "http": {"method": "POST"}, "input": {"shape": "PutRequest"}}},
    "shapes": {
        "PutRequest": {"type": "structure", "members": {"Content": {"shape": "Content"}}},
        "Content": {
            "type": "structure",
            "union": True,
            "members": {"Text": {"shape": "String"}, "Pages": {"shape": "Integer"}, "More": {"shape": "Content"}},
        },
        "String": {"type": "string", "min": 1},
        "Integer": {"type": "integer", "min": 1, "max": 9},
    },
}


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        ({}, "Content(text=null, pages=null, more=null)"),
        ({"Text": "a", "Pages": 1}, "Content(text=a, pages=1, more=null)"),
        ({"Other": 1}, "Content(text=null, pages=null, more=null)"),
    ],
)
def test_a_union_holds_exactly_one_member(content: dict[str, Any], shown: str) -> None:
    operation = ServiceModel(UNION_MODEL, "example").operation_model("Put")
    validator = compile_validator(operation, "json")
    validator({"Content": {"More": {"More": {"Pages": 9}}}})
    with pytest.raises(ServiceException) as caught:
        validator({"Content": {"More": content}})
    assert caught.value.message == (
        f"1 validation error detected: Value '{shown}' at 'content.more' failed to satisfy constraint: "
        "Member must have exactly one member set"
    )


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"QueueUrl": True, "MessageBody": "b"}, "class java.lang.Boolean can not be converted to an String"),
        ({"QueueUrl": {}, "MessageBody": "b"}, "Start of structure or map found where not expected."),
        ({"QueueUrl": "u", "MessageBody": ["b"]}, "Start of list found where not expected"),
        (
            {"QueueUrl": "u", "MessageBody": "b", "DelaySeconds": "1"},
            "class java.lang.String can not be converted to an Integer",
        ),
        (
            {"QueueUrl": "u", "MessageBody": "b", "MessageAttributes": "a"},
            "Unrecognized collection type class java.lang.String",
        ),
    ],
)
def test_a_value_of_the_wrong_type_is_the_parsers_complaint(members: dict[str, Any], message: str) -> None:
    assert refusal("sqs", "SendMessage", members) == f"SerializationException: {message}"


def test_an_input_that_is_no_structure_is_refused() -> None:
    assert refusal("sqs", "SendMessage", ["QueueUrl"]) == (  # type: ignore[arg-type]
        "SerializationException: Start of list found where not expected"
    )


# Services with ways of their own


def test_sqs_names_the_missing_parameter_and_nothing_else() -> None:
    assert refusal("sqs", "CreateQueue", {}) == "MissingParameter: The request must contain the parameter QueueName."


def test_sqs_names_a_missing_member_of_an_entry_as_the_query_protocol_does() -> None:
    entries = [{"Id": "1", "MessageBody": "a"}, {"MessageBody": "b"}]
    assert refusal("sqs", "SendMessageBatch", {"QueueUrl": "u", "Entries": entries}) == (
        "MissingParameter: The request must contain the parameter SendMessageBatchRequestEntry.2.Id."
    )


def test_sqs_leaves_attribute_names_and_message_attributes_to_the_service() -> None:
    validate("sqs", "CreateQueue", {"QueueName": "q", "Attributes": {"Foobar": "1"}})
    validate("sqs", "GetQueueAttributes", {"QueueUrl": "u", "AttributeNames": ["Foobar"]})
    validate("sqs", "SendMessage", {"QueueUrl": "u", "MessageBody": "", "MessageAttributes": {"a": {}}})


@pytest.mark.parametrize(
    ("operation_name", "members", "expected"),
    [
        ("TerminateInstances", {}, "MissingParameter: The request must contain the parameter InstanceId"),
        (
            "RunInstances",
            {"MinCount": 1, "MaxCount": 1, "InstanceType": "x1.huge"},
            "InvalidParameterValue: Invalid value 'x1.huge' for InstanceType.",
        ),
        (
            "DescribeInstanceTypes",
            {"MaxResults": 1},
            "InvalidParameterValue: Value ( 1 ) for parameter maxResults is invalid. Expecting a value greater than 5.",
        ),
        (
            "DescribeInstanceTypes",
            {"MaxResults": 101},
            "InvalidParameterValue: Value ( 101 ) for parameter maxResults is invalid. "
            "Expecting a value less than 100.",
        ),
    ],
)
def test_ec2_stops_at_the_first_error_in_its_own_words(
    operation_name: str, members: dict[str, Any], expected: str
) -> None:
    assert refusal("ec2", operation_name, members) == expected


def test_s3_refuses_a_document_without_a_required_element_as_malformed() -> None:
    assert refusal("s3", "PutBucketTagging", {"Bucket": "b", "Tagging": {"TagSet": [{"Key": "k"}]}}) == (
        "MalformedXML: The XML you provided was not well-formed or did not validate against our published schema"
    )


def test_s3_asks_for_the_body_that_is_missing() -> None:
    assert refusal("s3", "PutBucketTagging", {"Bucket": "b"}) == "MissingRequestBodyError: Request Body is empty"


def test_s3_judges_headers_in_its_operations() -> None:
    validate("s3", "PutObject", {"Bucket": "b", "Key": "k", "ACL": "unheard-of", "StorageClass": "FOO"})


def test_route53_has_its_own_code() -> None:
    assert refusal("route53", "ListTagsForResource", {"ResourceType": "hostedzone", "ResourceId": "x" * 65}) == (
        f"InvalidInput: 1 validation error detected: Value '{'x' * 65}' at 'resourceId' failed to satisfy constraint: "
        "Member must have length less than or equal to 64"
    )


def test_an_operation_without_input_accepts_anything() -> None:
    validate("sts", "GetCallerIdentity", {"Foo": 1})


def test_members_that_the_model_does_not_have_are_ignored() -> None:
    validate("sqs", "CreateQueue", {"QueueName": "q", "Foo": 1})


# Any operation

OPERATIONS = [
    ("dynamodb", "CreateTable"),
    ("events", "PutRule"),
    ("kms", "CreateKey"),
    ("lambda", "CreateFunction"),
    ("scheduler", "CreateSchedule"),
    ("sns", "Publish"),
    ("stepfunctions", "CreateStateMachine"),
    ("wafv2", "CreateWebACL"),
    ("apigateway", "PutIntegration"),
    ("cognito-idp", "CreateUserPool"),
]


def valid(shape: Any, depth: int = 0) -> st.SearchStrategy[Any]:
    """Inputs that satisfy a shape's constraints, bar patterns: members with one are left out where they can be."""
    least, most = shape.metadata.get("min") or 0, shape.metadata.get("max")
    if shape.type_name == "structure":
        if shape.metadata.get("union"):
            name = next(name for name, member in shape.members.items() if _is_easy(member, set()))
            return st.fixed_dictionaries({name: valid(shape.members[name], depth + 1)})
        required = {name: valid(shape.members[name], depth + 1) for name in shape.required_members}
        optional = {
            name: valid(member, depth + 1)
            for name, member in shape.members.items()
            if depth < 2 and name not in required and _is_easy(member, set())
        }
        return st.fixed_dictionaries(required, optional=optional)
    if shape.type_name == "list":
        return st.lists(valid(shape.member, depth + 1), min_size=least, max_size=max(least, min(most or 2, 2)))
    if shape.type_name == "map":
        return st.dictionaries(
            valid(shape.key, depth + 1), valid(shape.value, depth + 1), min_size=least, max_size=max(least, 2)
        )
    if shape.metadata.get("enum"):
        return st.sampled_from(shape.metadata["enum"])
    if shape.metadata.get("pattern"):
        return st.from_regex(re.compile(shape.metadata["pattern"], re.ASCII), fullmatch=True).filter(
            lambda text: least <= len(text) <= (most or len(text))
        )
    simple: dict[str, Any] = {
        "string": lambda: st.text("ab-1", min_size=least, max_size=min(most or least + 9, least + 9)),
        "blob": lambda: st.binary(min_size=least, max_size=min(most or least + 9, least + 9)),
        "boolean": st.booleans,
        "timestamp": st.datetimes,
    }
    if shape.type_name in simple:
        strategy: st.SearchStrategy[Any] = simple[shape.type_name]()
        return strategy
    return st.integers(int(shape.metadata.get("min") or 0), int(most if most is not None else 10**6))


def _is_easy(shape: Any, seen: set[str]) -> bool:
    """Whether valid inputs of a shape are easily drawn: no recursion, no patterns to fight with."""
    if shape.name in seen:
        return False
    seen = seen | {shape.name}
    if shape.type_name == "structure":
        if shape.metadata.get("union"):
            return any(_is_easy(member, seen) for member in shape.members.values())
        return all(_is_easy(shape.members[name], seen) for name in shape.required_members)
    if shape.type_name == "list":
        return _is_easy(shape.member, seen)
    if shape.type_name == "map":
        return _is_easy(shape.key, seen) and _is_easy(shape.value, seen)
    pattern = shape.metadata.get("pattern")
    return not pattern or (len(pattern) < 30 and "\\p" not in pattern and (shape.metadata.get("min") or 0) < 4)


def breakable(shape: Any, value: Any, path: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], Any]]:
    """The ways to break a valid value: where, and with what. The path is that of members and list indices."""
    if isinstance(value, dict) and shape.type_name == "structure":
        found = [((*path, name), None) for name in shape.required_members]
        for name, member in value.items():
            found += breakable(shape.members[name], member, (*path, name))
        return found
    if isinstance(value, list) and shape.member.type_name == "structure":
        return [way for i, item in enumerate(value) for way in breakable(shape.member, item, (*path, i))]
    if shape.metadata.get("enum"):
        return [(path, "no such value")]
    if isinstance(value, str) and shape.metadata.get("max") is not None and shape.metadata["max"] < 5000:
        return [(path, "a" * (shape.metadata["max"] + 1))]
    if isinstance(value, int) and not isinstance(value, bool) and shape.metadata.get("max") is not None:
        return [(path, shape.metadata["max"] + 1)]
    return []


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = list(value) if isinstance(value, list) else dict(value)
    old = copy[path[0]] if isinstance(copy, list) else copy.get(path[0])
    copy[path[0]] = replaced(old, path[1:], new)
    return copy


@pytest.mark.parametrize(("service_name", "operation_name"), OPERATIONS)
def test_valid_input_passes_and_input_broken_in_one_place_is_refused_by_that_place(
    service_name: str, operation_name: str
) -> None:
    model = spec.load_service(service_name)
    operation = model.operation_model(operation_name)
    validator = compile_validator(operation, model.metadata["protocol"])

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)
    @given(data=st.data())
    def check(data: st.DataObject) -> None:
        members = data.draw(valid(operation.input_shape))
        validator(members)
        ways = breakable(operation.input_shape, members)
        assume(ways)
        path, bad = data.draw(st.sampled_from(ways))
        with pytest.raises(ServiceException) as caught:
            validator(replaced(members, path, bad))
        steps = [f"{step + 1}.member" if isinstance(step, int) else step[0].lower() + step[1:] for step in path]
        assert re.match(r"\d+ validation errors? detected: ", caught.value.message)
        assert f"{'.'.join(steps)}' failed to satisfy constraint: " in caught.value.message

    check()


any_value = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(data=st.data(), which=st.sampled_from([*OPERATIONS, ("sqs", "SendMessageBatch"), ("ec2", "RunInstances")]))
def test_no_input_raises_anything_but_an_answer_of_aws(data: st.DataObject, which: tuple[str, str]) -> None:
    model = spec.load_service(which[0])
    operation = model.operation_model(which[1])
    validator = compile_validator(operation, model.metadata["protocol"])
    names = st.sampled_from(sorted(operation.input_shape.members)) | st.text()
    messages = []
    try:
        validator(data.draw(st.dictionaries(names, any_value, max_size=6)))
    except ServiceException as error:
        messages.append(error.message)
    assert "" not in messages
