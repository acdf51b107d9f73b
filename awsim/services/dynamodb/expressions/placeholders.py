"""ExpressionAttributeNames and ExpressionAttributeValues of one request, and which of them its expressions use.

Owns their validation and the account of what is unused. Knows nothing of expressions' grammar.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from awsim.services.dynamodb.attribute_values import AttributeValue, check_value
from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.expressions.refusals import invalid

#: AWS: of a single placeholder, its mark included (Developer Guide, "Constraints").
_PLACEHOLDER_BYTES_MAX = 255


class Placeholders:
    """What the placeholders of one request stand for. All expressions of the request share one.

    None means that the request does not have the parameter. Raises ValidationException for placeholders that are
    misspelt and for values that are not valid.
    """

    __slots__ = ("_names", "_unused_names", "_unused_values", "_values")

    def __init__(
        self,
        names: Mapping[str, str] | None = None,
        values: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        self._names: Mapping[str, str] = {}
        self._values: dict[str, AttributeValue] = {}
        if names is not None:
            _check_keys("ExpressionAttributeNames", names, "#")
            self._names = names
        if values is not None:
            _check_keys("ExpressionAttributeValues", values, ":")
            self._values = {name: _checked(name, value) for name, value in values.items()}
        self._unused_names = dict.fromkeys(self._names)
        self._unused_values = dict.fromkeys(self._values)

    def name(self, placeholder: str, parameter: str) -> str:
        """The attribute's name that ``#placeholder`` stands for."""
        if placeholder not in self._names:
            raise invalid(
                parameter,
                f"An expression attribute name used in the document path is not defined; attribute name: {placeholder}",
            )
        self._unused_names.pop(placeholder, None)
        return self._names[placeholder]

    def value(self, placeholder: str, parameter: str) -> AttributeValue:
        """The value that ``:placeholder`` stands for."""
        if placeholder not in self._values:
            raise invalid(
                parameter,
                f"An expression attribute value used in expression is not defined; attribute value: {placeholder}",
            )
        self._unused_values.pop(placeholder, None)
        return self._values[placeholder]

    def check_unused(self) -> None:
        """Refuse what no expression used; to be asked when all expressions of the request have been bound."""
        for parameter, unused in (
            ("ExpressionAttributeNames", self._unused_names),
            ("ExpressionAttributeValues", self._unused_values),
        ):
            if unused:
                raise ValidationException(
                    f"Value provided in {parameter} unused in expressions: keys: {{{', '.join(unused)}}}"
                )


def _check_keys(parameter: str, given: Mapping[str, Any], mark: str) -> None:
    if not given:
        raise ValidationException(f"{parameter} must not be empty")
    for name in given:
        if name[:1] != mark or not name.isascii() or not name[1:].replace("_", "0").isalnum():
            raise ValidationException(f'{parameter} contains invalid key: Syntax error; key: "{name}"')
        if len(name) > _PLACEHOLDER_BYTES_MAX:
            # Deviation: AWS's words for it are not known.
            raise ValidationException(
                f'{parameter} contains invalid key: Length exceeds {_PLACEHOLDER_BYTES_MAX} bytes; key: "{name}"'
            )


def _checked(name: str, value: Mapping[str, Any]) -> AttributeValue:
    try:
        return check_value(value)
    except ValidationException as error:
        raise ValidationException(
            f"ExpressionAttributeValues contains invalid value: {error.message} for key {name}"
        ) from None
