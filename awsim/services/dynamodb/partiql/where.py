"""WHERE clauses, and what they say about keys.

Owns the grammar of PartiQL's conditions, which become the same trees as those of expressions.
"""

from __future__ import annotations

from collections.abc import Iterable

from awsim.services.dynamodb.attribute_values import AttributeValue, Item
from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.expressions.conditions import Condition
from awsim.services.dynamodb.expressions.key_conditions import BEGINS_WITH, BETWEEN, MIRRORED, KeyTerm
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
from awsim.services.dynamodb.partiql.literals import Literals
from awsim.services.dynamodb.partiql.tokens import Tokens, malformed
from awsim.services.dynamodb.paths import Path, Step

_COMPARATORS = {"=": "=", "<>": "<>", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_FUNCTIONS = {"begins_with": 2, "contains": 2, "attribute_type": 2, "attribute_exists": 1, "attribute_not_exists": 1}
_NESTING_MAX = 64
#: AWS: so many values of an attribute that is no key (Developer Guide, PartiQL's operators).
_LISTED_MAX = 100


def key_terms(where: Condition | None) -> list[KeyTerm]:
    """What a WHERE clause asks of single attributes in terms that must all hold, in the manner of key conditions."""
    if where is None:
        return []
    terms = (_key_term(tree) for tree in _conjuncts(where.tree))
    return [term for term in terms if term is not None]


def listed(where: Condition | None, attribute: str) -> tuple[AttributeValue, ...] | None:
    """The values that an attribute may have by ``IN``; None where the clause does not list any."""
    if where is None:
        return None
    path = DocumentPath((attribute,))
    for tree in _conjuncts(where.tree):
        if isinstance(tree, In) and tree.operand == path:
            values = tuple(choice.value for choice in tree.choices if isinstance(choice, Literal))
            if len(values) == len(tree.choices):
                return values
    return None


def choices(where: Condition | None, attribute: str) -> tuple[AttributeValue, ...] | None:
    """The values that an attribute may have by ``IN``, by ``=``, or by several ``=`` of which one must hold; None where
    the clause leaves it open."""
    values = listed(where, attribute)
    if values is not None or where is None:
        return values
    for tree in _conjuncts(where.tree):
        alternatives = tree.conditions if isinstance(tree, Or) else (tree,)
        terms = [_key_term(alternative) for alternative in alternatives]
        equal = [term for term in terms if term is not None and term.attribute == attribute and term.operator == "="]
        if len(equal) == len(alternatives):
            return tuple(term.operands[0] for term in equal)
    return None


def primary_key(where: Condition | None, key_names: Iterable[str]) -> Item:
    """The key of the one item that a WHERE clause is about. Raises ValidationException."""
    equal = {term.attribute: term.operands[0] for term in key_terms(where) if term.operator == "="}
    try:
        return {name: equal[name] for name in key_names}
    except KeyError:
        raise ValidationException("Where clause does not contain a mandatory equality on all key attributes") from None


def _conjuncts(tree: ConditionTree) -> list[ConditionTree]:
    if isinstance(tree, And):
        return [conjunct for condition in tree.conditions for conjunct in _conjuncts(condition)]
    return [tree]


def _key_term(tree: ConditionTree) -> KeyTerm | None:
    if isinstance(tree, Comparison) and tree.operator != "<>":
        if isinstance(tree.left, DocumentPath):
            return _term(tree.operator, tree.left, (tree.right,))
        return _term(MIRRORED[tree.operator], tree.right, (tree.left,))
    if isinstance(tree, Between):
        return _term(BETWEEN, tree.operand, (tree.lower, tree.upper))
    if isinstance(tree, FunctionCall) and tree.name == BEGINS_WITH:
        return _term(BEGINS_WITH, tree.operands[0], tree.operands[1:])
    return None


def _term(operator: str, attribute: Operand, operands: tuple[Operand, ...]) -> KeyTerm | None:
    values = tuple(operand.value for operand in operands if isinstance(operand, Literal))
    if not isinstance(attribute, DocumentPath) or len(attribute.path) > 1 or len(values) < len(operands):
        return None
    return KeyTerm(str(attribute.path[0]), operator, values)


class ConditionReader:
    """Reads paths, operands and conditions from the tokens of one statement. Raises ValidationException."""

    def __init__(self, tokens: Tokens, literals: Literals) -> None:
        self._tokens = tokens
        self._literals = literals
        self._nesting = 0

    def condition(self) -> ConditionTree:
        """A condition, to where it ends."""
        self._nesting += 1
        if self._nesting > _NESTING_MAX:
            raise malformed("Unexpected term")
        alternatives = [self._conjunction()]
        while self._tokens.read_keyword("OR"):
            alternatives.append(self._conjunction())
        self._nesting -= 1
        return alternatives[0] if len(alternatives) == 1 else Or(tuple(alternatives))

    def path(self) -> Path:
        """A document path: ``a``, ``"a"."b"[0]``."""
        tokens = self._tokens
        steps: list[Step] = [tokens.read_name()]
        while True:
            if tokens.read_if("."):
                steps.append(tokens.read_name(after_dot=True))
            elif tokens.current.text == "[" and tokens.current.kind == "mark":
                tokens.read()
                steps.append(self._step())
                tokens.expect("]")
            else:
                return tuple(steps)

    def operand(self) -> Operand:
        """A literal, a path or a size."""
        value = self._literals.read_if_any()
        if value is not None:
            return Literal(value)
        if self._tokens.current.text.lower() == "size" and self._tokens.next_is("("):
            self._tokens.read()
            self._tokens.expect("(")
            path = DocumentPath(self.path())
            self._tokens.expect(")")
            return FunctionCall("size", (path,))
        return DocumentPath(self.path())

    def _step(self) -> Step:
        token = self._tokens.current
        if token.kind == "string":
            return self._tokens.read().text
        if token.kind != "number" or not token.text.isdecimal():
            raise self._tokens.error()
        return int(self._tokens.read().text)

    def _conjunction(self) -> ConditionTree:
        terms = [self._negation()]
        while self._tokens.read_keyword("AND"):
            terms.append(self._negation())
        return terms[0] if len(terms) == 1 else And(tuple(terms))

    def _negation(self) -> ConditionTree:
        negated = False
        while self._tokens.read_keyword("NOT"):
            negated = not negated
        term = self._term()
        return Not(term) if negated else term

    def _term(self) -> ConditionTree:
        tokens = self._tokens
        if tokens.read_if("("):
            tree = self.condition()
            tokens.expect(")")
            return tree
        name = tokens.current.text.lower()
        if tokens.current.kind == "word" and name in _FUNCTIONS and tokens.next_is("("):
            return self._function(name)
        return self._comparison(self.operand())

    def _function(self, name: str) -> FunctionCall:
        self._tokens.read()
        self._tokens.expect("(")
        operands = [self.operand()]
        while self._tokens.read_if(","):
            operands.append(self.operand())
        self._tokens.expect(")")
        if len(operands) != _FUNCTIONS[name]:
            raise malformed("Unexpected term")
        if name == "attribute_type" and not (isinstance(operands[1], Literal) and "S" in operands[1].value):
            raise malformed("Unexpected term")
        return FunctionCall(name, tuple(operands))

    def _comparison(self, left: Operand) -> ConditionTree:
        tokens = self._tokens
        if tokens.current.kind == "mark" and tokens.current.text in _COMPARATORS:
            return Comparison(_COMPARATORS[tokens.read().text], left, self.operand())
        if tokens.read_keyword("IS"):
            return self._is(left)
        negated = tokens.read_keyword("NOT") is not None
        keyword = tokens.read_keyword("BETWEEN", "IN")
        if keyword is None:
            raise tokens.error()
        tree = self._between(left) if keyword == "BETWEEN" else self._in(left)
        return Not(tree) if negated else tree

    def _is(self, left: Operand) -> ConditionTree:
        negated = self._tokens.read_keyword("NOT") is not None
        keyword = self._tokens.read_keyword("MISSING", "NULL")
        if keyword is None:
            raise self._tokens.error()
        if keyword == "MISSING":
            return FunctionCall("attribute_exists" if negated else "attribute_not_exists", (left,))
        is_null = FunctionCall("attribute_type", (left, Literal({"S": "NULL"})))
        return Not(is_null) if negated else is_null

    def _between(self, left: Operand) -> ConditionTree:
        lower = self.operand()
        self._tokens.expect_keyword("AND")
        return Between(left, lower, self.operand())

    def _in(self, left: Operand) -> ConditionTree:
        for opening, closing in (("[", "]"), ("(", ")")):
            if self._tokens.read_if(opening):
                operands = [self.operand()]
                while self._tokens.read_if(","):
                    operands.append(self.operand())
                self._tokens.expect(closing)
                if len(operands) > _LISTED_MAX:
                    # Deviation: AWS's words for it are those of its expressions here.
                    raise ValidationException(
                        f"The IN operator is provided with too many operands; number of operands: {len(operands)}"
                    )
                return In(left, tuple(operands))
        raise self._tokens.error()
