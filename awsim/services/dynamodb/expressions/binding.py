"""Trees with their placeholders replaced by what the request says they stand for."""

from __future__ import annotations

from awsim.services.dynamodb.expressions.placeholders import Placeholders
from awsim.services.dynamodb.expressions.trees import (
    And,
    Arithmetic,
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
    SetAction,
    UpdateTree,
    ValueAction,
    ValueReference,
)
from awsim.services.dynamodb.paths import Path


class Binding:
    """Replaces the placeholders in the trees of one parameter. Raises ValidationException for undefined ones."""

    __slots__ = ("_parameter", "_placeholders")

    def __init__(self, placeholders: Placeholders, parameter: str) -> None:
        self._placeholders = placeholders
        self._parameter = parameter

    def path(self, path: Path) -> Path:
        return tuple(
            self._placeholders.name(step, self._parameter) if isinstance(step, str) and step[0] == "#" else step
            for step in path
        )

    def operand(self, operand: Operand) -> Operand:
        if isinstance(operand, DocumentPath):
            return DocumentPath(self.path(operand.path))
        if isinstance(operand, ValueReference):
            return Literal(self._placeholders.value(operand.name, self._parameter))
        if isinstance(operand, FunctionCall):
            return self.function(operand)
        if isinstance(operand, Arithmetic):
            return Arithmetic(operand.operator, self.operand(operand.left), self.operand(operand.right))
        return operand

    def function(self, call: FunctionCall) -> FunctionCall:
        return FunctionCall(call.name, tuple(map(self.operand, call.operands)))

    def condition(self, tree: ConditionTree) -> ConditionTree:
        if isinstance(tree, Comparison):
            return Comparison(tree.operator, self.operand(tree.left), self.operand(tree.right))
        if isinstance(tree, And):
            return And(tuple(map(self.condition, tree.conditions)))
        if isinstance(tree, Or):
            return Or(tuple(map(self.condition, tree.conditions)))
        if isinstance(tree, Not):
            return Not(self.condition(tree.condition))
        if isinstance(tree, Between):
            return Between(self.operand(tree.operand), self.operand(tree.lower), self.operand(tree.upper))
        if isinstance(tree, In):
            return In(self.operand(tree.operand), tuple(map(self.operand, tree.choices)))
        return self.function(tree)

    def update(self, tree: UpdateTree) -> UpdateTree:
        return UpdateTree(
            tuple(SetAction(self.path(action.path), self.operand(action.operand)) for action in tree.sets),
            tuple(map(self.path, tree.removes)),
            tuple(map(self._value_action, tree.adds)),
            tuple(map(self._value_action, tree.deletes)),
        )

    def _value_action(self, action: ValueAction) -> ValueAction:
        return ValueAction(self.path(action.path), self.operand(action.operand))
