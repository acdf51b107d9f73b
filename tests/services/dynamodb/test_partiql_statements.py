"""ExecuteStatement, BatchExecuteStatement, ExecuteTransaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.services.dynamodb.definitions import index

Make = Callable[..., dict[str, Any]]
Invalid = Callable[..., str]


@pytest.fixture
def music(dynamodb: Any, make_table: Make) -> Any:
    """Songs 0 to 5 of artist "a" and one of "b"; even ones are in the index "byg"."""
    make_table(keys="artist:S song:N", also="g:S", GlobalSecondaryIndexes=[index("byg", "g song")])
    for song in range(6):
        item = {"artist": {"S": "a"}, "song": {"N": str(song)}, "x": {"S": f"x{song}"}}
        if song % 2 == 0:
            item["g"] = {"S": "g"}
        dynamodb.put_item(TableName="music", Item=item)
    dynamodb.put_item(TableName="music", Item={"artist": {"S": "b"}, "song": {"N": "1"}})
    return dynamodb


def run(client: Any, statement: str, *parameters: Any, **members: Any) -> dict[str, Any]:
    typed = [{"N": str(one)} if isinstance(one, int) else {"S": one} for one in parameters]
    if typed:
        members["Parameters"] = typed
    answer: dict[str, Any] = client.execute_statement(Statement=statement, **members)
    return answer


def songs(answer: dict[str, Any]) -> list[int]:
    return [int(item["song"]["N"]) for item in answer["Items"]]


def test_select_reads_a_partition_in_order(music: Any) -> None:
    assert songs(run(music, "SELECT * FROM music WHERE artist = ?", "a")) == [0, 1, 2, 3, 4, 5]
    assert songs(run(music, 'SELECT * FROM "music" WHERE artist = ? AND song BETWEEN 2 AND 3', "a")) == [2, 3]
    descending = "SELECT song FROM music WHERE artist = 'a' AND song > 2 ORDER BY song DESC"
    assert run(music, descending)["Items"] == [{"song": {"N": str(song)}} for song in (5, 4, 3)]
    both = "SELECT * FROM music WHERE artist IN ['b', 'a'] AND song = 1 ORDER BY artist"
    assert [item["artist"]["S"] for item in run(music, both)["Items"]] == ["a", "b"]


def test_select_without_a_key_scans(music: Any) -> None:
    assert len(run(music, "SELECT * FROM music")["Items"]) == 7
    assert songs(run(music, "SELECT * FROM music WHERE x = 'x3'")) == [3]


def test_select_reads_indexes(music: Any) -> None:
    statement = 'SELECT * FROM "music"."byg" WHERE g = ?'
    answer = run(music, statement, "g", ReturnConsumedCapacity="INDEXES")
    assert songs(answer) == [0, 2, 4]
    assert answer["ConsumedCapacity"] == {
        "TableName": "music",
        "CapacityUnits": 0.5,
        "Table": {"CapacityUnits": 0.0},
        "GlobalSecondaryIndexes": {"byg": {"CapacityUnits": 0.5}},
    }


@pytest.mark.parametrize(
    "statement", ["SELECT * FROM music", "SELECT * FROM music WHERE artist IN ['a', 'b'] ORDER BY artist DESC"]
)
def test_select_goes_on_page_by_page(music: Any, statement: str) -> None:
    whole = run(music, statement)["Items"]
    assert len(whole) == 7
    found: list[Any] = []
    token: dict[str, Any] = {}
    while True:
        answer = run(music, statement, Limit=2, **token)
        assert len(answer["Items"]) <= 2
        found += answer["Items"]
        if "NextToken" not in answer:
            break
        token = {"NextToken": answer["NextToken"]}
    assert found == whole


def test_a_repeated_transaction_of_statements_reads(music: Any) -> None:
    statement = "UPDATE music SET plays = plays + 1 WHERE artist = 'new' AND song = 1"
    run(music, "INSERT INTO music VALUE {'artist': 'new', 'song': 1, 'plays': 0}")
    members = {
        "TransactStatements": [{"Statement": statement}],
        "ClientRequestToken": "token",
        "ReturnConsumedCapacity": "TOTAL",
    }
    first, again = (music.execute_transaction(**members) for _ in range(2))
    assert first["ConsumedCapacity"] == [{"TableName": "music", "CapacityUnits": 2.0, "WriteCapacityUnits": 2.0}]
    assert again["ConsumedCapacity"] == [{"TableName": "music", "CapacityUnits": 2.0, "ReadCapacityUnits": 2.0}]
    assert run(music, "SELECT plays FROM music WHERE artist = 'new'")["Items"] == [{"plays": {"N": "1"}}]


def test_a_token_goes_on_with_its_own_statement_only(music: Any, invalid: Invalid) -> None:
    statement = "SELECT * FROM music WHERE artist = ?"
    first = run(music, statement, "a", Limit=1)
    page = {"NextToken": first["NextToken"], "Limit": 1}
    assert len(run(music, statement, "a", **page)["Items"]) == 1

    def refused(statement: str, *parameters: str, **members: Any) -> str:
        return invalid(lambda: run(music, statement, *parameters, **members))

    assert refused(statement, "b", **page) == "NextToken does not match request"
    assert refused("SELECT * FROM music", **page) == "NextToken does not match request"
    assert refused(statement, "a", NextToken="?") == "Invalid NextToken"


def test_select_orders_only_by_keys_and_only_within_partitions(music: Any, invalid: Invalid) -> None:
    assert (
        invalid(run, client=music, statement="SELECT * FROM music ORDER BY song")
        == "Must have WHERE clause in the statement when using ORDER BY clause."
    )
    assert (
        invalid(run, client=music, statement="SELECT * FROM music WHERE x = 'x' ORDER BY song")
        == "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause."
    )


def test_insert_adds_an_item_once(music: Any, refusal: Any) -> None:
    statement = "INSERT INTO music VALUE {'artist': 'c', 'song': 1, 'l': [1, true, NULL], 's': <<'a', 'b'>>}"
    assert run(music, statement)["Items"] == []
    assert run(music, "SELECT * FROM music WHERE artist = 'c'")["Items"] == [
        {
            "artist": {"S": "c"},
            "song": {"N": "1"},
            "l": {"L": [{"N": "1"}, {"BOOL": True}, {"NULL": True}]},
            "s": {"SS": ["a", "b"]},
        }
    ]
    duplicate = ("DuplicateItemException", "Duplicate primary key exists in table")
    assert refusal(run, client=music, statement=statement) == duplicate


def test_update_changes_one_item_that_is_there(music: Any, refusal: Any, invalid: Invalid) -> None:
    statement = "UPDATE music SET x = ? SET n = 1 WHERE artist = 'a' AND song = ? RETURNING MODIFIED NEW *"
    answer = run(music, statement, "new", 1)
    assert answer["Items"] == [{"x": {"S": "new"}, "n": {"N": "1"}}]
    failed = ("ConditionalCheckFailedException", "The conditional request failed")
    assert refusal(run, client=music, statement=statement.replace("?", "'x'", 1).replace("?", "99")) == failed
    unmet = "UPDATE music REMOVE x WHERE artist = 'a' AND song = 1 AND x = 'old'"
    assert refusal(run, client=music, statement=unmet) == failed
    assert (
        invalid(run, client=music, statement="UPDATE music SET x = 'x' WHERE artist = 'a'")
        == "Where clause does not contain a mandatory equality on all key attributes"
    )


def test_delete_removes_one_item(music: Any, refusal: Any) -> None:
    statement = "DELETE FROM music WHERE artist = 'b' AND song = 1 RETURNING ALL OLD *"
    assert run(music, statement)["Items"] == [{"artist": {"S": "b"}, "song": {"N": "1"}}]
    assert run(music, statement)["Items"] == []
    unmet = "DELETE FROM music WHERE artist = 'a' AND song = 1 AND x = 'other'"
    assert refusal(run, client=music, statement=unmet)[0] == "ConditionalCheckFailedException"


def test_statements_name_tables_that_exist(dynamodb: Any, refusal: Any) -> None:
    assert refusal(run, client=dynamodb, statement="SELECT * FROM music") == (
        "ResourceNotFoundException",
        "Requested resource not found",
    )


def test_a_batch_answers_each_statement(music: Any) -> None:
    responses = music.batch_execute_statement(
        Statements=[
            {"Statement": "INSERT INTO music VALUE {'artist': 'c', 'song': 1}"},
            {"Statement": "INSERT INTO music VALUE {'artist': 'c', 'song': 1}"},
            {"Statement": "UPDATE music SET x = 'y' WHERE artist = 'z' AND song = 1"},
            {"Statement": "DELETE FROM none WHERE artist = 'z'"},
            {"Statement": "nonsense"},
        ]
    )["Responses"]
    assert responses[:4] == [
        {"TableName": "music"},
        {
            "Error": {"Code": "DuplicateItem", "Message": "Duplicate primary key exists in table"},
            "TableName": "music",
        },
        {
            "Error": {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"},
            "TableName": "music",
        },
        {"Error": {"Code": "ResourceNotFound", "Message": "Requested resource not found"}, "TableName": "none"},
    ]
    assert responses[4]["Error"]["Code"] == "ValidationError"


def test_a_batch_reads_single_items(music: Any) -> None:
    answer = music.batch_execute_statement(
        Statements=[
            {"Statement": "SELECT x FROM music WHERE artist = 'a' AND song = 1", "ConsistentRead": True},
            {"Statement": "SELECT * FROM music WHERE artist = 'z' AND song = 1"},
            {"Statement": "SELECT * FROM music WHERE artist = 'a'"},
        ],
        ReturnConsumedCapacity="TOTAL",
    )
    assert answer["Responses"] == [
        {"TableName": "music", "Item": {"x": {"S": "x1"}}},
        {"TableName": "music"},
        {
            "Error": {
                "Code": "ValidationError",
                "Message": "Select statements within BatchExecuteStatement must specify the primary key in the where "
                "clause.",
            },
            "TableName": "music",
        },
    ]
    assert answer["ConsumedCapacity"] == [{"TableName": "music", "CapacityUnits": 1.5}]


def test_a_transaction_writes_all_or_nothing(music: Any) -> None:
    insert = {"Statement": "INSERT INTO music VALUE {'artist': 'c', 'song': 1}"}
    exists = {"Statement": "EXISTS(SELECT * FROM music WHERE artist = 'a' AND song = 1 AND x = ?)"}
    right, wrong = [{"S": "x1"}], [{"S": "other"}]
    with pytest.raises(ClientError) as caught:
        music.execute_transaction(TransactStatements=[insert, {**exists, "Parameters": wrong}])
    reasons = caught.value.response["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == ["None", "ConditionalCheckFailed"]
    statements = [insert, {**exists, "Parameters": right}]
    assert music.execute_transaction(TransactStatements=statements)["Responses"] == []
    with pytest.raises(ClientError) as caught:
        music.execute_transaction(TransactStatements=statements)
    assert caught.value.response["CancellationReasons"] == [
        {"Code": "DuplicateItem", "Message": "Duplicate primary key exists in table"},
        {"Code": "None"},
    ]


def test_a_transaction_reads_items(music: Any, invalid: Invalid) -> None:
    select = {"Statement": "SELECT x FROM music WHERE artist = 'a' AND song = 1"}
    missing = {"Statement": "SELECT x FROM music WHERE artist = 'a' AND song = 99"}
    answer = music.execute_transaction(TransactStatements=[select, missing], ReturnConsumedCapacity="TOTAL")
    assert answer["Responses"] == [{"Item": {"x": {"S": "x1"}}}, {}]
    assert answer["ConsumedCapacity"] == [{"TableName": "music", "CapacityUnits": 4.0, "ReadCapacityUnits": 4.0}]
    delete = {"Statement": "DELETE FROM music WHERE artist = 'a' AND song = 1"}
    assert invalid(music.execute_transaction, TransactStatements=[select, delete]) == (
        "The entire transaction must consist of either read statements or write statements, you cannot mix both in one "
        "transaction"
    )


def test_items_of_listed_keys_come_in_pages_of_ten(dynamodb: Any, make_table: Make, invalid: Invalid) -> None:
    make_table()
    for number in range(12):
        dynamodb.put_item(TableName="music", Item={"id": {"S": f"{number:02d}"}})
    listed = ", ".join(f"'{number:02d}'" for number in range(50))
    statement = f"SELECT id FROM music WHERE id IN [{listed}]"
    first = dynamodb.execute_statement(Statement=statement)
    second = dynamodb.execute_statement(Statement=statement, NextToken=first["NextToken"])
    assert [len(page["Items"]) for page in (first, second)] == [10, 2]
    assert "NextToken" not in second
    too_many = "The IN operator is provided with too many operands; number of operands: "
    statement = f"SELECT id FROM music WHERE id IN [{listed}, 'one more']"
    assert invalid(dynamodb.execute_statement, Statement=statement) == f"{too_many}51"
    statement = f"SELECT id FROM music WHERE x IN [{', '.join(['1'] * 101)}]"
    assert invalid(dynamodb.execute_statement, Statement=statement) == f"{too_many}101"


def test_keys_of_which_one_must_be_equal_are_no_scan(music: Any) -> None:
    statement = "SELECT song FROM music WHERE (artist = 'b' OR artist = 'a') AND song = 1"
    answer = run(music, statement, ReturnConsumedCapacity="TOTAL")
    assert songs(answer) == [1, 1]
    # Two queries of half a unit each; a scan would be one.
    assert answer["ConsumedCapacity"]["CapacityUnits"] == 1.0
    assert sorted(songs(run(music, "SELECT song FROM music WHERE artist = 'b' OR song = 5"))) == [1, 5]


def test_a_semicolon_may_end_a_statement(music: Any, invalid: Invalid) -> None:
    assert songs(run(music, "SELECT * FROM music WHERE artist = 'b';")) == [1]
    assert invalid(run, client=music, statement="SELECT * FROM music; SELECT * FROM music").startswith(
        "Statement wasn't well formed"
    )
