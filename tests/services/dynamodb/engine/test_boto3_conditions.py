"""What boto3's condition builder writes is what our expressions read."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.conditions import Attr, ConditionBase, ConditionExpressionBuilder, Key
from boto3.dynamodb.types import TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from awsim.services.dynamodb.expressions import KeyCondition, KeyTerm, Placeholders, condition, key_condition

from . import reference
from .strategies import document_paths, items, small_numbers, texts

serialize = TypeSerializer().serialize


def placeholders(built: Any) -> Placeholders:
    values = {name: serialize(value) for name, value in built.attribute_value_placeholders.items()}
    return Placeholders(built.attribute_name_placeholders or None, values or None)


def attribute(path: tuple[str | int, ...]) -> Attr:
    name = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return Attr(name[1:])


COMPARISONS = {"=": "eq", "<>": "ne", "<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}
plain_values = st.one_of(texts, small_numbers.map(Decimal))
leaves = st.one_of(
    st.tuples(st.just("compare"), st.sampled_from(sorted(COMPARISONS)), document_paths, plain_values),
    st.tuples(
        st.just("compare size"), st.sampled_from(sorted(COMPARISONS.keys() - {"<>"})), document_paths, st.integers(0, 3)
    ),
    st.tuples(st.sampled_from(["attribute_exists", "attribute_not_exists"]), document_paths),
    st.tuples(st.sampled_from(["begins_with", "contains"]), document_paths, texts),
    st.tuples(st.just("in"), document_paths, st.lists(plain_values, min_size=1, max_size=3)),
    st.tuples(st.just("attribute_type"), document_paths, st.sampled_from(["S", "L"])),
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(st.tuples(st.just("not"), inner), st.tuples(st.sampled_from(["and", "or"]), inner, inner)),
    max_leaves=8,
)


def built_by_boto3(tree: tuple[Any, ...]) -> ConditionBase:
    kind, *parts = tree
    if kind == "and":
        return built_by_boto3(parts[0]) & built_by_boto3(parts[1])
    if kind == "or":
        return built_by_boto3(parts[0]) | built_by_boto3(parts[1])
    if kind == "not":
        return ~built_by_boto3(parts[0])
    if kind == "compare":
        return getattr(attribute(parts[1]), COMPARISONS[parts[0]])(parts[2])
    if kind == "compare size":
        return getattr(attribute(parts[1]).size(), COMPARISONS[parts[0]])(parts[2])
    if kind in ("attribute_exists", "attribute_not_exists"):
        return attribute(parts[0]).exists() if kind == "attribute_exists" else attribute(parts[0]).not_exists()
    method = {"in": "is_in"}.get(kind, kind)
    return getattr(attribute(parts[0]), method)(parts[1])


def in_reference_terms(tree: tuple[Any, ...]) -> tuple[Any, ...]:
    kind, *parts = tree
    if kind in ("and", "or", "not"):
        return (kind, *map(in_reference_terms, parts))
    if kind.startswith("compare"):
        first = ("size" if "size" in kind else "path", parts[1])
        return ("compare", parts[0], first, ("value", serialize(parts[2])))
    if kind == "in":
        return (kind, ("path", parts[0]), [("value", serialize(value)) for value in parts[1]])
    return (kind, ("path", parts[0]), *(("value", serialize(value)) for value in parts[1:]))


@given(trees, items)
def test_conditions_that_boto3_builds_hold_when_the_reference_says_so(
    tree: tuple[Any, ...], item: dict[str, Any]
) -> None:
    built = ConditionExpressionBuilder().build_expression(built_by_boto3(tree))
    given_placeholders = placeholders(built)
    compiled = condition(built.condition_expression, given_placeholders)
    given_placeholders.check_unused()
    assert compiled.matches(item) == reference.holds(item, in_reference_terms(tree)), built.condition_expression


@pytest.mark.parametrize(
    ("built_condition", "range_term"),
    [
        (Key("h").eq("x"), None),
        (Key("h").eq("x") & Key("r").eq(1), KeyTerm("r", "=", ({"N": "1"},))),
        (Key("r").lt(1) & Key("h").eq("x"), KeyTerm("r", "<", ({"N": "1"},))),
        (Key("h").eq("x") & Key("r").between(1, 2), KeyTerm("r", "BETWEEN", ({"N": "1"}, {"N": "2"}))),
        (Key("h").eq("x") & Key("r").begins_with("a"), KeyTerm("r", "begins_with", ({"S": "a"},))),
    ],
)
def test_key_conditions_that_boto3_builds_are_key_conditions(
    built_condition: ConditionBase, range_term: KeyTerm | None
) -> None:
    built = ConditionExpressionBuilder().build_expression(built_condition, is_key_condition=True)
    assert key_condition(built.condition_expression, placeholders(built), "h", "r") == KeyCondition(
        ({"S": "x"},), range_term
    )
