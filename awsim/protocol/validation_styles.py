"""How services answer an input that breaks their model: what each checks, and in whose words it refuses.

Owns the table of services that differ from their protocol's custom. Knows nothing of how values are checked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from awsim.errors import ServiceException
from awsim.protocol.violations import (
    ENUM,
    LENGTH,
    PATTERN,
    RANGE,
    REQUIRED,
    UNION,
    Key,
    Violation,
    is_sensitive,
    lower_first,
    one_of,
    write_number,
    write_path,
    write_value,
)
from awsim.spec import OperationModel, Shape


class Style:
    """The framework most services share: "2 validation errors detected: Value 'x' at 'y' failed to satisfy …"."""

    #: The kinds of constraint that the service checks before anything else.
    checks = frozenset({REQUIRED, LENGTH, RANGE, PATTERN, ENUM, UNION})
    #: Whether members bound to the path, the query string and headers are checked.
    bound_members = True
    #: Whether what is in maps is checked.
    map_items = True
    #: Structures that are not looked into: what their constraints say, the parser has seen to or the service does.
    unchecked: frozenset[str] = frozenset()
    #: Structures with their members that the model requires and the service does not.
    optional: frozenset[tuple[str, str]] = frozenset()

    def __init__(self, code: str) -> None:
        self.code = code

    def refuse(self, violations: Sequence[Violation], operation: OperationModel) -> ServiceException:
        errors = "; ".join(self.describe(violation, operation) for violation in self.arrange(violations, operation))
        plural = "s" if len(violations) > 1 else ""
        return self.error(f"{len(violations)} validation error{plural} detected: {errors}", operation)

    def error(self, message: str, operation: OperationModel) -> ServiceException:
        service = operation.service_model
        status_code = 400
        if self.code in service.shape_names:
            status_code = (service.shape_for(self.code).metadata.get("error") or {}).get("httpStatusCode", 400)
        return ServiceException(self.code, message, status_code=status_code)

    def arrange(self, violations: Sequence[Violation], operation: OperationModel) -> Sequence[Violation]:
        return violations

    def describe(self, violation: Violation, operation: OperationModel) -> str:
        path = self.path(violation, operation)
        return f"Value{self.value(violation)} at '{path}' failed to satisfy constraint: {violation.constraint}"

    def path(self, violation: Violation, operation: OperationModel) -> str:
        return write_path(violation.path)

    def value(self, violation: Violation) -> str:
        if violation.value is None:
            return " null"
        # AWS: a sensitive value is left out, as KMS does with a plaintext that is too long.
        if is_sensitive(violation.shape):
            return ""
        return f" '{write_value(violation.value, violation.shape)}'"


class DynamoDb(Style):
    """AWS: DynamoDB lists what it would take in the order of its own sets, not of the model (as users report it)."""

    # Every item is made of them, thousands in a batch; the service checks each one anyway.
    unchecked = frozenset({"AttributeValue"})

    _ENUMS: ClassVar[dict[str, str]] = {
        "ComparisonOperator": "IN NULL BETWEEN LT NOT_CONTAINS EQ GT NOT_NULL NE LE BEGINS_WITH GE CONTAINS",
        "ConditionalOperator": "OR AND",
        "ReturnItemCollectionMetrics": "SIZE NONE",
        "ReturnValue": "ALL_NEW UPDATED_OLD ALL_OLD NONE UPDATED_NEW",
        "ScalarAttributeType": "B N S",
        "Select": "SPECIFIC_ATTRIBUTES COUNT ALL_ATTRIBUTES ALL_PROJECTED_ATTRIBUTES",
    }

    def error(self, message: str, operation: OperationModel) -> ServiceException:
        refusal = super().error(message, operation)
        # AWS: in the namespace of the framework that checks inputs, as what the service itself refuses.
        refusal.shape_name = "com.amazon.coral.validate#ValidationException"
        return refusal

    def describe(self, violation: Violation, operation: OperationModel) -> str:
        order = self._ENUMS.get(violation.shape.name) if violation.kind == ENUM and violation.shape else None
        if order is not None:
            violation = violation._replace(constraint=one_of(order.split()))
        return super().describe(violation, operation)


class WithoutValues(Style):
    """AWS: IAM repeats neither the caller's values nor the values it would take."""

    def value(self, violation: Violation) -> str:
        return ""

    def describe(self, violation: Violation, operation: OperationModel) -> str:
        description = super().describe(violation, operation)
        return description.partition(" value set")[0] + " value set" if violation.kind == ENUM else description


class WrappedBody(Style):
    """AWS: API Gateway reports the members of the body first, below a wrapper that is not in the model."""

    def arrange(self, violations: Sequence[Violation], operation: OperationModel) -> Sequence[Violation]:
        return sorted(violations, key=lambda violation: self._is_bound(violation, operation))

    def path(self, violation: Violation, operation: OperationModel) -> str:
        path = super().path(violation, operation)
        return path if self._is_bound(violation, operation) else f"{lower_first(operation.name)}Input.{path}"

    @staticmethod
    def _is_bound(violation: Violation, operation: OperationModel) -> bool:
        members = operation.input_shape.members if operation.input_shape else {}
        return "location" in members[violation.path[0]].serialization


class MissingParameter(Style):
    """SQS: "The request must contain the parameter QueueName."; it checks everything else itself, by its own rules."""

    checks = frozenset({REQUIRED})
    map_items = False

    def refuse(self, violations: Sequence[Violation], operation: OperationModel) -> ServiceException:
        name = self.name(violations[0], operation)
        return ServiceException("MissingParameter", f"The request must contain the parameter {name}.")

    def name(self, violation: Violation, operation: OperationModel) -> str:
        """The member as the query protocol names it: ``Entries[1].Id`` is SendMessageBatchRequestEntry.2.Id."""
        names: list[str] = []
        shape: Any = operation.input_shape
        for step in violation.path:
            if isinstance(step, int):
                shape = shape.member
                names[-1:] = [self.item_name(names[-1], shape), str(step + 1)]
            elif isinstance(step, Key):
                shape = shape.value
                names.append(step)
            else:
                shape = shape.members[step]
                names.append(self.member_name(step, shape))
        return ".".join(names)

    def member_name(self, name: str, shape: Shape) -> str:
        return name

    def item_name(self, name: str, shape: Shape) -> str:
        return str(shape.serialization.get("name", shape.name))


class Ec2(MissingParameter):
    """EC2 stops at the first error: "The request must contain the parameter InstanceId"."""

    checks = frozenset({REQUIRED, RANGE, ENUM})
    map_items = True

    def refuse(self, violations: Sequence[Violation], operation: OperationModel) -> ServiceException:
        violation = violations[0]
        name = self.name(violation, operation)
        if violation.kind == REQUIRED:
            return ServiceException("MissingParameter", f"The request must contain the parameter {name}")
        if violation.kind == ENUM:
            return ServiceException(
                "InvalidParameterValue", f"Invalid value '{write_value(violation.culprit)}' for {name}."
            )
        if violation.least is not None:
            # AWS: its "greater than 5" lets 5 pass.
            bound = f"greater than {write_number(violation.least)}"
        else:
            bound = f"less than {write_number(violation.most or 0)}"
        value = f"Value ( {write_value(violation.culprit)} ) for parameter {lower_first(name)}"
        return ServiceException("InvalidParameterValue", f"{value} is invalid. Expecting a value {bound}.")

    def member_name(self, name: str, shape: Shape) -> str:
        wire_name: str = shape.serialization.get("name", name)
        return str(shape.serialization.get("queryName") or wire_name[:1].upper() + wire_name[1:])

    def item_name(self, name: str, shape: Shape) -> str:
        return name


class MalformedXml(Style):
    """S3 knows only whether the document in the body fits its schema; what is in headers each operation judges."""

    checks = frozenset({REQUIRED})
    bound_members = False
    # AWS: a Tagging without a tag set is one with an empty one (recorded).
    optional = frozenset({("Tagging", "TagSet")})

    def refuse(self, violations: Sequence[Violation], operation: OperationModel) -> ServiceException:
        if len(violations[0].path) == 1:
            if operation.name == "PutBucketPolicy":  # whose document is text, of which even none is read (recorded)
                return ServiceException("MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'")
            return ServiceException("MissingRequestBodyError", "Request Body is empty")
        return ServiceException(
            "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema"
        )


#: How the protocols' services refuse, unless they are named below.
BY_PROTOCOL: dict[str, Style] = {
    "query": Style("ValidationError"),
    "ec2": Ec2("InvalidParameterValue"),
    "json": Style("ValidationException"),
    "rest-json": Style("ValidationException"),
    "smithy-rpc-v2-cbor": Style("ValidationException"),
    "rest-xml": Style("ValidationError"),
}

#: Services that refuse in their own way, from recorded answers and reports of users.
BY_SERVICE: dict[str, Style] = {
    "apigateway": WrappedBody("ValidationException"),
    "appconfig": Style("BadRequestException"),
    "cloudfront": Style("InvalidArgument"),
    "cognito-identity": Style("InvalidParameterException"),
    "cognito-idp": Style("InvalidParameterException"),
    "dynamodb": DynamoDb("ValidationException"),
    "iam": WithoutValues("ValidationError"),
    "logs": Style("InvalidParameterException"),
    "route53": Style("InvalidInput"),
    "s3": MalformedXml("MalformedXML"),
    "s3control": MalformedXml("MalformedXML"),
    "sqs": MissingParameter("MissingParameter"),
    "transcribe": Style("BadRequestException"),
}


def style_of(operation: OperationModel, protocol: str) -> Style:
    """How the operation's service refuses in this protocol."""
    return BY_SERVICE.get(operation.service_model.service_name) or BY_PROTOCOL[protocol]


def refuse_type(violation: Violation, protocol: str) -> ServiceException:
    """The answer to a value of the wrong type; it is not part of any style since it is the parser's complaint."""
    code = {"query": "MalformedInput", "ec2": "InvalidParameterValue", "rest-xml": "MalformedXML"}
    return ServiceException(code.get(protocol, "SerializationException"), violation.constraint)


_JAVA_TYPES = {
    "blob": "ByteBuffer",
    "boolean": "Boolean",
    "double": "Double",
    "float": "Float",
    "integer": "Integer",
    "long": "Long",
    "string": "String",
    "timestamp": "Date",
}
_JAVA_CLASSES = ((bool, "Boolean"), (int, "Integer"), (float, "Double"), (str, "String"))


def describe_type(value: Any, expected: str) -> str:
    """A value of the wrong type in the words of the JSON parser that most services share."""
    if isinstance(value, Mapping):
        return "Start of structure or map found where not expected."
    if isinstance(value, (list, tuple)):
        return "Start of list found where not expected"
    found = next((name for type_, name in _JAVA_CLASSES if isinstance(value, type_)), "Object")
    if expected not in _JAVA_TYPES:
        return f"Unrecognized collection type class java.lang.{found}"
    # AWS: "an" before every type, as API Gateway was recorded to say of a Boolean for a String.
    return f"class java.lang.{found} can not be converted to an {_JAVA_TYPES[expected]}"


__all__ = ["Style", "describe_type", "refuse_type", "style_of"]
