"""The grammar of updates: SET, REMOVE, ADD and DELETE sections in any order, each at most once."""

from __future__ import annotations

import functools

import attrs

from awsim.services.dynamodb.expressions.parser import STEPS_MAX, TEXTS_KEPT, UPDATE_FUNCTIONS, Parser
from awsim.services.dynamodb.expressions.refusals import UPDATE, invalid
from awsim.services.dynamodb.expressions.trees import (
    Arithmetic,
    Operand,
    SetAction,
    UpdateTree,
    ValueAction,
    ValueReference,
)


@functools.lru_cache(TEXTS_KEPT)
def parse_update(text: str) -> UpdateTree:
    """The sections of an update. Raises ValidationException."""
    parser = _UpdateParser(text, UPDATE)
    return parser.parse(parser.update)


class _UpdateParser(Parser):
    keywords = frozenset({"SET", "REMOVE", "ADD", "DELETE"})
    functions = UPDATE_FUNCTIONS

    def update(self) -> UpdateTree:
        tree = UpdateTree()
        seen: set[str] = set()
        repeated = None
        while True:
            keyword = self.tokens.read_keyword(*self.keywords)
            if keyword is None:
                raise self.tokens.error()
            if keyword in seen:
                repeated = repeated or keyword
            seen.add(keyword)
            tree = self._with_section(tree, keyword)
            if self.tokens.current.kind == "end":
                break
        if repeated is not None:
            raise invalid(UPDATE, f'The "{repeated}" section can only be used once in an update expression;')
        return tree

    def _with_section(self, tree: UpdateTree, keyword: str) -> UpdateTree:
        if keyword == "SET":
            return attrs.evolve(tree, sets=tuple(self.listed(self._set_action)))
        if keyword == "REMOVE":
            return attrs.evolve(tree, removes=tuple(self.listed(self.path)))
        actions = tuple(self.listed(self._value_action))
        return attrs.evolve(tree, adds=actions) if keyword == "ADD" else attrs.evolve(tree, deletes=actions)

    def _set_action(self) -> SetAction:
        path = self.path()
        self.tokens.expect("=")
        return SetAction(path, self._set_value())

    def _set_value(self, depth: int = 0) -> Operand:
        left = self._set_term(depth)
        token = self.tokens.current
        if token.kind != "mark" or token.text not in ("+", "-"):
            return left
        self.operator_count += 1
        return Arithmetic(self.tokens.read().text, left, self._set_term(depth))

    def _set_term(self, depth: int) -> Operand:
        opened_at = self.tokens.position
        if not self.tokens.read_if("("):
            return self.simple_operand()
        if depth > STEPS_MAX:
            raise self.redundant_parentheses()
        value = self._set_value(depth + 1)
        self.close(opened_at)
        return value

    def _value_action(self) -> ValueAction:
        path = self.path()
        if self.tokens.current.kind != "value":
            raise self.tokens.error()
        return ValueAction(path, ValueReference(self.tokens.read().text))
