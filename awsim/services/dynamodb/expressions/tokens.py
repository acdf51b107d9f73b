"""Expressions cut into tokens, and the syntax error that points at one.

Owns AWS's lexical rules. Knows nothing of any grammar.
"""

from __future__ import annotations

import re

import attrs

from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.expressions.refusals import invalid

# AWS: a zero is a token of its own: what users are shown of ``#map.#2021-03-03`` is ``near: "#2021-0"``.
_TOKEN = re.compile(
    r"(?P<word>[A-Za-z][A-Za-z0-9_]*)"
    r"|(?P<name>#[A-Za-z0-9_]+)"
    r"|(?P<value>:[A-Za-z0-9_]+)"
    r"|(?P<number>0|[1-9][0-9]*)"
    r"|(?P<mark><>|<=|>=|[=<>()\[\],.+-])"
    r"|(?P<space>\s+)"
    r"|(?P<other>.)",
    re.DOTALL,
)
END = "<EOF>"
EXPRESSION_BYTES_MAX = 4096


@attrs.frozen
class Token:
    """A piece of an expression; ``kind`` is word, name, value, number, mark, other or end."""

    kind: str
    text: str
    start: int
    end: int


class Tokens:
    """The tokens of one expression, read from left to right.

    Raises ValidationException for an expression that is empty or too long.
    """

    def __init__(self, text: str, parameter: str) -> None:
        self.parameter = parameter
        self._text = text
        size = len(text.encode(errors="surrogatepass"))
        if size > EXPRESSION_BYTES_MAX:
            raise invalid(parameter, f"Expression size has exceeded the maximum allowed size; expression size: {size}")
        self._tokens = [
            Token(str(match.lastgroup), match.group(), match.start(), match.end())
            for match in _TOKEN.finditer(text)
            if match.lastgroup != "space"
        ]
        if not self._tokens:
            raise invalid(parameter, "The expression can not be empty;")
        self._tokens.append(Token("end", END, len(text), len(text)))
        self.position = 0

    @property
    def current(self) -> Token:
        """The token that is to be read next."""
        return self._tokens[self.position]

    def read(self) -> Token:
        """The current token, which is thereby read."""
        token = self._tokens[self.position]
        if token.kind != "end":
            self.position += 1
        return token

    def read_if(self, mark: str) -> bool:
        """Read the current token if it is this mark."""
        token = self._tokens[self.position]
        if token.text != mark or token.kind != "mark":
            return False
        self.position += 1
        return True

    def read_keyword(self, *keywords: str) -> str | None:
        """Read the current token if it is one of these keywords, in any case; the keyword in capitals."""
        token = self._tokens[self.position]
        if token.kind == "word":
            keyword = token.text.upper()
            if keyword in keywords:
                self.position += 1
                return keyword
        return None

    def next_is(self, mark: str) -> bool:
        """Whether this mark comes after the current token."""
        return self.current.kind != "end" and self._tokens[self.position + 1].text == mark

    def expect(self, mark: str) -> None:
        """Read this mark, and nothing else. Raises ValidationException."""
        if not self.read_if(mark):
            raise self.error()

    def expect_end(self) -> None:
        """Refuse anything that is left. Raises ValidationException."""
        if self.current.kind != "end":
            raise self.error()

    def error(self) -> ValidationException:
        """The syntax error at the current token, shown between its neighbours."""
        token = self.current
        before = self._tokens[max(self.position - 1, 0)]
        after = self._tokens[min(self.position + 1, len(self._tokens) - 1)]
        near = self._text[before.start : after.end]
        return invalid(self.parameter, f'Syntax error; token: "{token.text}", near: "{near}"')
