"""SelectObjectContent: an SQL expression over an object, by the User Guide's SQL reference."""

from __future__ import annotations

import bz2
import gzip
import importlib
import itertools
import json
import sys
from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsim.errors import AwsimError
from awsim.services.s3.select.expression import parse_query
from awsim.services.s3.select.source import read_records
from awsim.services.s3.select.values import like

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
PEOPLE = b'name,age,city\nAnn,34,Oslo\nBob,7,Rome\nCid,51,"New York, NY"\n'
LINES = b'{"name":"Ann","age":34,"pets":[{"kind":"cat"}]}\n{"name":"Bob","age":7,"city":null}\n'
CSV_IN = {"CSV": {"FileHeaderInfo": "USE"}}
LINES_IN = {"JSON": {"Type": "LINES"}}


@pytest.fixture
def select(s3, bucket):
    """Put an object and select from it: the records and the last events."""

    def select(data: bytes, sql: str, source: dict[str, Any] = CSV_IN, target: str = "JSON", **more: Any) -> Any:
        s3.put_object(Bucket=bucket, Key="data", Body=data)
        response = s3.select_object_content(
            Bucket=bucket,
            Key="data",
            Expression=sql,
            ExpressionType="SQL",
            InputSerialization=source,
            **{"OutputSerialization": {target: {}}, **more},
        )
        events = list(response["Payload"])
        assert list(events[-1]) == ["End"]
        text = b"".join(event["Records"]["Payload"] for event in events if "Records" in event).decode()
        return [json.loads(line) for line in text.splitlines()] if target == "JSON" else text

    return select


def test_the_answer_is_records_stats_and_an_end(s3, bucket):
    s3.put_object(Bucket=bucket, Key="data", Body=PEOPLE)
    response = s3.select_object_content(
        Bucket=bucket,
        Key="data",
        Expression="SELECT s.name FROM S3Object s WHERE CAST(s.age AS INT) > 10",
        ExpressionType="SQL",
        InputSerialization=CSV_IN,
        OutputSerialization={"CSV": {}},
        RequestProgress={"Enabled": True},
    )
    details = {"BytesScanned": len(PEOPLE), "BytesProcessed": len(PEOPLE), "BytesReturned": 8}
    assert list(response["Payload"]) == [
        {"Records": {"Payload": b"Ann\nCid\n"}},
        {"Progress": {"Details": details}},
        {"Stats": {"Details": details}},
        {"End": {}},
    ]


def test_columns_have_names_or_numbers(select):
    assert select(PEOPLE, "SELECT * FROM S3Object LIMIT 1") == [{"name": "Ann", "age": "34", "city": "Oslo"}]
    assert select(PEOPLE, "SELECT s._2, _3 FROM S3Object s WHERE NAME = 'Cid'") == [{"_2": "51", "_3": "New York, NY"}]
    ignored = {"CSV": {"FileHeaderInfo": "IGNORE"}}
    assert select(PEOPLE, "SELECT _1 FROM S3Object", ignored) == [{"_1": "Ann"}, {"_1": "Bob"}, {"_1": "Cid"}]
    assert select(PEOPLE, "SELECT * FROM S3Object LIMIT 1", {"CSV": {}}) == [{"_1": "name", "_2": "age", "_3": "city"}]
    assert select(b'"First Name"\nAnn\n', 'SELECT s."First Name" FROM S3Object s') == [{"First Name": "Ann"}]


def test_csv_has_its_own_delimiters_quotes_and_comments(select):
    source = {"CSV": {"FieldDelimiter": "|", "RecordDelimiter": ";", "QuoteCharacter": "'", "Comments": "-"}}
    assert select(b"a|'b|c';-no;d|e", "SELECT * FROM S3Object", source) == [
        {"_1": "a", "_2": "b|c"},
        {"_1": "d", "_2": "e"},
    ]
    quoted = {"CSV": {"AllowQuotedRecordDelimiter": True}}
    assert select(b'"a\nb",c\n', "SELECT * FROM S3Object", quoted) == [{"_1": "a\nb", "_2": "c"}]
    target = {"CSV": {"QuoteFields": "ALWAYS", "FieldDelimiter": ";", "RecordDelimiter": "|"}}
    found = select(PEOPLE, "SELECT name, age FROM S3Object LIMIT 1", target="CSV", OutputSerialization=target)
    assert found == '"Ann";"34"|'
    assert select(PEOPLE, "SELECT city FROM S3Object WHERE name='Cid'", target="CSV") == '"New York, NY"\n'


def test_json_has_paths(select):
    assert select(LINES, "SELECT s.name, s.pets[0].kind FROM S3Object[*] s", LINES_IN) == [
        {"name": "Ann", "kind": "cat"},
        {"name": "Bob"},
    ]
    document = b'{"rules":[{"id":1},{"id":2,"when":"x"}]}'
    whole = {"JSON": {"Type": "DOCUMENT"}}
    assert select(document, "SELECT * FROM S3Object[*].rules[*]", whole) == [{"id": 1}, {"id": 2, "when": "x"}]
    assert select(document, 'SELECT s.id FROM S3Object[*].rules[*] s WHERE s."when" IS MISSING', whole) == [{"id": 1}]
    assert select(document, "SELECT s.rules[1] FROM S3Object s", whole) == [{"rules": {"id": 2, "when": "x"}}]
    assert select(b"[1,2]", "SELECT * FROM S3Object[*][*]", whole) == [{"_1": 1}, {"_1": 2}]


def test_null_is_not_missing(select):
    assert select(LINES, "SELECT name FROM S3Object s WHERE s.city IS MISSING", LINES_IN) == [{"name": "Ann"}]
    assert select(LINES, "SELECT name FROM S3Object s WHERE s.city IS NULL", LINES_IN) == [
        {"name": "Ann"},
        {"name": "Bob"},
    ]
    assert select(LINES, "SELECT name FROM S3Object s WHERE s.city IS NOT MISSING", LINES_IN) == [{"name": "Bob"}]


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("COUNT(*)", 3),
        ("SUM(CAST(s.age AS INT))", 92),
        ("AVG(CAST(s.age AS FLOAT))", 92 / 3),
        ("MIN(s.name)", "Ann"),
        ("MAX(CAST(s.age AS INT)) - MIN(CAST(s.age AS INT))", 44),
    ],
)
def test_aggregates_are_over_all_records(select, sql, value):
    assert select(PEOPLE, f"SELECT {sql} AS x FROM S3Object s") == [{"x": value}]


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("UPPER(s.name) || '!'", "ANN!"),
        ("SUBSTRING(s.name, 2)", "nn"),
        ("SUBSTRING(s.name FROM 1 FOR 2)", "An"),
        ("CHAR_LENGTH(s.name)", 3),
        ("TRIM(BOTH 'A' FROM s.name)", "nn"),
        ("TRIM('  x ')", "x"),
        ("CASE s.age WHEN '7' THEN 'child' ELSE 'adult' END", "adult"),
        ("CASE WHEN s.age < 10 THEN 1 END", None),
        ("COALESCE(NULL, s.nothing, 5)", 5),
        ("NULLIF(s.age, 34)", None),
        ("7 / 2 * -1 + 10 % 4", -1),
        ("s.age BETWEEN 30 AND 40 AND NOT s.name IN ('Bob', 'Cid')", True),
        ("s.name LIKE '_n%'", True),
        ("CAST(s.age AS DECIMAL(5,2))", 34),
        ("TO_STRING(TO_TIMESTAMP('2007-02-23T12:14:33Z'), 'y-MM-dd HH:mm a')", "2007-02-23 12:14 PM"),
        ("DATE_ADD(month, 1, TO_TIMESTAMP('2010-01-31T'))", "2010-02-28T00:00:00Z"),
        ("DATE_DIFF(year, `2010-02-01T`, `2012-01-01T`)", 1),
        ("DATE_DIFF(hour, `2010-01-01T00:00Z`, `2010-01-02T01:30Z`)", 25),
        ("EXTRACT(YEAR FROM TO_TIMESTAMP('2010-01-01T'))", 2010),
    ],
)
def test_functions_and_operators(select, sql, value):
    ann = b'{"name":"Ann","age":"34"}'
    assert select(ann, f"SELECT {sql} AS x FROM S3Object s", LINES_IN) == [{"x": value}]


def test_the_clock_is_the_clouds(cloud, select, advance):
    advance(86400 * 400)
    (found,) = select(PEOPLE, "SELECT UTCNOW() AS now FROM S3Object LIMIT 1")
    assert found["now"].startswith(f"{cloud.clock.now():%Y-%m-%d}")


@pytest.mark.parametrize(("kind", "compress"), [("GZIP", gzip.compress), ("BZIP2", bz2.compress)])
def test_objects_may_be_compressed(select, kind, compress):
    source = {**CSV_IN, "CompressionType": kind}
    assert select(compress(PEOPLE), "SELECT name FROM S3Object LIMIT 1", source) == [{"name": "Ann"}]


def test_parquet_is_read_with_its_types(select, tmp_path):
    import duckdb

    path = tmp_path / "people.parquet"
    duckdb.sql(f"COPY (SELECT 'Ann' AS name, 34 AS age UNION ALL SELECT 'Bob', 7) TO '{path}' (FORMAT parquet)")
    found = select(path.read_bytes(), "SELECT name, age + 1 AS next FROM S3Object s WHERE age > 10", {"Parquet": {}})
    assert found == [{"name": "Ann", "next": 35}]


def test_a_scan_range_has_the_records_that_start_in_it(select):
    data = b"aaaa\nbbbb\ncccc\ndddd\n"
    source = {"CSV": {}}

    def scan(**scan_range: int) -> str:
        return select(data, "SELECT * FROM S3Object", source, "CSV", ScanRange=scan_range)

    assert scan(Start=0, End=3) == "aaaa\n"
    assert scan(Start=1, End=10) == "bbbb\ncccc\n"
    assert scan(Start=5) == "bbbb\ncccc\ndddd\n"
    assert scan(End=6) == "dddd\n"


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        (
            {"ExpressionType": "XML"},
            "InvalidExpressionType",
            "The ExpressionType is invalid. Only SQL expressions are supported.",
        ),
        ({"Expression": "SELEC 1"}, "ParseUnexpectedToken", "The SQL expression contains an unexpected token."),
        (
            {"Expression": f"SELECT * FROM S3Object WHERE {'(' * 3000}1=1{')' * 3000}"},
            "ParseUnexpectedToken",
            "The SQL expression contains an unexpected token.",
        ),
        (
            {"Expression": "SELECT 1"},
            "ParseSelectMissingFrom",
            "The SQL expression contains a missing FROM after the SELECT list.",
        ),
        (
            {"Expression": "SELECT name FROM S3Object GROUP BY name"},
            "UnsupportedSqlStructure",
            "Encountered an unsupported SQL structure. Check the SQL Reference.",
        ),
        (
            {"Expression": "SELECT foo(name) FROM S3Object"},
            "UnsupportedFunction",
            "Encountered an unsupported SQL function.",
        ),
        (
            {"Expression": "SELECT CAST(name AS INT) FROM S3Object"},
            "CastFailed",
            "Attempt to convert from one data type to another using CAST failed in the SQL expression.",
        ),
        (
            {"Expression": "SELECT s.nothing FROM S3Object s"},
            "MissingHeaders",
            "Some headers in the query are missing from the file. Check the file and try again.",
        ),
        (
            {"InputSerialization": {}},
            "InvalidDataSource",
            "Invalid data source type. Only CSV, JSON, and Parquet are supported at this time.",
        ),
        (
            {"InputSerialization": {**LINES_IN}},
            "JSONParsingError",
            "Encountered an error parsing the JSON file. Check the file and try again.",
        ),
        (
            {"InputSerialization": {**CSV_IN, "CompressionType": "GZIP"}},
            "TruncatedInput",
            "Object decompression failed. Check that the object is properly compressed using the format specified in "
            "the request.",
        ),
        (
            {"InputSerialization": {"Parquet": {}}},
            "ParquetParsingError",
            "Error parsing Parquet file. Please check the file and try again.",
        ),
    ],
)
def test_what_is_refused(s3, bucket, refusal, change, code, message):
    s3.put_object(Bucket=bucket, Key="data", Body=PEOPLE)
    arguments = {
        "Bucket": bucket,
        "Key": "data",
        "Expression": "SELECT * FROM S3Object",
        "ExpressionType": "SQL",
        "InputSerialization": CSV_IN,
        "OutputSerialization": {"CSV": {}},
        **change,
    }
    assert refusal(s3.select_object_content, **arguments) == {"Status": 400, "Code": code, "Message": message}


def test_a_missing_object_is_told(s3, bucket, refusal):
    told = refusal(
        s3.select_object_content,
        Bucket=bucket,
        Key="none",
        Expression="SELECT * FROM S3Object",
        ExpressionType="SQL",
        InputSerialization=CSV_IN,
        OutputSerialization={"CSV": {}},
    )
    assert (told["Status"], told["Code"], told["Key"]) == (404, "NoSuchKey", "none")


def test_a_missing_extra_is_named(monkeypatch):
    for name in [name for name in sys.modules if name.startswith("awsim.services.s3.select")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "sqlglot", None)
    with pytest.raises(AwsimError) as caught:
        importlib.import_module("awsim.services.s3.select")
    assert str(caught.value) == "SelectObjectContent needs sqlglot: pip install 'awsim[select]'"


# The engine by property.

fields = st.lists(st.text("abc ,\"'é", min_size=1, max_size=6), min_size=1, max_size=4)


@given(st.lists(fields, max_size=6))
def test_every_record_of_a_csv_is_read_as_it_was_written(rows):
    text = "".join(",".join('"' + field.replace('"', '""') + '"' for field in row) + "\n" for row in rows)
    records, _ = read_records(text.encode(), {"CSV": {}})
    assert [list(record.values()) for record in records] == rows


@given(st.lists(st.integers(0, 99), min_size=1, max_size=30), st.integers(0, 200), st.integers(0, 200))
def test_ranges_that_meet_have_every_record_once(numbers, first, second):
    data = "".join(f"{number}\n" for number in numbers).encode()
    cuts = sorted({0, *(cut for cut in (first, second) if cut < len(data)), len(data)})
    found = []
    for start, end in itertools.pairwise(cuts):
        records, _ = read_records(data, {"CSV": {}}, {"Start": start, "End": end - 1})
        found += [int(record["_1"]) for record in records]
    assert found == numbers


@given(st.lists(st.fixed_dictionaries({"a": st.integers(-9, 9), "b": st.none() | st.integers(-9, 9)}), max_size=20))
def test_what_where_says_is_what_python_says(rows):
    query = parse_query("SELECT s.a FROM S3Object s WHERE s.a > s.b AND NOT (s.b = 3 OR s.a < -5)", now=NOW)
    expected = [{"a": r["a"]} for r in rows if r["b"] is not None and r["a"] > r["b"] and r["b"] != 3 and r["a"] >= -5]
    assert list(query.run(rows)) == expected


@given(st.text("ab%_", max_size=6))
def test_an_escaped_pattern_matches_itself_alone(text):
    pattern = "".join(f"!{character}" for character in text)
    assert like(text, pattern, "!")
    assert not like(text + "a", pattern, "!")
