"""What AWS refuses about a bound update, whatever the item: clashing paths and operands of the wrong kind or type."""

from __future__ import annotations

from collections.abc import Iterable

from awsim.services.dynamodb.attribute_values import SET_TYPES, type_of
from awsim.services.dynamodb.expressions.refusals import (
    UPDATE,
    clashing_paths,
    invalid,
    operand_count,
    operand_type,
    path_required,
)
from awsim.services.dynamodb.expressions.trees import (
    Arithmetic,
    DocumentPath,
    FunctionCall,
    Literal,
    Operand,
    UpdateTree,
    ValueAction,
)
from awsim.services.dynamodb.paths import find_clash

_TYPE_NAMES = {
    "S": "STRING",
    "N": "NUMBER",
    "B": "BINARY",
    "BOOL": "BOOLEAN",
    "NULL": "NULL",
    "SS": "STRING_SET",
    "NS": "NUMBER_SET",
    "BS": "BINARY_SET",
    "L": "LIST",
    "M": "MAP",
}
_ADDABLE_TYPES = SET_TYPES | {"N"}


def check_update(tree: UpdateTree) -> None:
    """Refuse an update that no item could take. Raises ValidationException."""
    for set_action in tree.sets:
        _check_operand(set_action.operand)
    _check_value_actions("ADD", tree.adds, _ADDABLE_TYPES)
    _check_value_actions("DELETE", tree.deletes, SET_TYPES)
    clash = find_clash(tree.paths())
    if clash is not None:
        raise clashing_paths(UPDATE, clash)


def _check_operand(operand: Operand) -> None:
    if isinstance(operand, Arithmetic):
        for side in (operand.left, operand.right):
            _check_operand(side)
            _check_literal(operand.operator, side, "N")
    elif isinstance(operand, FunctionCall):
        if len(operand.operands) != 2:
            raise operand_count(UPDATE, operand.name, len(operand.operands))
        if operand.name == "if_not_exists":
            if not isinstance(operand.operands[0], DocumentPath):
                raise path_required(UPDATE, operand.name)
            _check_operand(operand.operands[1])
        else:
            for part in operand.operands:
                _check_operand(part)
                _check_literal(operand.name, part, "L")


def _check_literal(operator: str, operand: Operand, type_: str) -> None:
    if isinstance(operand, Literal) and type_ not in operand.value:
        raise operand_type(UPDATE, operator, type_of(operand.value))


def _check_value_actions(section: str, actions: Iterable[ValueAction], allowed: frozenset[str]) -> None:
    for action in actions:
        assert isinstance(action.operand, Literal), "the grammar lets nothing else stand here"
        type_ = type_of(action.operand.value)
        if type_ not in allowed:
            raise invalid(
                UPDATE,
                f"Incorrect operand type for operator or function; operator: {section}, "
                f"operand type: {_TYPE_NAMES[type_]}, typeset: ALLOWED_FOR_{section}_OPERAND",
            )
