"""What AWS refuses about a bound condition, whatever the item: operands of the wrong kind, number or type.

Owns the checks and their order. Knows nothing of evaluation.
"""

from __future__ import annotations

from awsim.services.dynamodb.attribute_values import ORDERED_TYPES, AttributeValue, sort_key, type_of
from awsim.services.dynamodb.expressions.refusals import (
    function_misused,
    invalid,
    not_distinct,
    operand_count,
    operand_type,
    path_required,
)
from awsim.services.dynamodb.expressions.trees import (
    And,
    Between,
    Comparison,
    ConditionTree,
    DocumentPath,
    FunctionCall,
    In,
    Literal,
    Not,
    Operand,
    Or,
)

ALL_TYPES = frozenset({"S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"})
_SIZED_TYPES = frozenset({"S", "B", "SS", "NS", "BS", "L", "M"})
_CONTAINER_TYPES = frozenset({"S", "B", "SS", "NS", "BS", "L"})
_PREFIX_TYPES = frozenset({"S", "B"})
_OPERAND_COUNTS = {
    "attribute_exists": 1,
    "attribute_not_exists": 1,
    "attribute_type": 2,
    "begins_with": 2,
    "contains": 2,
    "size": 1,
}
#: AWS: in the order in which its own set of them happens to be.
_VALID_TYPES = "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}"
_ANY_TYPE = "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}"


def check_condition(tree: ConditionTree, parameter: str) -> None:
    """Refuse a condition that could hold for no item. Raises ValidationException."""
    _Rules(parameter).condition(tree)


class _Rules:
    def __init__(self, parameter: str) -> None:
        self._parameter = parameter

    def condition(self, tree: ConditionTree) -> None:
        if isinstance(tree, Comparison):
            self._comparison(tree)
        elif isinstance(tree, And | Or):
            for condition in tree.conditions:
                self.condition(condition)
        elif isinstance(tree, Not):
            self.condition(tree.condition)
        elif isinstance(tree, Between):
            self._between(tree)
        elif isinstance(tree, In):
            self._operands("IN", (tree.operand, *tree.choices))
        else:
            if tree.name == "size":
                raise function_misused(self._parameter, tree.name)
            self._function(tree)

    def _comparison(self, tree: Comparison) -> None:
        self._operands(tree.operator, (tree.left, tree.right))
        if tree.operator not in ("=", "<>"):
            self._types(tree.operator, (tree.left, tree.right), ORDERED_TYPES)

    def _between(self, tree: Between) -> None:
        operands = (tree.operand, tree.lower, tree.upper)
        self._operands("BETWEEN", operands)
        self._types("BETWEEN", operands, ORDERED_TYPES)
        if isinstance(tree.lower, Literal) and isinstance(tree.upper, Literal):
            lower, upper = tree.lower.value, tree.upper.value
            bounds = f"lower bound operand: {_write(lower)}, upper bound operand: {_write(upper)}"
            if type_of(lower) != type_of(upper):
                raise invalid(
                    self._parameter,
                    f"The BETWEEN operator requires same data type for lower and upper bounds; {bounds}",
                )
            if sort_key(lower) > sort_key(upper):  # type: ignore[operator]  # of one type, as checked above
                raise invalid(
                    self._parameter,
                    f"The BETWEEN operator requires upper bound to be greater than or equal to lower bound; {bounds}",
                )

    def _operands(self, operator: str, operands: tuple[Operand, ...]) -> None:
        for operand in operands:
            if isinstance(operand, FunctionCall):
                if operand.name != "size":
                    raise function_misused(self._parameter, operand.name)
                self._function(operand)
        first = operands[0]
        if isinstance(first, DocumentPath) and first in operands[1:]:
            raise not_distinct(self._parameter, operator, first.path)

    def _types(self, operator: str, operands: tuple[Operand, ...], allowed: frozenset[str]) -> None:
        for operand in operands:
            if isinstance(operand, Literal) and type_of(operand.value) not in allowed:
                raise operand_type(self._parameter, operator, type_of(operand.value))

    def _function(self, call: FunctionCall) -> None:
        name, operands = call.name, call.operands
        if len(operands) != _OPERAND_COUNTS[name]:
            raise operand_count(self._parameter, name, len(operands))
        self._operands(name, operands)
        if name in ("attribute_exists", "attribute_not_exists"):
            self._require_path(name, operands[0])
        elif name == "attribute_type":
            self._attribute_type(operands)
        elif name == "begins_with":
            self._types(name, operands, _PREFIX_TYPES)
        elif name == "contains":
            self._types(name, operands[:1], _CONTAINER_TYPES)
        else:
            self._types(name, operands, _SIZED_TYPES)

    def _require_path(self, name: str, operand: Operand) -> None:
        if not isinstance(operand, DocumentPath):
            raise path_required(self._parameter, name)

    def _attribute_type(self, operands: tuple[Operand, ...]) -> None:
        self._require_path("attribute_type", operands[0])
        given = operands[1]
        if not isinstance(given, Literal):
            raise operand_type(self._parameter, "attribute_type", _ANY_TYPE)
        self._types("attribute_type", (given,), frozenset({"S"}))
        if given.value["S"] not in ALL_TYPES:
            raise invalid(
                self._parameter,
                f"Invalid attribute type name found; type: {given.value['S']}, valid types: {_VALID_TYPES}",
            )


def _write(value: AttributeValue) -> str:
    type_ = type_of(value)
    content = value[type_]
    if type_ == "B":
        content = f"java.nio.HeapByteBuffer[pos=0 lim={len(content)} cap={len(content)}]"
    return f"AttributeValue: {{{type_}:{content}}}"
