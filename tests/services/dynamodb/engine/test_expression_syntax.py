"""Which texts are expressions, and how AWS says that one is not."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsim.services.dynamodb.expressions import FILTER, Placeholders, condition, key_condition, projection, update
from awsim.services.dynamodb.expressions.reserved_words import RESERVED_WORDS

from .assertions import message_of, refusal_of

NAMES = {"#a": "a", "#b": "b"}
VALUES = {":a": {"S": "x"}, ":n": {"N": "5"}, ":l": {"L": []}}


def placeholders() -> Placeholders:
    return Placeholders(NAMES, VALUES)


def refused(text: str) -> str:
    return message_of(condition, text, placeholders())


def refused_update(text: str) -> str:
    return message_of(update, text, placeholders())


@pytest.mark.parametrize(
    ("text", "token", "near"),
    [
        ("a", "<EOF>", "a"),
        ("a =", "<EOF>", "="),
        ("= :a", "=", "= :a"),
        ("a == :a", "=", "== :a"),
        ("a = :a b", "b", ":a b"),
        ("a = :a AND", "<EOF>", "AND"),
        ("AND a = :a", "AND", "AND a"),
        ("(a = :a", "<EOF>", ":a"),
        ("a = :a)", ")", ":a)"),
        ("a-b = :a", "-", "a-b"),
        ("_a = :a", "_", "_a"),
        ("#a.#a_2021-03-03 = :a", "-", "#a_2021-0"),
        ("a.5b = :a", "5", ".5b"),
        ("a.0.b = :a", "0", ".0."),
        ("a[01] = :a", "1", "01]"),
        ("a.b. = :a", "=", ". = :a"),
        ("a[b] = :a", "b", "[b]"),
        ("a[-1] = :a", "-", "[-1"),
        ("a[0 = :a", "=", "0 = :a"),
        ("#a = : a", ":", "= : a"),
        ("# = :a", "#", "# ="),
        ("a BETWEEN :a OR :n", "OR", ":a OR :n"),
        ("a IN :a", ":a", "IN :a"),
        ("a IN ()", ")", "()"),
        ("attribute_exists()", ")", "()"),
        ("attribute_exists(a", "<EOF>", "a"),
        ("NOT", "<EOF>", "NOT"),
        ("a = 5", "5", "= 5"),
        ("a = 'x'", "'", "= 'x"),
        ("a = :a; b", ";", ":a; b"),
        ("attribute_exists(#a) AND NOT #b", "<EOF>", "#b"),
        ("(a) AND (b)", "AND", ") AND ("),
        ("(NOT a = :a) = :a", "=", ") = :a"),
        ("a < b < c", "<", "b < c"),
        ("a = AND (b)", "AND", "= AND ("),
        ("in (:a)", "in", "in ("),
        ("a = b.not", "not", ".not"),
    ],
)
def test_a_syntax_error_shows_the_token_between_its_neighbours(text: str, token: str, near: str) -> None:
    message = f'Syntax error; token: "{token}", near: "{near}"'
    assert refused(text) == f"Invalid ConditionExpression: {message}"
    assert message_of(condition, text, placeholders(), FILTER) == f"Invalid FilterExpression: {message}"


@pytest.mark.parametrize(
    ("text", "token", "near"),
    [
        ("ADD hits : incr", ":", "hits : incr"),
        ("SET", "<EOF>", "SET"),
        ("SET a", "<EOF>", "a"),
        ("SET a = :a,", "<EOF>", ","),
        ("SET a = :a, REMOVE b", "REMOVE", ", REMOVE b"),
        ("SET a = :n + :n + :n", "+", ":n + :n"),
        ("SET a = :n * :n", "*", ":n * :n"),
        ("SET a + :n", "+", "a + :n"),
        ("ADD a b", "b", "a b"),
        ("ADD a = :n", "=", "a = :n"),
        ("REMOVE a = :n", "=", "a = :n"),
        ("SET a = if_not_exists(a, :n + :n)", "+", ":n + :n"),
        ("SET a = :n WHERE b", "WHERE", ":n WHERE b"),
        ("SET set = :n", "set", "SET set ="),
    ],
)
def test_a_syntax_error_in_an_update_shows_the_token_between_its_neighbours(text: str, token: str, near: str) -> None:
    assert refused_update(text) == f'Invalid UpdateExpression: Syntax error; token: "{token}", near: "{near}"'


@pytest.mark.parametrize(
    ("text", "token", "near"),
    [("a,", "<EOF>", ","), ("a b", "b", "a b"), ("size(a)", "(", "size(a"), (":a", ":a", ":a")],
)
def test_a_syntax_error_in_a_projection_shows_the_token_between_its_neighbours(
    text: str, token: str, near: str
) -> None:
    assert message_of(projection, text, placeholders()) == (
        f'Invalid ProjectionExpression: Syntax error; token: "{token}", near: "{near}"'
    )


@pytest.mark.parametrize("text", ["", " ", "\n\t"])
def test_an_empty_expression_is_refused(text: str) -> None:
    assert refused(text) == "Invalid ConditionExpression: The expression can not be empty;"
    assert refused_update(text) == "Invalid UpdateExpression: The expression can not be empty;"
    assert message_of(projection, text, placeholders()) == (
        "Invalid ProjectionExpression: The expression can not be empty;"
    )
    assert message_of(key_condition, text, placeholders(), "a") == (
        "Invalid KeyConditionExpression: The expression can not be empty;"
    )


def test_all_573_reserved_words_are_refused_as_names_in_any_case() -> None:
    assert len(RESERVED_WORDS) == 573
    for word in RESERVED_WORDS - {"AND", "OR", "NOT", "BETWEEN", "IN"}:
        for name in (word, word.lower(), word.capitalize()):
            assert refused(f"a.{name} = :a") == (
                f"Invalid ConditionExpression: Attribute name is a reserved keyword; reserved keyword: {name}"
            )


def test_a_reserved_word_is_refused_in_every_kind_of_expression() -> None:
    reason = "Attribute name is a reserved keyword; reserved keyword: status"
    assert refused_update("SET status = :a") == f"Invalid UpdateExpression: {reason}"
    assert message_of(projection, "a, status", placeholders()) == f"Invalid ProjectionExpression: {reason}"
    assert message_of(key_condition, "status = :a", placeholders(), "status") == (
        f"Invalid KeyConditionExpression: {reason}"
    )


@pytest.mark.parametrize(
    "text", ["((a = :a))", "((a) = :a) AND ((b = :a))", "((a)) = :a", "a = ((:a))", "(((a = :a)))"]
)
def test_parentheses_around_parentheses_are_refused(text: str) -> None:
    assert refused(text) == "Invalid ConditionExpression: The expression has redundant parentheses;"


def test_parentheses_around_parentheses_are_refused_in_updates() -> None:
    assert refused_update("SET a = ((b + :n))") == (
        "Invalid UpdateExpression: The expression has redundant parentheses;"
    )


@pytest.mark.parametrize(
    "text",
    [
        "(a = :a)",
        "((a = :a) AND b = :n)",
        "((a = :a) AND (b = :n)) OR (c = :a)",
        "(a) = (:a)",
        "(size(a)) > :n",
        "((size(a)) > :n)",
        "a IN ((:a), (:n))",
        "a BETWEEN (:n) AND (:n)",
        "not (A = :a oR b = :n) aNd c iN (:a) and d between :n and :n",
        "NOT NOT a = :a",
        "\n#a\t=:a AND#b<>:n",
        "#a.b[0][1].#b = :a",
    ],
)
def test_spaces_cases_and_single_parentheses_are_free(text: str) -> None:
    assert condition(text, placeholders()).matches({}) in (True, False)


def test_an_expression_may_have_4_kb_and_no_more() -> None:
    text = "a = :a".ljust(4096)
    assert condition(text, placeholders()).matches({"a": {"S": "x"}})
    reason = "Expression size has exceeded the maximum allowed size; expression size: 4097"
    assert refused(text + " ") == f"Invalid ConditionExpression: {reason}"
    assert refused_update(text + " ") == f"Invalid UpdateExpression: {reason}"


def test_an_expression_may_have_300_operators_and_no_more() -> None:
    # 150 comparisons and 149 ANDs, and a NOT.
    text = " AND ".join(["a = :a"] * 150)
    assert not condition(f"NOT {text}", placeholders()).matches({"a": {"S": "x"}})
    assert refused(f"NOT NOT {text}") == (
        "Invalid ConditionExpression: The expression contains too many operators; operator count: 301"
    )


@pytest.mark.parametrize("operators", [("AND", "OR"), ("AND", "AND"), ("OR", "OR")])
def test_a_condition_joined_piece_by_piece_may_be_as_long(operators: tuple[str, str]) -> None:
    text = "a = :a"
    for operator, _ in zip(itertools.cycle(operators), range(149), strict=False):
        text = f"({text}) {operator} a = :a"
    assert condition(text, placeholders()).matches({"a": {"S": "x"}})
    assert not condition(text, placeholders()).matches({})


def test_a_condition_may_be_negated_as_often() -> None:
    text = "NOT (" * 299 + "a = :a" + ")" * 299
    assert condition(text, placeholders()).matches({})
    assert not condition(text, placeholders()).matches({"a": {"S": "x"}})


def test_in_takes_100_operands_and_no_more() -> None:
    assert condition(f"a IN ({', '.join([':a'] * 100)})", placeholders()).matches({"a": {"S": "x"}})
    assert refused(f"a IN ({', '.join([':a'] * 101)})") == (
        "Invalid ConditionExpression: The IN operator is provided with too many operands; number of operands: 101"
    )


def test_a_path_may_have_32_steps_and_no_more() -> None:
    path = ".".join(["a"] * 32)
    assert not condition(f"attribute_exists({path})", placeholders()).matches({})
    assert refused(f"attribute_exists({path}[0])") == (
        "Invalid ConditionExpression: The document path has too many nesting elements; nesting levels: 33"
    )


def test_an_index_that_no_list_can_have_is_refused() -> None:
    assert refused("a[4294967295] = :a") == (
        "Invalid ConditionExpression: List index is not within the allowable range; index: [4294967295]"
    )


def test_unknown_functions_are_refused() -> None:
    assert refused("foo(a)") == "Invalid ConditionExpression: Invalid function name; function: foo"
    assert refused("SIZE(a) > :n") == "Invalid ConditionExpression: Invalid function name; function: SIZE"
    assert refused_update("SET a = foo(b)") == "Invalid UpdateExpression: Invalid function name; function: foo"


def test_functions_of_the_other_kind_of_expression_are_refused() -> None:
    assert refused("if_not_exists(a, :a)") == (
        "Invalid ConditionExpression: The function is not allowed in a condition expression; function: if_not_exists"
    )
    assert refused_update("SET a = size(b)") == (
        "Invalid UpdateExpression: The function is not allowed in an update expression; function: size"
    )


@pytest.mark.parametrize(
    "text",
    ["(" * 4000, "(" * 2000 + "a", "NOT " * 1000 + "a = :a", "size(" * 800, "a" + "[0]" * 1300, "a" + ".b" * 2000],
)
def test_deep_nesting_is_refused_and_exhausts_nothing(text: str) -> None:
    assert refused(text).startswith("Invalid ConditionExpression: ")
    assert refused_update(f"SET a = {text}"[:4096]).startswith("Invalid UpdateExpression: ")


WORDS = """
    a b status #a #b #zz :a :n :l :zz . , ( ) [ ] 0 17 = <> < <= > >= + - AND OR NOT IN BETWEEN SET REMOVE ADD DELETE
    size
    attribute_exists attribute_type begins_with
    contains if_not_exists list_append foo _ ' " ; é
"""
PIECES = st.sampled_from(WORDS.split())
TEXTS = st.one_of(
    st.text(max_size=40),
    st.lists(PIECES, max_size=14).map(" ".join),
    st.lists(PIECES, max_size=14).map("".join),
    st.lists(PIECES, max_size=14).map(lambda pieces: f"SET a = {' '.join(pieces)}"),
    st.lists(PIECES, max_size=14).map(lambda pieces: f"a = :a AND {' '.join(pieces)}"),
)
ITEM: dict[str, dict[str, Any]] = {"a": {"N": "1"}, "b": {"L": [{"S": "x"}]}, "c": {"M": {"a": {"SS": ["x"]}}}}


def _evaluations() -> list[Callable[[str], object]]:
    return [
        lambda text: condition(text, placeholders()).matches(ITEM),
        lambda text: projection(text, placeholders()).apply(ITEM),
        lambda text: update(text, placeholders()).apply(ITEM, ("id",)),
        lambda text: key_condition(text, placeholders(), "a", "b").range_matches({"S": "x"}),
    ]


@given(TEXTS)
def test_any_text_is_an_expression_or_a_validation_error(text: str) -> None:
    for evaluate in _evaluations():
        assert refusal_of(evaluate, text) != ""
