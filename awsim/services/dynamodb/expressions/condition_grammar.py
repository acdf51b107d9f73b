"""The grammar of conditions, filters and key conditions.

Nothing here recurses on parentheses: a condition that has been joined piece by piece has hundreds of them.
"""

from __future__ import annotations

import functools

import attrs

from awsim.services.dynamodb.expressions.parser import CONDITION_FUNCTIONS, TEXTS_KEPT, Parser
from awsim.services.dynamodb.expressions.trees import (
    And,
    Between,
    Comparison,
    ConditionTree,
    DocumentPath,
    FunctionCall,
    In,
    Not,
    Operand,
    Or,
    ValueReference,
)

COMPARATORS = frozenset({"=", "<>", "<", "<=", ">", ">="})


@functools.lru_cache(TEXTS_KEPT)
def parse_condition(text: str, parameter: str) -> ConditionTree:
    """The tree of a condition, filter or key condition. Raises ValidationException."""
    parser = _ConditionParser(text, parameter)
    return parser.parse(parser.condition)


@attrs.define
class _Group:
    """What stands in one pair of parentheses, or outside of all: terms of OR, each of terms of AND."""

    opened_at: int
    alternatives: list[list[ConditionTree]] = attrs.Factory(lambda: [[]])
    #: Whether the next term comes after an odd number of NOTs.
    negated: bool = False
    #: An operand in parentheses of its own, of which a comparison may follow.
    bare: Operand | None = None

    @property
    def is_fresh(self) -> bool:
        return self.alternatives == [[]] and not self.negated

    def add(self, condition: ConditionTree) -> None:
        self.alternatives[-1].append(Not(condition) if self.negated else condition)
        self.negated = False

    def tree(self) -> ConditionTree:
        terms = [terms[0] if len(terms) == 1 else And(tuple(terms)) for terms in self.alternatives]
        return terms[0] if len(terms) == 1 else Or(tuple(terms))


class _ConditionParser(Parser):
    keywords = frozenset({"AND", "OR", "NOT", "BETWEEN", "IN"})
    functions = CONDITION_FUNCTIONS

    def condition(self) -> ConditionTree:
        tokens = self.tokens
        groups = [_Group(-1)]
        while True:
            group = groups[-1]
            while tokens.read_keyword("NOT"):
                self.operator_count += 1
                group.negated = not group.negated
            opened_at = tokens.position
            if tokens.read_if("("):
                groups.append(_Group(opened_at))
                continue
            term = self._compared(self.simple_operand(), groups)
            while True:
                self._add(groups[-1], term)
                if groups[-1].bare is None and self._joined(groups[-1]):
                    break
                if len(groups) == 1:
                    return groups[0].tree()
                term = self._close(groups)

    def _add(self, group: _Group, term: Operand | ConditionTree) -> None:
        if isinstance(term, DocumentPath | ValueReference):
            group.bare = term
        else:
            group.add(term)  # type: ignore[arg-type]  # a tree: operands went above

    def _joined(self, group: _Group) -> bool:
        keyword = self.tokens.read_keyword("AND", "OR")
        if keyword is None:
            return False
        self.operator_count += 1
        if keyword == "OR":
            group.alternatives.append([])
        return True

    def _close(self, groups: list[_Group]) -> Operand | ConditionTree:
        group = groups.pop()
        self.close(group.opened_at)
        if group.bare is not None:
            return self._compared(group.bare, groups)
        tree = group.tree()
        return self._compared(tree, groups) if isinstance(tree, FunctionCall) else tree

    def _compared(self, left: Operand, groups: list[_Group]) -> Operand | ConditionTree:
        """The comparison that begins with an operand; the operand itself where it may stand alone."""
        tokens = self.tokens
        token = tokens.current
        if token.kind == "mark" and token.text in COMPARATORS:
            self.operator_count += 1
            return Comparison(tokens.read().text, left, self.operand())
        keyword = tokens.read_keyword("BETWEEN", "IN")
        if keyword == "BETWEEN":
            return self._between(left)
        if keyword == "IN":
            return self._in(left)
        is_alone = len(groups) > 1 and groups[-1].is_fresh and token.text == ")"
        if isinstance(left, FunctionCall) or is_alone:
            return left
        raise tokens.error()

    def _between(self, left: Operand) -> Between:
        self.operator_count += 1
        lower = self.operand()
        if not self.tokens.read_keyword("AND"):
            raise self.tokens.error()
        return Between(left, lower, self.operand())

    def _in(self, left: Operand) -> In:
        self.operator_count += 1
        self.tokens.expect("(")
        choices = self.listed(self.operand)
        self.tokens.expect(")")
        self.choices_count = max(self.choices_count, len(choices))
        return In(left, tuple(choices))
