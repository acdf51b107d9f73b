"""What updates do to items, and which of them AWS refuses."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.expressions import Placeholders, update

from . import reference
from .assertions import message_of
from .strategies import NAMES, Rendering, items, updates, values

NO_SUCH_PATH = "The document path provided in the update expression is invalid for update"
WRONG_TYPE = "An operand in the update expression has an incorrect data type"
NO_ATTRIBUTE = "The provided expression refers to an attribute that does not exist in the item"

VALUES: dict[str, dict[str, Any]] = {
    ":n": {"N": "5"},
    ":big": {"N": "1e125"},
    ":s": {"S": "x"},
    ":l": {"L": [{"S": "y"}]},
    ":m": {"M": {}},
    ":t": {"BOOL": True},
    ":null": {"NULL": True},
    ":b": {"B": b"x"},
    ":ss": {"SS": ["a", "b"]},
    ":ns": {"NS": ["1", "2"]},
}


def applied(text: str, item: dict[str, Any] | None = None) -> dict[str, Any]:
    given = {} if item is None else item
    before = copy.deepcopy(given)
    after, _ = update(text, Placeholders(None, VALUES)).apply(given)
    assert given == before
    return after


def refused(text: str, item: dict[str, Any] | None = None) -> str:
    before = copy.deepcopy(item)
    message = message_of(lambda: update(text, Placeholders(None, VALUES)).apply(item or {}, ("id",)))
    assert item == before
    return message


@pytest.mark.parametrize(
    ("text", "item", "after"),
    [
        ("SET a = :n", {}, {"a": {"N": "5"}}),
        ("SET a = b, b = a", {"a": {"N": "1"}, "b": {"N": "2"}}, {"a": {"N": "2"}, "b": {"N": "1"}}),
        ("SET a = a + :n", {"a": {"N": "1.5"}}, {"a": {"N": "6.5"}}),
        ("SET a = :n - a", {"a": {"N": "1.5"}}, {"a": {"N": "3.5"}}),
        ("SET a = (a + :n)", {"a": {"N": "1"}}, {"a": {"N": "6"}}),
        ("SET a = if_not_exists(a, :n) + :n", {}, {"a": {"N": "10"}}),
        ("SET a = if_not_exists(a, :n) + :n", {"a": {"N": "1"}}, {"a": {"N": "6"}}),
        ("SET a = if_not_exists(b, a)", {"a": {"S": ""}}, {"a": {"S": ""}}),
        ("SET a = list_append(a, :l)", {"a": {"L": [{"N": "1"}]}}, {"a": {"L": [{"N": "1"}, {"S": "y"}]}}),
        ("SET a = list_append(:l, a)", {"a": {"L": [{"N": "1"}]}}, {"a": {"L": [{"S": "y"}, {"N": "1"}]}}),
        ("SET a = list_append(if_not_exists(a, :l), :l)", {}, {"a": {"L": [{"S": "y"}, {"S": "y"}]}}),
        ("SET a.b = :n", {"a": {"M": {"c": {"S": ""}}}}, {"a": {"M": {"c": {"S": ""}, "b": {"N": "5"}}}}),
        ("SET a[0].b = :n", {"a": {"L": [{"M": {}}]}}, {"a": {"L": [{"M": {"b": {"N": "5"}}}]}}),
        ("SET a[9] = :n", {"a": {"L": [{"S": ""}]}}, {"a": {"L": [{"S": ""}, {"N": "5"}]}}),
        ("SET a[9] = :n, a[7] = :s", {"a": {"L": []}}, {"a": {"L": [{"S": "x"}, {"N": "5"}]}}),
        ("REMOVE a, b", {"a": {"S": ""}, "c": {"S": ""}}, {"c": {"S": ""}}),
        ("REMOVE a[0], a[2]", {"a": {"L": [{"N": "0"}, {"N": "1"}, {"N": "2"}]}}, {"a": {"L": [{"N": "1"}]}}),
        ("REMOVE a[5]", {"a": {"L": [{"N": "0"}]}}, {"a": {"L": [{"N": "0"}]}}),
        ("REMOVE a.b", {"a": {"M": {"b": {"S": ""}}}}, {"a": {"M": {}}}),
        ("REMOVE a[0] SET a[1] = :n", {"a": {"L": [{"S": "0"}, {"S": "1"}]}}, {"a": {"L": [{"N": "5"}]}}),
        ("ADD a :n", {}, {"a": {"N": "5"}}),
        ("ADD a :n", {"a": {"N": "-5"}}, {"a": {"N": "0"}}),
        ("ADD a :ss", {}, {"a": {"SS": ["a", "b"]}}),
        ("ADD a :ss", {"a": {"SS": ["b", "c"]}}, {"a": {"SS": ["b", "c", "a"]}}),
        ("ADD a.b :n", {"a": {"M": {}}}, {"a": {"M": {"b": {"N": "5"}}}}),
        ("ADD a[0] :n", {"a": {"L": [{"N": "1"}]}}, {"a": {"L": [{"N": "6"}]}}),
        ("DELETE a :ss", {}, {}),
        ("DELETE a :ss", {"a": {"SS": ["b", "c"]}}, {"a": {"SS": ["c"]}}),
        ("DELETE a :ss", {"a": {"SS": ["b"]}}, {}),
        ("DELETE a.b :ss", {"a": {"M": {"b": {"SS": ["b"]}}}}, {"a": {"M": {}}}),
        ("DELETE a :ns", {"a": {"NS": ["2", "3"]}}, {"a": {"NS": ["3"]}}),
        (
            "REMOVE c ADD b :n DELETE d :ss SET a = c",
            {"c": {"S": "x"}, "d": {"SS": ["a", "z"]}},
            {"a": {"S": "x"}, "b": {"N": "5"}, "d": {"SS": ["z"]}},
        ),
    ],
)
def test_an_update_changes_what_it_says(text: str, item: dict[str, Any], after: dict[str, Any]) -> None:
    assert applied(text, item) == after


@pytest.mark.parametrize(
    ("text", "item", "message"),
    [
        ("SET a = b", {}, NO_ATTRIBUTE),
        ("SET a = a + :n", {}, NO_ATTRIBUTE),
        ("SET a = list_append(a, :l)", {}, NO_ATTRIBUTE),
        ("SET a = if_not_exists(b, c)", {}, NO_ATTRIBUTE),
        ("SET a.b = :n", {}, NO_SUCH_PATH),
        ("SET a.b = :n", {"a": {"S": ""}}, NO_SUCH_PATH),
        ("SET a.b = :n", {"a": {"L": []}}, NO_SUCH_PATH),
        ("SET a[0] = :n", {"a": {"M": {}}}, NO_SUCH_PATH),
        ("SET a[0] = :n", {}, NO_SUCH_PATH),
        ("SET a[1].b = :n", {"a": {"L": [{"M": {}}]}}, NO_SUCH_PATH),
        ("REMOVE a.b", {}, NO_SUCH_PATH),
        ("REMOVE a[0]", {"a": {"SS": ["a"]}}, NO_SUCH_PATH),
        ("ADD a.b :n", {}, NO_SUCH_PATH),
        ("DELETE a.b :ss", {}, NO_SUCH_PATH),
        ("SET a = a + :n", {"a": {"S": "1"}}, WRONG_TYPE),
        ("SET a = list_append(a, :l)", {"a": {"S": "1"}}, WRONG_TYPE),
        ("SET a = if_not_exists(b, :s) + :n", {}, WRONG_TYPE),
        ("ADD a :n", {"a": {"S": "1"}}, WRONG_TYPE),
        ("ADD a :ss", {"a": {"NS": ["1"]}}, WRONG_TYPE),
        ("DELETE a :ss", {"a": {"S": "a"}}, WRONG_TYPE),
        (
            "SET a = a + :big",
            {"a": {"N": "9e125"}},
            "Number overflow. Attempting to store a number with magnitude larger than supported range",
        ),
        ("SET a = a + :big", {"a": {"N": "1"}}, "Attempting to store more than 38 significant digits in a Number"),
    ],
)
def test_an_update_that_does_not_fit_the_item_is_refused(text: str, item: dict[str, Any], message: str) -> None:
    assert refused(text, item) == message


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("SET a = :n SET b = :n", 'The "SET" section can only be used once in an update expression;'),
        ("REMOVE a ADD b :n REMOVE c", 'The "REMOVE" section can only be used once in an update expression;'),
        (
            "SET a = :n, a.b = :n",
            "Two document paths overlap with each other; must remove or rewrite one of these paths; "
            "path one: [a], path two: [a, b]",
        ),
        (
            "SET a.b[0].c = :n REMOVE a.b[0]",
            "Two document paths overlap with each other; must remove or rewrite one of these paths; "
            "path one: [a, b, [0], c], path two: [a, b, [0]]",
        ),
        (
            "SET a = :n ADD a :n",
            "Two document paths overlap with each other; must remove or rewrite one of these paths; "
            "path one: [a], path two: [a]",
        ),
        (
            "SET a.b = :n, a[0] = :n",
            "Two document paths conflict with each other; must remove or rewrite one of these paths; "
            "path one: [a, b], path two: [a, [0]]",
        ),
        (
            "SET a = b + :s",
            "Incorrect operand type for operator or function; operator or function: +, operand type: S",
        ),
        (
            "SET a = :t - b",
            "Incorrect operand type for operator or function; operator or function: -, operand type: BOOL",
        ),
        (
            "SET a = list_append(b, :s)",
            "Incorrect operand type for operator or function; operator or function: list_append, operand type: S",
        ),
        (
            "SET a = if_not_exists(b)",
            "Incorrect number of operands for operator or function; "
            "operator or function: if_not_exists, number of operands: 1",
        ),
        (
            "SET a = list_append(b, c, d)",
            "Incorrect number of operands for operator or function; "
            "operator or function: list_append, number of operands: 3",
        ),
        (
            "SET a = if_not_exists(:n, b)",
            "Operator or function requires a document path; operator or function: if_not_exists",
        ),
        (
            "ADD a :s",
            "Incorrect operand type for operator or function; operator: ADD, operand type: STRING, "
            "typeset: ALLOWED_FOR_ADD_OPERAND",
        ),
        (
            "ADD a :l",
            "Incorrect operand type for operator or function; operator: ADD, operand type: LIST, "
            "typeset: ALLOWED_FOR_ADD_OPERAND",
        ),
        (
            "DELETE a :n",
            "Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER, "
            "typeset: ALLOWED_FOR_DELETE_OPERAND",
        ),
    ],
)
def test_an_update_that_fits_no_item_is_refused(text: str, reason: str) -> None:
    assert refused(text) == f"Invalid UpdateExpression: {reason}"


@pytest.mark.parametrize("text", ["SET id = :n", "REMOVE id", "ADD id :n", "DELETE id :ss", "SET a = :n, id.x = :n"])
def test_the_primary_key_is_not_updated(text: str) -> None:
    assert refused(text) == (
        "One or more parameter values were invalid: Cannot update attribute id. This attribute is part of the key"
    )


def test_an_update_tells_which_paths_it_changed() -> None:
    text = "ADD d.e :n REMOVE b[1] SET a = :n DELETE c :ss"
    item = {"b": {"L": []}, "d": {"M": {}}}
    assert update(text, Placeholders(None, VALUES)).apply(item)[1] == [("a",), ("b", 1), ("d", "e"), ("c",)]


def test_what_has_not_changed_is_shared_with_the_item_as_it_was() -> None:
    item = {"a": {"M": {"x": {"M": {}}}}, "b": {"L": []}}
    after = applied("SET a.y = :n", item)
    assert after["b"] is item["b"]
    assert after["a"] is not item["a"]


def test_documents_are_not_set_deeper_than_they_may_be_nested() -> None:
    path = "a" + ".m" * 30
    value: dict[str, Any] = {"M": {}}
    for _ in range(30):
        value = {"M": {"m": value}}
    assert applied(f"SET {path} = :n", {"a": value})
    assert applied("SET a = :m", {"a": value}) == {"a": {"M": {}}}
    assert refused(f"SET {path}.m = :m", {"a": value}) == (
        "Nesting Levels have exceeded supported limits: "
        "Attributes in the item have nested levels beyond supported limit"
    )


@given(
    st.lists(values, max_size=4),
    st.dictionaries(st.integers(0, 6), st.just({"S": "new"}), max_size=4),
    st.sets(st.integers(0, 6), max_size=4),
)
def test_indexes_mean_the_list_as_it_was(
    elements: list[Any], sets: dict[int, dict[str, Any]], removes: set[int]
) -> None:
    removes -= sets.keys()
    sections = []
    if sets:
        sections.append("SET " + ", ".join(f"a[{index}] = :v" for index in sets))
    if removes:
        sections.append("REMOVE " + ", ".join(f"a[{index}]" for index in removes))
    if not sections:
        return
    expected = [sets.get(index, element) for index, element in enumerate(elements) if index not in removes] + [
        value for index, value in sets.items() if index >= len(elements)
    ]
    placeholders = Placeholders(None, {":v": {"S": "new"}})
    after, _ = update(" ".join(sections), placeholders).apply({"a": {"L": elements}})
    assert after == {"a": {"L": expected}}


@given(
    items,
    st.dictionaries(st.sampled_from(NAMES), st.one_of(st.none(), values, st.sampled_from(NAMES)), min_size=1),
)
def test_every_attribute_takes_what_the_item_had_before(item: dict[str, Any], changes: dict[str, Any]) -> None:
    sets, removes, given_values = [], [], {}
    expected: dict[str, Any] = dict(item)
    for name, change in changes.items():
        if change is None:
            removes.append(name)
            expected.pop(name, None)
        elif isinstance(change, str):
            sets.append(f"{name} = if_not_exists({change}, :default)")
            given_values[":default"] = {"S": "default"}
            expected[name] = item.get(change, {"S": "default"})
        else:
            sets.append(f"{name} = :{name}")
            given_values[f":{name}"] = change
            expected[name] = change
    text = " ".join(
        [*(["REMOVE " + ", ".join(removes)] if removes else []), *(["SET " + ", ".join(sets)] if sets else [])]
    )
    before = copy.deepcopy(item)
    after, _ = update(text, Placeholders(None, given_values or None)).apply(item)
    assert item == before
    assert {name: reference.plain(value) for name, value in after.items()} == {
        name: reference.plain(value) for name, value in expected.items()
    }


@given(updates, items, st.booleans())
def test_an_update_does_what_the_reference_does(
    actions: list[tuple[Any, ...]], item: dict[str, Any], named: bool
) -> None:
    rendering = Rendering(None, named=named)
    text = rendering.update(actions)
    before = copy.deepcopy(item)
    placeholders = Placeholders(rendering.names or None, rendering.values or None)
    compiled = update(text, placeholders)
    placeholders.check_unused()
    try:
        expected = reference.updated(item, actions)
    except reference.NoFit:
        # Which of several misfits AWS names first is another matter.
        with pytest.raises(ValidationException) as caught:
            compiled.apply(item)
        assert caught.value.message in (reference.NOT_THERE, reference.WRONG_TYPE, reference.NO_PATH), text
    else:
        changed, _ = compiled.apply(item)
        assert reference.plain({"M": changed}) == reference.plain({"M": expected}), text
    assert item == before
