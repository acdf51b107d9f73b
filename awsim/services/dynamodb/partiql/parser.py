"""The grammar of PartiQL's statements, as far as DynamoDB speaks it.

AWS: "PartiQL - A SQL-compatible query language for Amazon DynamoDB" in the developer guide. Knows nothing of tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.expressions.conditions import Condition
from awsim.services.dynamodb.expressions.projections import Projection
from awsim.services.dynamodb.expressions.trees import (
    Arithmetic,
    DocumentPath,
    FunctionCall,
    Literal,
    Operand,
    SetAction,
    UpdateTree,
    ValueAction,
)
from awsim.services.dynamodb.expressions.update_rules import check_update
from awsim.services.dynamodb.expressions.updates import Update
from awsim.services.dynamodb.partiql.literals import Literals
from awsim.services.dynamodb.partiql.statements import Delete, Exists, Insert, Select, Statement, UpdateStatement
from awsim.services.dynamodb.partiql.tokens import Tokens, malformed
from awsim.services.dynamodb.partiql.where import ConditionReader
from awsim.services.dynamodb.paths import Path, find_clash


def parse(statement: str, parameters: Sequence[Mapping[str, Any]] = ()) -> Statement:
    """The tree of a statement, its question marks replaced by the parameters. Raises ValidationException."""
    return _Parser(statement, parameters).statement()


class _Parser:
    def __init__(self, statement: str, parameters: Sequence[Mapping[str, Any]]) -> None:
        self._tokens = Tokens(statement)
        self._literals = Literals(self._tokens, parameters)
        self._conditions = ConditionReader(self._tokens, self._literals)

    def statement(self) -> Statement:
        keyword = self._tokens.read_keyword("SELECT", "INSERT", "UPDATE", "DELETE", "EXISTS")
        if keyword is None:
            raise malformed("Expected data manipulation")
        readers: dict[str, Callable[[], Statement]] = {
            "SELECT": self._select,
            "INSERT": self._insert,
            "UPDATE": self._update,
            "DELETE": self._delete,
            "EXISTS": self._exists,
        }
        tree = readers[keyword]()
        self._tokens.expect_end()
        self._literals.check_all_used()
        return tree

    def _where(self) -> Condition | None:
        return Condition(self._conditions.condition()) if self._tokens.read_keyword("WHERE") else None

    def _returning(self, *allowed: str) -> str | None:
        if not self._tokens.read_keyword("RETURNING"):
            return None
        which, when = self._tokens.read_keyword("ALL", "MODIFIED"), self._tokens.read_keyword("OLD", "NEW")
        returning = f"{which} {when}"
        if returning not in allowed:
            raise self._tokens.error()
        self._tokens.expect("*")
        return returning

    # SELECT and EXISTS

    def _select(self) -> Select:
        projection = None if self._tokens.read_if("*") else self._projection()
        self._tokens.expect_keyword("FROM")
        table_name = self._tokens.read_name()
        index_name = self._tokens.read_name(after_dot=True) if self._tokens.read_if(".") else None
        return Select(table_name, index_name, projection, self._where(), self._order_by())

    def _projection(self) -> Projection:
        paths = [self._conditions.path()]
        while self._tokens.read_if(","):
            paths.append(self._conditions.path())
        if find_clash(paths) is not None:
            raise malformed("Unexpected path component")
        return Projection(paths)

    def _order_by(self) -> tuple[tuple[str, bool], ...]:
        if not self._tokens.read_keyword("ORDER"):
            return ()
        self._tokens.expect_keyword("BY")
        order = [self._order()]
        while self._tokens.read_if(","):
            order.append(self._order())
        return tuple(order)

    def _order(self) -> tuple[str, bool]:
        return self._tokens.read_name(), self._tokens.read_keyword("ASC", "DESC") == "DESC"

    def _exists(self) -> Exists:
        self._tokens.expect("(")
        self._tokens.expect_keyword("SELECT")
        select = self._select()
        self._tokens.expect(")")
        return Exists(select)

    # INSERT and DELETE

    def _insert(self) -> Insert:
        self._tokens.expect_keyword("INTO")
        table_name = self._tokens.read_name()
        self._tokens.expect_keyword("VALUE")
        return Insert(table_name, self._literals.read_item())

    def _delete(self) -> Delete:
        self._tokens.expect_keyword("FROM")
        return Delete(self._tokens.read_name(), self._where(), self._returning("ALL OLD"))

    # UPDATE

    def _update(self) -> UpdateStatement:
        table_name = self._tokens.read_name()
        sets: list[SetAction] = []
        removes: list[Path] = []
        adds: list[ValueAction] = []
        deletes: list[ValueAction] = []
        while keyword := self._tokens.read_keyword("SET", "REMOVE"):
            while True:
                path = self._conditions.path()
                if keyword == "REMOVE":
                    removes.append(path)
                else:
                    self._tokens.expect("=")
                    self._assign(path, sets, adds, deletes)
                if not self._tokens.read_if(","):
                    break
        if not (sets or removes or adds or deletes):
            # AWS: what is wrong with ``UPDATE my-table SET …``, whose name wants quotes.
            raise malformed("Expected data manipulation")
        tree = UpdateTree(tuple(sets), tuple(removes), tuple(adds), tuple(deletes))
        check_update(tree)
        where = self._where()
        returning = self._returning("ALL OLD", "MODIFIED OLD", "ALL NEW", "MODIFIED NEW")
        return UpdateStatement(table_name, Update(tree), where, returning)

    def _assign(self, path: Path, sets: list[SetAction], adds: list[ValueAction], deletes: list[ValueAction]) -> None:
        name = self._tokens.current.text.lower()
        if name in ("set_add", "set_delete") and self._tokens.next_is("("):
            self._tokens.read()
            self._tokens.expect("(")
            # Deviation: the set that is changed must be the attribute that is assigned.
            if self._conditions.path() != path:
                raise ValidationException(f"{name} must be assigned to the attribute that it changes")
            self._tokens.expect(",")
            action = ValueAction(path, Literal(self._literals.read()))
            self._tokens.expect(")")
            (adds if name == "set_add" else deletes).append(action)
            return
        sets.append(SetAction(path, self._value()))

    def _value(self) -> Operand:
        left = self._operand()
        if self._tokens.read_if("+"):
            return Arithmetic("+", left, self._operand())
        if self._tokens.read_if("-"):
            return Arithmetic("-", left, self._operand())
        return left

    def _operand(self) -> Operand:
        if self._tokens.current.text.lower() in ("list_append", "if_not_exists") and self._tokens.next_is("("):
            name = self._tokens.read().text.lower()
            self._tokens.expect("(")
            first = self._simple_operand()
            self._tokens.expect(",")
            second = self._simple_operand()
            self._tokens.expect(")")
            return FunctionCall(name, (first, second))
        return self._simple_operand()

    def _simple_operand(self) -> Operand:
        value = self._literals.read_if_any()
        return DocumentPath(self._conditions.path()) if value is None else Literal(value)
