"""What the grammars of all expressions have in common: paths, operands, functions, and what is refused about them.

Owns the rules that AWS applies to a text before it looks at any placeholder. Knows nothing of values and items.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, TypeVar

from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.expressions.refusals import function_not_allowed, invalid
from awsim.services.dynamodb.expressions.reserved_words import RESERVED_WORDS
from awsim.services.dynamodb.expressions.tokens import Tokens
from awsim.services.dynamodb.expressions.trees import DocumentPath, FunctionCall, Operand, ValueReference
from awsim.services.dynamodb.paths import Path, Step

CONDITION_FUNCTIONS = frozenset(
    {"attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains", "size"}
)
UPDATE_FUNCTIONS = frozenset({"if_not_exists", "list_append"})

OPERATORS_MAX = 300
CHOICES_MAX = 100
STEPS_MAX = 32
CALLS_MAX = 64
#: How many parsed texts each grammar keeps.
TEXTS_KEPT = 1024
_INDEX_MAX = 2**31 - 1

T = TypeVar("T")


class Parser:
    """Reads one expression by recursive descent, and keeps account of what is refused only once it has been read.

    Each grammar is a subclass with rules of its own. All raise ValidationException.
    """

    #: The words that are tokens of their own in the grammar; all of them are reserved words too.
    keywords: ClassVar[frozenset[str]] = frozenset()
    functions: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, text: str, parameter: str) -> None:
        self.tokens = Tokens(text, parameter)
        self.parameter = parameter
        self.operator_count = 0
        self.choices_count = 0
        self._attribute_names: list[str] = []
        self._functions: list[str] = []
        self._calls_open = 0
        self._has_redundant_parentheses = False
        self._closed_at: dict[int, int] = {}

    def parse(self, rule: Callable[[], T]) -> T:
        """What the whole text is by a rule of this grammar."""
        tree = rule()
        self.tokens.expect_end()
        self._check()
        return tree

    def _check(self) -> None:
        if self._has_redundant_parentheses:
            raise self.redundant_parentheses()
        for name in self._attribute_names:
            if name.upper() in RESERVED_WORDS:
                raise invalid(self.parameter, f"Attribute name is a reserved keyword; reserved keyword: {name}")
        for name in self._functions:
            if name not in self.functions:
                if name in CONDITION_FUNCTIONS | UPDATE_FUNCTIONS:
                    raise function_not_allowed(self.parameter, name)
                raise invalid(self.parameter, f"Invalid function name; function: {name}")
        if self.operator_count > OPERATORS_MAX:
            raise self._too_many_operators()
        if self.choices_count > CHOICES_MAX:
            raise invalid(
                self.parameter,
                f"The IN operator is provided with too many operands; number of operands: {self.choices_count}",
            )

    def _too_many_operators(self) -> ValidationException:
        return invalid(
            self.parameter, f"The expression contains too many operators; operator count: {self.operator_count}"
        )

    def redundant_parentheses(self) -> ValidationException:
        """The error for parentheses that only hold parentheses."""
        return invalid(self.parameter, "The expression has redundant parentheses;")

    def close(self, opened_at: int) -> None:
        """Read the closing parenthesis of the one at a position, and see whether the pair only holds another pair."""
        closed_at = self.tokens.position
        self.tokens.expect(")")
        self._closed_at[opened_at] = closed_at
        if self._closed_at.get(opened_at + 1) == closed_at - 1:
            self._has_redundant_parentheses = True

    def listed(self, rule: Callable[[], T]) -> list[T]:
        """What a rule reads, once or more, with commas between."""
        found = [rule()]
        while self.tokens.read_if(","):
            found.append(rule())
        return found

    # Paths

    def path(self) -> Path:
        """``a``, ``#a.b[0]``."""
        steps: list[Step] = [self._attribute()]
        tokens = self.tokens
        while True:
            if tokens.read_if("."):
                steps.append(self._attribute())
            elif tokens.read_if("["):
                steps.append(self._index())
                tokens.expect("]")
            else:
                break
        if len(steps) > STEPS_MAX:
            raise invalid(
                self.parameter, f"The document path has too many nesting elements; nesting levels: {len(steps)}"
            )
        return tuple(steps)

    def _attribute(self) -> str:
        token = self.tokens.current
        if token.kind == "word" and token.text.upper() not in self.keywords:
            self._attribute_names.append(token.text)
        elif token.kind != "name":
            raise self.tokens.error()
        return self.tokens.read().text

    def _index(self) -> int:
        if self.tokens.current.kind != "number":
            raise self.tokens.error()
        text = self.tokens.read().text
        index = int(text)
        if index > _INDEX_MAX:
            raise invalid(self.parameter, f"List index is not within the allowable range; index: [{text}]")
        return index

    # Operands

    def operand(self) -> Operand:
        """An operand, in parentheses or not."""
        opened_at = []
        while self.tokens.read_if("("):
            opened_at.append(self.tokens.position - 1)
        operand = self.simple_operand()
        for position in reversed(opened_at):
            self.close(position)
        return operand

    def simple_operand(self) -> Operand:
        """A value, a path or a function."""
        token = self.tokens.current
        if token.kind == "value":
            return ValueReference(self.tokens.read().text)
        if token.kind == "word" and self.tokens.next_is("(") and token.text.upper() not in self.keywords:
            return self._function()
        return DocumentPath(self.path())

    def _function(self) -> FunctionCall:
        name = self.tokens.read().text
        self._functions.append(name)
        self.operator_count += 1
        self._calls_open += 1
        if self._calls_open > CALLS_MAX:
            # Deviation: AWS counts all operators first; calls nested this deeply would exhaust the stack.
            raise self._too_many_operators()
        self.tokens.expect("(")
        operands = self.listed(self.operand)
        self.tokens.expect(")")
        self._calls_open -= 1
        return FunctionCall(name, tuple(operands))
