"""Key conditions: which partition a query reads, and which range of it.

Owns what AWS lets a key condition say. Knows nothing of how tables keep their items.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from awsim.services.dynamodb.attribute_values import AttributeValue, type_of
from awsim.services.dynamodb.errors import ValidationException, invalid_parameter_values
from awsim.services.dynamodb.expressions.conditions import begins_with, compare, condition_tree
from awsim.services.dynamodb.expressions.placeholders import Placeholders
from awsim.services.dynamodb.expressions.refusals import KEY_CONDITION, invalid
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
from awsim.services.dynamodb.item_size import value_bytes
from awsim.services.dynamodb.keys import check_hash_length, check_range_length

BETWEEN = "BETWEEN"
BEGINS_WITH = "begins_with"
CONDITIONS_MAX = 2
MIRRORED = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


@attrs.frozen
class KeyTerm:
    """What is asked of one key attribute: ``=``, ``<``, ``<=``, ``>``, ``>=`` or ``begins_with`` and an operand, or
    ``BETWEEN`` and two."""

    attribute: str
    operator: str
    operands: tuple[AttributeValue, ...]

    def matches(self, value: AttributeValue | None) -> bool:
        """Whether a value meets what is asked."""
        if self.operator == BETWEEN:
            lower, upper = self.operands
            return compare(">=", value, lower) and compare("<=", value, upper)
        if self.operator == BEGINS_WITH:
            return begins_with(value, self.operands[0])
        return compare(self.operator, value, self.operands[0])


@attrs.frozen
class KeyCondition:
    """The partition that a query reads and, where ``range`` is given, what its sort keys must meet.

    A partition has several values in an index of several hash keys. ``leading`` are what the sort keys before the one
    of ``range`` must be.
    """

    hash_values: tuple[AttributeValue, ...]
    range: KeyTerm | None = None
    leading: tuple[AttributeValue, ...] = ()

    @property
    def range_operator(self) -> str | None:
        """``=``, ``<``, ``<=``, ``>``, ``>=``, ``BETWEEN`` or ``begins_with``; None for the whole partition."""
        return None if self.range is None else self.range.operator

    @property
    def range_operands(self) -> tuple[AttributeValue, ...]:
        """One value, or two for ``BETWEEN``; none for the whole partition."""
        return () if self.range is None else self.range.operands

    def range_matches(self, value: AttributeValue | None) -> bool:
        """Whether a sort key lies in the range."""
        return self.range is None or self.range.matches(value)


def key_condition(
    text: str,
    placeholders: Placeholders,
    hash_key: str,
    range_key: str | None = None,
    key_types: Mapping[str, str] | None = None,
) -> KeyCondition:
    """The key condition that a text says for a table or index with these keys.

    ``key_types`` has the types (S, N, B) of the key attributes; where it is left out they are not checked.
    Raises ValidationException.
    """
    return choose(key_terms(text, placeholders), (hash_key,), () if range_key is None else (range_key,), key_types)


def key_terms(text: str, placeholders: Placeholders) -> list[KeyTerm]:
    """What a text asks of each attribute, whichever keys there are. Raises ValidationException."""
    terms = conjunct_terms(text, placeholders, KEY_CONDITION)
    attributes = [term.attribute for term in terms]
    if len(set(attributes)) < len(attributes):
        raise invalid(KEY_CONDITION, "KeyConditionExpressions must only contain one condition per key")
    return terms


def conjunct_terms(text: str, placeholders: Placeholders, parameter: str) -> list[KeyTerm]:
    """The terms, each about one attribute, that a text joins by AND. Raises ValidationException."""
    return _terms(condition_tree(text, placeholders, parameter))


def choose(
    terms: Sequence[KeyTerm],
    hash_keys: Sequence[str],
    range_keys: Sequence[str],
    key_types: Mapping[str, str] | None,
) -> KeyCondition:
    """The key condition made of terms for different attributes. Raises ValidationException.

    AWS: each hash key is asked for; sort keys from the left on, without a gap, and only the last one by anything but
    equality (Developer Guide, "Multi-attribute keys").
    """
    if len(terms) > max(CONDITIONS_MAX, len(hash_keys) + len(range_keys)):
        raise ValidationException("Conditions can be of length 1 or 2 only")
    left = {term.attribute: term for term in terms}
    hash_terms = []
    for name in hash_keys:
        if name not in left:
            raise _missed(name)
        hash_terms.append(left.pop(name))
    if any(term.operator != "=" for term in hash_terms):
        raise ValidationException("Query key condition not supported")
    range_terms: list[KeyTerm] = []
    for name in range_keys:
        if not left:
            break
        if name not in left:
            raise _missed(name)
        if range_terms and range_terms[-1].operator != "=":
            raise ValidationException("Query key condition not supported")
        range_terms.append(left.pop(name))
    if left:
        raise ValidationException("Query key condition not supported")
    for term in (*hash_terms, *range_terms):
        _check_operands(term, key_types)
    # Deviation: no answer of AWS's was at hand that shows what a query for keys as long as no item's is told.
    for term in hash_terms:
        check_hash_length(max(map(value_bytes, term.operands)))
    for term in range_terms:
        check_range_length(max(map(value_bytes, term.operands)))
    return KeyCondition(
        tuple(term.operands[0] for term in hash_terms),
        range_terms[-1] if range_terms else None,
        tuple(term.operands[0] for term in range_terms[:-1]),
    )


def _missed(attribute: str) -> ValidationException:
    return ValidationException(f"Query condition missed key schema element: {attribute}")


def _check_operands(term: KeyTerm, key_types: Mapping[str, str] | None) -> None:
    types = [type_of(operand) for operand in term.operands]
    expected = types[0] if key_types is None else key_types.get(term.attribute, types[0])
    if any(type_ != expected for type_ in types):
        raise invalid_parameter_values("Condition parameter type does not match schema type")
    for operand in term.operands:
        for type_, name in (("S", "string"), ("B", "binary")):
            if type_ in operand and not operand[type_]:
                raise ValidationException(
                    "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain "
                    f"an empty {name} value. Key: {term.attribute}"
                )


def _terms(tree: ConditionTree) -> list[KeyTerm]:
    if isinstance(tree, And):
        return [term for condition in tree.conditions for term in _terms(condition)]
    if isinstance(tree, Or | Not | In):
        raise _operator_refused(type(tree).__name__.upper())
    if isinstance(tree, Comparison):
        if tree.operator == "<>":
            raise _operator_refused("<>")
        return [_comparison(tree)]
    if isinstance(tree, Between):
        return [_term(BETWEEN, tree.operand, (tree.lower, tree.upper))]
    if tree.name != BEGINS_WITH:
        raise _operator_refused(tree.name)
    return [_term(BEGINS_WITH, tree.operands[0], tree.operands[1:])]


def _comparison(tree: Comparison) -> KeyTerm:
    _refuse_functions((tree.left, tree.right))
    if isinstance(tree.right, DocumentPath) and not isinstance(tree.left, DocumentPath):
        return _term(MIRRORED[tree.operator], tree.right, (tree.left,))
    if not isinstance(tree.left, DocumentPath):
        raise invalid(KEY_CONDITION, "Invalid condition in KeyConditionExpression: No key attribute specified")
    return _term(tree.operator, tree.left, (tree.right,))


def _term(operator: str, attribute: Operand, operands: tuple[Operand, ...]) -> KeyTerm:
    _refuse_functions((attribute, *operands))
    if not isinstance(attribute, DocumentPath):
        if any(isinstance(operand, DocumentPath) for operand in operands):
            raise invalid(
                KEY_CONDITION,
                f"Invalid condition in KeyConditionExpression: {operator} operator must have the key attribute as its "
                "first operand",
            )
        raise invalid(KEY_CONDITION, "Invalid condition in KeyConditionExpression: No key attribute specified")
    values = tuple(operand.value for operand in operands if isinstance(operand, Literal))
    if len(values) < len(operands):
        raise invalid(
            KEY_CONDITION,
            "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition",
        )
    if len(attribute.path) > 1:
        raise invalid(KEY_CONDITION, "KeyConditionExpressions cannot have conditions on nested attributes")
    return KeyTerm(str(attribute.path[0]), operator, values)


def _refuse_functions(operands: tuple[Operand, ...]) -> None:
    if any(isinstance(operand, FunctionCall) for operand in operands):
        raise invalid(KEY_CONDITION, "KeyConditionExpressions cannot contain nested operations")


def _operator_refused(operator: str) -> ValidationException:
    return invalid(KEY_CONDITION, f"Invalid operator used in KeyConditionExpression: {operator}")
