"""What AWS says about expressions it refuses.

Each function gives the error to raise; ``parameter`` is the name of the request's parameter that holds the expression.
"""

from __future__ import annotations

from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.paths import Clash, Path, write

CONDITION = "ConditionExpression"
FILTER = "FilterExpression"
KEY_CONDITION = "KeyConditionExpression"
PROJECTION = "ProjectionExpression"
UPDATE = "UpdateExpression"

#: How a parameter's kind of expression is spoken of.
_KINDS = {
    CONDITION: "a condition expression",
    FILTER: "a filter expression",
    KEY_CONDITION: "a key condition expression",
    UPDATE: "an update expression",
}


def invalid(parameter: str, reason: str) -> ValidationException:
    """The error "Invalid UpdateExpression: …"."""
    return ValidationException(f"Invalid {parameter}: {reason}")


def function_not_allowed(parameter: str, name: str) -> ValidationException:
    """A function that exists, in the wrong kind of expression."""
    kind = _KINDS.get(parameter, "an expression")
    return invalid(parameter, f"The function is not allowed in {kind}; function: {name}")


def function_misused(parameter: str, name: str) -> ValidationException:
    """A condition where a value is wanted, or a value where a condition is."""
    return invalid(parameter, f"The function is not allowed to be used this way in an expression; function: {name}")


def operand_count(parameter: str, operator: str, count: int) -> ValidationException:
    """Too few or too many operands."""
    return invalid(
        parameter,
        "Incorrect number of operands for operator or function; "
        f"operator or function: {operator}, number of operands: {count}",
    )


def operand_type(parameter: str, operator: str, type_: str) -> ValidationException:
    """A literal of a type that the operator or function does not take."""
    return invalid(
        parameter,
        f"Incorrect operand type for operator or function; operator or function: {operator}, operand type: {type_}",
    )


def path_required(parameter: str, operator: str) -> ValidationException:
    """A literal where only a place in the item makes sense."""
    # Deviation: worded after what AWS says of other operands; no answer of AWS's was at hand.
    return invalid(parameter, f"Operator or function requires a document path; operator or function: {operator}")


def not_distinct(parameter: str, operator: str, path: Path) -> ValidationException:
    """A path compared with itself."""
    return invalid(
        parameter,
        "The first operand must be distinct from the remaining operands for this operator or function; "
        f"operator: {operator}, first operand: {write(path)}",
    )


def clashing_paths(parameter: str, clash: Clash) -> ValidationException:
    """Two paths that cannot both be changed, or both be asked for."""
    return invalid(
        parameter,
        f"Two document paths {clash.kind} with each other; must remove or rewrite one of these paths; "
        f"path one: {write(clash.first)}, path two: {write(clash.second)}",
    )
