"""Values written in a statement, and the parameters that question marks stand for.

Owns literals: texts, numbers, ``TRUE``, ``NULL``, ``[lists]``, ``{'maps': …}`` and ``<<sets>>``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from awsim.services.dynamodb.attribute_values import (
    DOCUMENTS_MAX,
    AttributeValue,
    Item,
    check_item,
    check_value,
    type_of,
)
from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.partiql.tokens import Tokens, malformed

_CONSTANTS: dict[str, AttributeValue] = {"TRUE": {"BOOL": True}, "FALSE": {"BOOL": False}, "NULL": {"NULL": True}}
_SET_TYPES = {"S": "SS", "N": "NS", "B": "BS"}


class Literals:
    """Reads values from the tokens of one statement. Raises ValidationException."""

    def __init__(self, tokens: Tokens, parameters: Sequence[Mapping[str, Any]]) -> None:
        self._tokens = tokens
        self._parameters = parameters
        self._used = 0

    def check_all_used(self) -> None:
        """Refuse parameters that no question mark stands for. Raises ValidationException."""
        if self._used != len(self._parameters):
            raise _wrong_number()

    def read(self) -> AttributeValue:
        """The value at the current token, checked and normalised."""
        value = self.read_if_any()
        if value is None:
            raise self._tokens.error()
        return value

    def read_if_any(self) -> AttributeValue | None:
        """The value at the current token; None where something else stands there."""
        value = self._literal(0)
        return None if value is None else check_value(value)

    def read_item(self) -> Item:
        """The item at the current token, which is written as a map."""
        value = self._literal(0)
        if value is None or "M" not in value:
            raise self._tokens.error()
        return check_item(value["M"])

    def _literal(self, depth: int) -> AttributeValue | None:
        tokens = self._tokens
        token = tokens.current
        if token.kind == "string":
            return {"S": tokens.read().text}
        if token.kind == "number":
            return {"N": tokens.read().text}
        if token.kind == "word" and token.text.upper() in _CONSTANTS:
            return _CONSTANTS[tokens.read().text.upper()]
        if token.kind != "mark":
            return None
        if tokens.read_if("?"):
            return self._parameter()
        if token.text in ("-", "+"):
            return self._signed()
        if depth > DOCUMENTS_MAX + 1:
            raise malformed("Unexpected term")
        if tokens.read_if("["):
            return {"L": self._elements("]", depth)}
        if tokens.read_if("{"):
            return {"M": self._members(depth)}
        return self._set(depth) if tokens.read_if("<<") else None

    def _parameter(self) -> AttributeValue:
        if self._used == len(self._parameters):
            raise _wrong_number()
        self._used += 1
        return dict(self._parameters[self._used - 1])

    def _signed(self) -> AttributeValue:
        sign = self._tokens.read().text
        if self._tokens.current.kind != "number":
            raise self._tokens.error()
        return {"N": sign + self._tokens.read().text}

    def _element(self, depth: int) -> AttributeValue:
        value = self._literal(depth + 1)
        if value is None:
            raise self._tokens.error()
        return value

    def _elements(self, closing: str, depth: int) -> list[AttributeValue]:
        if self._tokens.read_if(closing):
            return []
        elements = [self._element(depth)]
        while self._tokens.read_if(","):
            elements.append(self._element(depth))
        self._tokens.expect(closing)
        return elements

    def _members(self, depth: int) -> dict[str, AttributeValue]:
        members: dict[str, AttributeValue] = {}
        if self._tokens.read_if("}"):
            return members
        while True:
            if self._tokens.current.kind != "string":
                raise self._tokens.error()
            name = self._tokens.read().text
            self._tokens.expect(":")
            members[name] = self._element(depth)
            if not self._tokens.read_if(","):
                break
        self._tokens.expect("}")
        return members

    def _set(self, depth: int) -> AttributeValue:
        elements = [check_value(element) for element in self._elements(">>", depth)]
        types = {type_of(element) for element in elements}
        if len(types) != 1 or not types <= _SET_TYPES.keys():
            raise malformed("Unexpected term")
        type_ = types.pop()
        return {_SET_TYPES[type_]: [element[type_] for element in elements]}


def _wrong_number() -> ValidationException:
    return ValidationException("Number of parameters in request and statement don't match.")
