"""The ranges of plain request parameters, in SQS's words."""

from __future__ import annotations

from awsim.services.sqs.errors import InvalidParameterValue, MissingParameter


def check_range(name: str, value: int, lowest: int, highest: int, reason: str) -> None:
    """Raise InvalidParameterValue with ``reason`` unless ``lowest <= value <= highest``."""
    if not lowest <= value <= highest:
        raise InvalidParameterValue(f"Value {value} for parameter {name} is invalid. Reason: {reason}")


def check_page_size(max_results: int | None, highest: int) -> None:
    """Raise InvalidParameterValue for a MaxResults that is out of range."""
    if max_results is not None:
        check_range("MaxResults", max_results, 1, highest, f"Must be between 1 and {highest}, if provided.")


def check_identifier(name: str, value: str) -> None:
    """Raise InvalidParameterValue for a group, deduplication or attempt id that SQS does not take."""
    if not (0 < len(value) <= 128 and value.isascii() and value.isprintable() and " " not in value):
        raise InvalidParameterValue(
            f"Value {value} for parameter {name} is invalid. Reason: {name} can only include alphanumeric and "
            "punctuation characters. 1 to 128 in length."
        )


def not_for_this_queue_type(name: str, value: object) -> InvalidParameterValue:
    """A parameter was given that only the other type of queue takes."""
    return InvalidParameterValue(
        f"Value {value} for parameter {name} is invalid. Reason: The request include parameter that is not valid for "
        "this queue type."
    )


def missing(name: str) -> MissingParameter:
    """A parameter is needed that was not given, or was given empty."""
    return MissingParameter(f"The request must contain the parameter {name}.")
