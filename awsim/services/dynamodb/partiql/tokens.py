"""PartiQL statements cut into tokens, and the error for those that cannot be read.

Owns lexical rules: ``'text'``, ``"name"``, numbers, ``?`` and the marks. Knows nothing of any grammar.
"""

from __future__ import annotations

import re

import attrs

from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.partiql.keywords import KEYWORDS

_TOKEN = re.compile(
    r"(?P<string>'(?:[^']|'')*')"
    r'|(?P<quoted>"(?:[^"]|"")*")'
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<mark><<|>>|<>|!=|<=|>=|[=<>()\[\]{},.:*+?-])"
    r"|(?P<space>\s+)"
    r"|(?P<other>.)",
    re.DOTALL,
)


def malformed(reason: str) -> ValidationException:
    """The error for a statement that is not PartiQL."""
    return ValidationException(f"Statement wasn't well formed, can't be processed: {reason}")


@attrs.frozen
class Token:
    """A piece of a statement; quoted ones without their quotes. ``kind`` is string, quoted, word, number, mark, other
    or end."""

    kind: str
    text: str


class Tokens:
    """The tokens of one statement, read from left to right."""

    def __init__(self, statement: str) -> None:
        self._tokens = [
            Token(str(match.lastgroup), _unquoted(str(match.lastgroup), match.group()))
            for match in _TOKEN.finditer(statement)
            if match.lastgroup != "space"
        ]
        self._tokens.append(Token("end", ""))
        self._position = 0

    @property
    def current(self) -> Token:
        """The token that is to be read next."""
        return self._tokens[self._position]

    def read(self) -> Token:
        """The current token, which is thereby read."""
        token = self._tokens[self._position]
        if token.kind != "end":
            self._position += 1
        return token

    def read_if(self, mark: str) -> bool:
        """Read the current token if it is this mark."""
        if self.current.kind != "mark" or self.current.text != mark:
            return False
        self._position += 1
        return True

    def read_keyword(self, *keywords: str) -> str | None:
        """Read the current token if it is one of these keywords, in any case; the keyword in capitals."""
        keyword = self.current.text.upper()
        if self.current.kind != "word" or keyword not in keywords:
            return None
        self._position += 1
        return keyword

    def next_is(self, mark: str) -> bool:
        """Whether this mark comes after the current token."""
        following = self._tokens[min(self._position + 1, len(self._tokens) - 1)]
        return following.kind == "mark" and following.text == mark

    def expect(self, mark: str) -> None:
        """Read this mark, and nothing else. Raises ValidationException."""
        if not self.read_if(mark):
            raise self.error()

    def expect_keyword(self, keyword: str) -> None:
        """Read this keyword, and nothing else. Raises ValidationException."""
        if not self.read_keyword(keyword):
            raise malformed(f"Expected {keyword.lower()}")

    def expect_end(self) -> None:
        """Refuse anything that is left but the semicolon that may end a statement. Raises ValidationException."""
        if self.current.text == ";" and self.current.kind == "other":
            self._position += 1
        if self.current.kind != "end":
            raise self.error()

    def read_name(self, *, after_dot: bool = False) -> str:
        """A name, in double quotes or not; keywords are names only in quotes. Raises ValidationException."""
        token = self.current
        if token.kind not in ("word", "quoted"):
            raise self.error()
        if token.kind == "word" and token.text.lower() in KEYWORDS and not self.next_is("("):
            # AWS: from github.com/passren/PyDynamoDB/issues/26 and 28.
            raise malformed("Invalid path dot component" if after_dot else "Unexpected keyword")
        return self.read().text

    def error(self) -> ValidationException:
        """The error at the current token."""
        return malformed("Unexpected end of statement" if self.current.kind == "end" else "Unexpected term")


def _unquoted(kind: str, text: str) -> str:
    if kind == "string":
        return text[1:-1].replace("''", "'")
    return text[1:-1].replace('""', '"') if kind == "quoted" else text
