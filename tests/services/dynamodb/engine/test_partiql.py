"""PartiQL statements: what they say, and which of them AWS refuses."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsim.services.dynamodb.expressions import KeyTerm
from awsim.services.dynamodb.partiql import (
    Delete,
    Exists,
    Insert,
    Select,
    UpdateStatement,
    choices,
    key_terms,
    parse,
    primary_key,
)

from .assertions import message_of, refusal_of
from .strategies import values

MALFORMED = "Statement wasn't well formed, can't be processed: "


def select(statement: str, *parameters: dict[str, Any]) -> Select:
    tree = parse(statement, parameters)
    assert isinstance(tree, Select)
    return tree


def holds(condition: str, item: dict[str, Any], *parameters: dict[str, Any]) -> bool:
    where = select(f"SELECT * FROM t WHERE {condition}", *parameters).where
    assert where is not None
    return where.matches(item)


def test_select_names_a_table_an_index_paths_and_an_order() -> None:
    plain = select("SELECT * FROM Music")
    assert (plain.table_name, plain.index_name, plain.projection, plain.where, plain.order_by) == (
        "Music",
        None,
        None,
        None,
        (),
    )
    full = select('select a, "b c".d[0] from "my-table"."by.date" where a = 1 order by a desc, b, c asc')
    assert (full.table_name, full.index_name) == ("my-table", "by.date")
    assert full.projection is not None
    assert full.projection.paths == (("a",), ("b c", "d", 0))
    assert full.order_by == (("a", True), ("b", False), ("c", False))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("s = 'it''s'", True),
        ("n = 5.0 AND n <> 6 and n != 7", True),
        ("n > 4 AND n >= 5 AND n < 6 AND n <= 5", True),
        ("n = -5", False),
        ("n BETWEEN 4 AND 6", True),
        ("n NOT BETWEEN 4 AND 6", False),
        ("n IN [1, 5]", True),
        ("n IN (1, 6)", False),
        ("n NOT IN (1, 6)", True),
        ("NOT n = 5 OR t = TRUE", True),
        ("NOT (n = 5 OR t = TRUE)", False),
        ("gone IS MISSING", True),
        ("n IS NOT MISSING", True),
        ("x IS NULL", True),
        ("n IS NULL", False),
        ("n IS NOT NULL", True),
        ("x = NULL", True),
        ("begins_with(s, 'it')", True),
        ("BEGINS_WITH(\"s\", 'x')", False),
        ("contains(l, 2)", True),
        ("attribute_type(m, 'M')", True),
        ("size(l) = 2", True),
        ("m.k[0] = 'v'", True),
        ("m['k'][0] = 'v'", True),
        ("l = [1, 2]", True),
        ("m = {'k': ['v']}", True),
        ("ns = <<2, 1>>", True),
        ("ns = << 1 >>", False),
    ],
)
def test_a_where_clause_holds_for_the_items_that_it_describes(condition: str, expected: bool) -> None:
    item = {
        "s": {"S": "it's"},
        "n": {"N": "5"},
        "t": {"BOOL": True},
        "x": {"NULL": True},
        "l": {"L": [{"N": "1"}, {"N": "2"}]},
        "m": {"M": {"k": {"L": [{"S": "v"}]}}},
        "ns": {"NS": ["1", "2"]},
    }
    assert holds(condition, item) is expected


def test_question_marks_stand_for_the_parameters_in_turn() -> None:
    item = {"a": {"S": "x"}, "b": {"N": "1"}}
    assert holds("a = ? AND b IN (?, ?)", item, {"S": "x"}, {"N": "7"}, {"N": "1.0"})
    tree = parse("INSERT INTO t VALUE {'a': ?, 'b': [?]}", [{"N": "1.0"}, {"B": b"x"}])
    assert tree == Insert("t", {"a": {"N": "1"}, "b": {"L": [{"B": b"x"}]}})


@pytest.mark.parametrize("count", [0, 1, 3])
def test_there_are_as_many_parameters_as_question_marks(count: int) -> None:
    assert message_of(parse, "SELECT * FROM t WHERE a = ? AND b = ?", [{"S": "x"}] * count) == (
        "Number of parameters in request and statement don't match."
    )


def test_insert_has_an_item() -> None:
    statement = (
        "INSERT INTO \"t\" VALUE {'s': 'x', 'n': -1.50, 'e': 1e2, 'z': null, 'b': false, 'm': {}, 'ss': <<'a'>>}"
    )
    assert parse(statement) == Insert(
        "t",
        {
            "s": {"S": "x"},
            "n": {"N": "-1.5"},
            "e": {"N": "100"},
            "z": {"NULL": True},
            "b": {"BOOL": False},
            "m": {"M": {}},
            "ss": {"SS": ["a"]},
        },
    )


def written(value: dict[str, Any]) -> str:
    [(type_, content)] = value.items()
    if type_ == "S":
        return "'" + content.replace("'", "''") + "'"
    if type_ == "L":
        return f"[{', '.join(map(written, content))}]"
    if type_ == "M":
        return "{" + ", ".join(f"'{name}': {written(member)}" for name, member in content.items()) + "}"
    if type_ in ("SS", "NS"):
        return f"<<{', '.join(written({type_[0]: member}) for member in content)}>>"
    return {"BOOL": str(content).upper(), "NULL": "NULL"}.get(type_, content)


def _can_be_written(value: dict[str, Any]) -> bool:
    [(type_, content)] = value.items()
    if type_ in ("L", "M"):
        return all(map(_can_be_written, content if type_ == "L" else content.values()))
    return type_ not in ("B", "BS")


@given(values.filter(_can_be_written))
def test_any_value_can_be_written_as_a_literal(value: dict[str, Any]) -> None:
    assert parse(f"INSERT INTO t VALUE {{'a': {written(value)}}}") == Insert("t", {"a": value})


def test_update_sets_removes_and_returns() -> None:
    statement = (
        'UPDATE "Music" SET won = 1 SET detail = {\'Grammys\': [2020]}, plays = plays + ? REMOVE "old", l[0] '
        "SET tags = set_add(tags, <<'x'>>) SET gone = set_delete(gone, <<1>>) SET l2 = list_append(l2, ['b']) "
        "WHERE artist = 'A' AND song = 'S' RETURNING MODIFIED NEW *"
    )
    tree = parse(statement, [{"N": "2"}])
    assert isinstance(tree, UpdateStatement)
    assert (tree.table_name, tree.returning) == ("Music", "MODIFIED NEW")
    item = {
        "plays": {"N": "40"},
        "old": {"S": ""},
        "l": {"L": [{"S": "a"}]},
        "l2": {"L": [{"S": "a"}]},
        "gone": {"NS": ["1"]},
        "tags": {"SS": ["w"]},
    }
    after, _ = tree.update.apply(item)
    assert after == {
        "won": {"N": "1"},
        "detail": {"M": {"Grammys": {"L": [{"N": "2020"}]}}},
        "plays": {"N": "42"},
        "l": {"L": []},
        "l2": {"L": [{"S": "a"}, {"S": "b"}]},
        "tags": {"SS": ["w", "x"]},
    }
    assert primary_key(tree.where, ("artist", "song")) == {"artist": {"S": "A"}, "song": {"S": "S"}}


def test_delete_and_exists() -> None:
    delete = parse("DELETE FROM t WHERE a = 'x' RETURNING ALL OLD *")
    assert isinstance(delete, Delete)
    assert (delete.table_name, delete.returning) == ("t", "ALL OLD")
    assert primary_key(delete.where, ["a"]) == {"a": {"S": "x"}}
    exists = parse("EXISTS(SELECT * FROM t WHERE a = ? AND b > 3)", [{"S": "x"}])
    assert isinstance(exists, Exists)
    assert exists.select.table_name == "t"


def test_a_where_clause_says_what_it_asks_of_keys() -> None:
    where = select(
        "SELECT * FROM t WHERE h = 'x' AND 3 < r AND (s BETWEEN 1 AND 2 AND begins_with(p, 'q')) "
        "AND (o = 1 OR o = 2) AND (v = 1 OR w = 2) "
        "AND NOT n = 1 AND m.k = 1 AND e <> 1 AND size(z) = 1 AND c IN ['a', 'b']"
    ).where
    assert key_terms(where) == [
        KeyTerm("h", "=", ({"S": "x"},)),
        KeyTerm("r", ">", ({"N": "3"},)),
        KeyTerm("s", "BETWEEN", ({"N": "1"}, {"N": "2"})),
        KeyTerm("p", "begins_with", ({"S": "q"},)),
    ]
    assert choices(where, "h") == ({"S": "x"},)
    assert choices(where, "c") == ({"S": "a"}, {"S": "b"})
    assert choices(where, "o") == ({"N": "1"}, {"N": "2"})
    assert choices(where, "v") is None
    assert choices(None, "o") is None
    assert key_terms(None) == []


@pytest.mark.parametrize(
    "condition", ["h = 'x'", "h = 'x' OR r = 'y'", "h = 'x' AND r > 'y'", "h = 'x' AND NOT r = 'y'"]
)
def test_a_write_is_about_one_item(condition: str) -> None:
    where = select(f"SELECT * FROM t WHERE {condition}").where
    message = "Where clause does not contain a mandatory equality on all key attributes"
    assert message_of(primary_key, where, ("h", "r")) == message
    assert message_of(primary_key, None, ("h", "r")) == message


@pytest.mark.parametrize(
    "statement",
    [
        "",
        "DROP TABLE t",
        "x",
        "'SELECT'",
        "UPSERT INTO t VALUE {}",
        "UPDATE my-table SET a = 1",
        "UPDATE t WHERE a = 1",
    ],
)
def test_what_manipulates_no_data_is_refused(statement: str) -> None:
    assert message_of(parse, statement) == MALFORMED + "Expected data manipulation"


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("SELECT * FROM t WHERE key = 'a'", "Unexpected keyword"),
        ("SELECT Value FROM t", "Unexpected keyword"),
        ("SELECT * FROM user", "Unexpected keyword"),
        ("UPDATE t SET count = 1 WHERE id = 'a'", "Unexpected keyword"),
        ("SELECT * FROM t WHERE id = 'a' ORDER BY timestamp", "Unexpected keyword"),
        ("SELECT payload.size FROM t", "Invalid path dot component"),
        ("SELECT * FROM t.index", "Invalid path dot component"),
    ],
)
def test_a_keyword_is_no_name(statement: str, reason: str) -> None:
    assert message_of(parse, statement) == MALFORMED + reason


def test_a_keyword_in_double_quotes_is_a_name() -> None:
    full = select('SELECT "key", payload."size" FROM "user"."index" WHERE "date" = 1 ORDER BY "timestamp"')
    assert (full.table_name, full.index_name, full.order_by) == ("user", "index", (("timestamp", False),))
    assert full.projection is not None
    assert full.projection.paths == (("key",), ("payload", "size"))


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM",
        "SELECT FROM t",
        "SELECT * t",
        "SELECT * FROM t WHERE",
        "SELECT * FROM t WHERE a",
        "SELECT * FROM t WHERE a = ",
        "SELECT * FROM t WHERE a = 'open",
        "SELECT * FROM t WHERE (a = 1",
        "SELECT * FROM t WHERE a IS b",
        "SELECT * FROM t WHERE begins_with(a)",
        "SELECT * FROM t WHERE attribute_type(a, 1)",
        "SELECT * FROM t WHERE a[-1] = 2",
        "SELECT * FROM t ORDER a",
        "SELECT a, a.b FROM t",
        "SELECT * FROM t; SELECT * FROM t",
        "INSERT INTO t {'a': 1}",
        "INSERT INTO t VALUE [1]",
        "INSERT INTO t VALUE {a: 1}",
        "INSERT INTO t VALUE {'a': <<>>}",
        "INSERT INTO t VALUE {'a': <<1, 'b'>>}",
        "INSERT INTO t VALUE {'a': <<[1]>>}",
        "UPDATE t SET a WHERE a = 1",
        "UPDATE t SET a = 1 WHERE a = 1 RETURNING ALL *",
        "DELETE t WHERE a = 1",
        "DELETE FROM t WHERE a = 1 RETURNING ALL NEW *",
        "EXISTS SELECT * FROM t",
    ],
)
def test_what_is_not_partiql_is_refused(statement: str) -> None:
    assert message_of(parse, statement).startswith(MALFORMED)


def test_values_that_dynamodb_does_not_take_are_refused() -> None:
    assert message_of(parse, "INSERT INTO t VALUE {'a': <<1, 1.0>>}") == "Input collection contains duplicates"
    assert message_of(parse, "SELECT * FROM t WHERE a = ?", [{"N": "x"}]) == (
        "The parameter cannot be converted to a numeric value: x"
    )
    deepest = "[" * 31 + "]" * 31
    assert isinstance(parse(f"INSERT INTO t VALUE {{'a': {deepest}}}"), Insert)
    assert message_of(parse, f"INSERT INTO t VALUE {{'a': [{deepest}]}}") == (
        "Nesting Levels have exceeded supported limits: "
        "Attributes in the item have nested levels beyond supported limit"
    )


WORDS = """
    SELECT * FROM t WHERE INSERT INTO VALUE UPDATE SET REMOVE DELETE EXISTS RETURNING ALL OLD ORDER BY DESC AND OR NOT
    IN
    BETWEEN IS MISSING NULL TRUE a b "q" 's' 1 -2.5 ? . , : ( ) [ ] { } << >> = <> < <= + - size begins_with contains
    set_add list_append attribute_type {'a':1} <<1>> é ; '
"""
PIECES = st.sampled_from(WORDS.split())


@given(
    st.one_of(
        st.text(max_size=30),
        st.lists(PIECES, max_size=16).map(" ".join),
        st.lists(PIECES, max_size=12).map(lambda pieces: f"SELECT * FROM t WHERE {' '.join(pieces)}"),
        st.lists(PIECES, max_size=12).map(lambda pieces: f"UPDATE t SET a = {' '.join(pieces)}"),
        st.lists(PIECES, max_size=12).map(lambda pieces: f"INSERT INTO t VALUE {{'a': {' '.join(pieces)}"),
        st.sampled_from(["SELECT * FROM t WHERE " + "(" * 4000, "INSERT INTO t VALUE " + "[" * 4000]),
        st.sampled_from(["SELECT * FROM t WHERE " + "NOT " * 2000 + "a = 1", "INSERT INTO t VALUE " + "{'a':" * 1500]),
    ),
    st.lists(st.sampled_from([{"S": "x"}, {"N": "1"}, {}, {"SS": []}]), max_size=3),
)
def test_any_text_is_a_statement_or_a_validation_error(text: str, parameters: list[dict[str, Any]]) -> None:
    def parse_and_evaluate() -> None:
        where = getattr(parse(text, parameters), "where", None)
        if where is not None:
            assert where.matches({"a": {"N": "1"}, "b": {"S": "x"}}) in (True, False)
            assert isinstance(key_terms(where), list)

    assert refusal_of(parse_and_evaluate) != ""
