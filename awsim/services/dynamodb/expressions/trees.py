"""What expressions say, as plain trees.

A parsed tree still has placeholders: steps of paths that begin with ``#``, and :class:`ValueReference`. Bound trees
have :class:`Literal` instead; the legacy parameters and PartiQL make those directly.
"""

from __future__ import annotations

from typing import TypeAlias

import attrs

from awsim.services.dynamodb.attribute_values import AttributeValue
from awsim.services.dynamodb.paths import Path


@attrs.frozen
class DocumentPath:
    """Something in the item."""

    path: Path


@attrs.frozen
class ValueReference:
    """A placeholder of a value, with its colon."""

    name: str


@attrs.frozen
class Literal:
    """A value that the request brings."""

    value: AttributeValue


@attrs.frozen
class FunctionCall:
    """A function; some give values, some are conditions."""

    name: str
    operands: tuple[Operand, ...]


@attrs.frozen
class Arithmetic:
    """A sum or difference, in an update."""

    operator: str
    left: Operand
    right: Operand


@attrs.frozen
class Comparison:
    """Two operands with one of ``= <> < <= > >=`` between them."""

    operator: str
    left: Operand
    right: Operand


@attrs.frozen
class Between:
    """Whether an operand lies between two others, both included."""

    operand: Operand
    lower: Operand
    upper: Operand


@attrs.frozen
class In:
    """Whether an operand equals one of several."""

    operand: Operand
    choices: tuple[Operand, ...]


@attrs.frozen
class Not:
    """The opposite of a condition."""

    condition: ConditionTree


@attrs.frozen
class And:
    """All of several conditions."""

    conditions: tuple[ConditionTree, ...]


@attrs.frozen
class Or:
    """At least one of several conditions."""

    conditions: tuple[ConditionTree, ...]


@attrs.frozen
class SetAction:
    """SET: a path takes a value."""

    path: Path
    operand: Operand


@attrs.frozen
class ValueAction:
    """ADD or DELETE: a path and the value to add to it, or to take from it."""

    path: Path
    operand: Operand


@attrs.frozen
class UpdateTree:
    """The sections of an update."""

    sets: tuple[SetAction, ...] = ()
    removes: tuple[Path, ...] = ()
    adds: tuple[ValueAction, ...] = ()
    deletes: tuple[ValueAction, ...] = ()

    def paths(self) -> tuple[Path, ...]:
        """Every path that the update changes, section by section."""
        sets = (action.path for action in self.sets)
        return (*sets, *self.removes, *(action.path for action in (*self.adds, *self.deletes)))


Operand: TypeAlias = DocumentPath | ValueReference | Literal | FunctionCall | Arithmetic
ConditionTree: TypeAlias = Comparison | Between | In | Not | And | Or | FunctionCall
