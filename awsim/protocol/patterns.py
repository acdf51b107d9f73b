"""The regular expressions of AWS's models, made to run in Python.

Owns the translation of the dialect the models are written in (Java's) into that of ``re``, and the guard against
patterns that would take exponential time. Knows nothing of shapes, services or messages.

AWS: a pattern must match the whole value, whether or not it says ``^`` and ``$``: Lambda refuses the alias name "2024"
against ``(?!^[0-9]+$)([a-zA-Z0-9-_]+)``, which a search would find in "024".
"""

from __future__ import annotations

import functools
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator

from awsim.protocol.backtracking import length_max

Match = Callable[[str], object]

_CLASS = re.compile(r"\[(?:\\.|[^\]\\])*\]")
_CODE_POINT = re.compile(r"\\(?:u\{?([0-9a-fA-F]{4,6})\}?|x\{([0-9a-fA-F]+)\}|x([0-9a-fA-F]{2}))")
_INLINE_FLAGS = re.compile(r"\(\?([imsux]+)\)")
_LOW_SURROGATE = re.compile(r"\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_NAMED_GROUP = re.compile(r"\(\?<([A-Za-z]\w*)>")
_PROPERTY = re.compile(r"\\([pP])(?:\{\^?(\w+)\}|(\w))")
_QUANTIFIER = re.compile(r"([*+?]|\{\d+(?:,\d*)?\})([+?]?)")
_HAS_ATOMIC_GROUPS = sys.version_info >= (3, 11)
_SPACES = r" \t\xa0\u1680\u180e\u2000-\u200a\u202f\u205f\u3000"


class UntranslatableError(ValueError):
    """The pattern is not valid in its own dialect, or says what ``re`` cannot."""


@functools.cache
def compile_pattern(pattern: str) -> Match:
    """A function that tells whether a string satisfies ``pattern`` as a whole (truthy) or not (None).

    A pattern that cannot be translated is satisfied by everything.
    """
    # Deviation: a value too long to be sure of an answer in time satisfies every pattern; AWS has a time limit.
    try:
        compiled = translate(pattern)
    except UntranslatableError:
        return _anything
    longest = length_max(compiled)
    fullmatch = compiled.fullmatch

    def match(value: str) -> object:
        return len(value) > longest or fullmatch(value)

    return match


def translate(pattern: str) -> re.Pattern[str]:
    """Compile a pattern of the models. Raises UntranslatableError."""
    translator = _Translator(pattern)
    try:
        text = translator.translate()
        return re.compile(text, re.UNICODE if translator.unicode else re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        raise UntranslatableError(f"{pattern!r}: {error}") from error


def _anything(_: str) -> object:
    return True


class _Translator:
    """One pass over a pattern; ``unicode`` is then whether ``\\w`` and its kin must mean all of Unicode."""

    def __init__(self, pattern: str) -> None:
        # Tags are `[\p{L}\p{Z}\p{N}_.:/=+\-@]` in most services. Letters, numbers and the underscore are just what
        # `\w` means in Unicode; saying so spares the look at all of Unicode for the letters.
        self.pattern = _CLASS.sub(_letters_and_numbers, pattern)
        self.unicode = self.pattern != pattern
        self.position = 0
        #: For each open group, the inline flags that were set in it: ``(?i)`` holds to the end of its group.
        self.flags: list[str] = [""]

    def translate(self) -> str:
        out = "".join(self._tokens())
        if len(self.flags) != 1:
            raise UntranslatableError(f"{self.pattern!r}: unbalanced parentheses")
        return out + ")" * bool(self.flags[0])

    def _tokens(self) -> Iterator[str]:
        pattern = self.pattern
        while self.position < len(pattern):
            character = pattern[self.position]
            if character == "\\":
                yield self._escape()
            elif character == "[":
                yield self._class()
            elif character == "(":
                yield self._open()
            elif character == ")":
                self.position += 1
                if len(self.flags) == 1:
                    raise UntranslatableError(f"{pattern!r}: unbalanced parentheses")
                yield ")" * (1 + bool(self.flags.pop()))
            elif character == "|" and self.flags[-1]:
                self.position += 1
                yield f")|(?{self.flags[-1]}:"
            elif character in "*+?{" and (quantifier := _QUANTIFIER.match(pattern, self.position)):
                self.position = quantifier.end()
                # Giving back, where a possessive quantifier would not, is the most that older Pythons can do.
                yield quantifier[0] if _HAS_ATOMIC_GROUPS or quantifier[2] != "+" else quantifier[1]
            else:
                self.position += 1
                yield character

    def _open(self) -> str:
        inline = _INLINE_FLAGS.match(self.pattern, self.position)
        if inline:
            self.position = inline.end()
            opened = ")" * bool(self.flags[-1])
            self.flags[-1] = "".join(sorted(set(self.flags[-1] + inline[1]) - {"u"}))
            return f"{opened}(?{self.flags[-1]}:" if self.flags[-1] else opened
        self.flags.append("")
        named = _NAMED_GROUP.match(self.pattern, self.position)
        if named:
            self.position = named.end()
            return f"(?P<{named[1]}>"
        if not _HAS_ATOMIC_GROUPS and self.pattern.startswith("(?>", self.position):
            self.position += 3
            return "(?:"
        self.position += 1
        return "("

    def _escape(self) -> str:
        """An escape outside a class."""
        following = self.pattern[self.position + 1 : self.position + 2]
        if following == "Q":
            end = self.pattern.find("\\E", self.position + 2)
            quoted = self.pattern[self.position + 2 : end if end >= 0 else None]
            self.position = end + 2 if end >= 0 else len(self.pattern)
            return re.escape(quoted)
        plain = {"z": r"\Z", "Z": r"(?=\n?\Z)", "R": r"(?:\r\n|[\n-\r\x85\u2028\u2029])", "h": f"[{_SPACES}]"}
        if following in plain:
            self.position += 2
            return plain[following]
        item = self._class_item()
        return f"[{item}]" if following in "pP" else item

    def _class(self) -> str:
        """A character class, with its unions (``[a[b]]``) and intersections (``[a&&[^b]]``)."""
        self.position += 1
        negated = self.pattern.startswith("^", self.position)
        self.position += negated
        first = self.position
        items: list[str] = []
        intersections: list[str] = []
        while True:
            if self.position >= len(self.pattern):
                raise UntranslatableError(f"{self.pattern!r}: unterminated character class")
            if self.pattern[self.position] == "]" and self.position > first:
                break
            if self.pattern.startswith("&&[", self.position):
                self.position += 2
                intersections.append(self._class())
            else:
                items.append(self._class_item())
        self.position += 1
        lookaheads = "".join(f"(?={other})" for other in intersections)
        class_ = f"[{'^' * negated}{self._join(items)}]"
        return f"(?:{lookaheads}{class_})" if lookaheads else class_

    @staticmethod
    def _join(items: list[str]) -> str:
        """The items of a class: a hyphen that stands between two characters makes a range, any other is itself."""
        out: list[str] = []
        index = 0
        while index < len(items):
            ends = items[index : index + 3 : 2]
            if len(ends) == 2 and items[index + 1] == "-" and all(map(_is_character, ends)):
                out.append("-".join(r"\-" if end == "-" else end for end in ends))
                index += 3
            else:
                out.append(r"\-" if items[index] == "-" else items[index])
                index += 1
        return "".join(out)

    def _class_item(self) -> str:
        """One character or one set of them, as it may stand in a class of Python's."""
        pattern, start = self.pattern, self.position
        if pattern[start] != "\\":
            self.position += 1
            return "\\" + pattern[start] if pattern[start] in "[&~|" else pattern[start]
        if start + 1 >= len(pattern):
            raise UntranslatableError(f"{pattern!r}: dangling backslash")
        category = _PROPERTY.match(pattern, start)
        if category:
            self.position = category.end()
            return _ranges(category[2] or category[3], negated=category[1] == "P")
        code = _CODE_POINT.match(pattern, start)
        if code:
            self.position = code.end()
            return self._code_point(int(code[1] or code[2] or code[3], 16))
        self.position += 2
        following = pattern[start + 1]
        return {"h": _SPACES, "e": r"\x1b"}.get(following, pattern[start : start + 2])

    def _code_point(self, value: int) -> str:
        low = _LOW_SURROGATE.match(self.pattern, self.position)
        if 0xD800 <= value < 0xDC00 and low:
            self.position = low.end()
            value = 0x10000 + ((value - 0xD800) << 10) + int(low[1], 16) - 0xDC00
        if value > 0x10FFFF:
            raise UntranslatableError(f"{self.pattern!r}: no such character")
        return f"\\U{value:08x}"


def _letters_and_numbers(class_: re.Match[str]) -> str:
    text = class_[0]
    if r"\p{L}" in text and r"\p{N}" in text and "_" in text:
        return text.replace(r"\p{L}", r"\w").replace(r"\p{N}", "")
    return text


def _is_character(item: str) -> bool:
    """Whether a class item is one character: itself, or an escape that stands for one."""
    if item.startswith("\\"):
        return item[1] not in "dDwWsS" and (len(item) == 2 or (item[1] in "uUx" and item.count("\\") == 1))
    return len(item) == 1


_POSIX = {
    "ASCII": r"\x00-\x7f",
    "Alnum": "a-zA-Z0-9",
    "Alpha": "a-zA-Z",
    "Blank": r" \t",
    "Cntrl": r"\x00-\x1f\x7f",
    "Digit": "0-9",
    "Graph": r"\x21-\x7e",
    "IsWhitespace": r"\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000",
    "Lower": "a-z",
    "Print": r"\x20-\x7e",
    "Punct": r"\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e",
    "Space": r" \t-\r",
    "Upper": "A-Z",
    "XDigit": "0-9a-fA-F",
    "all": r"\x00-\U0010ffff",
}
#: Properties that are unions of Unicode's general categories.
_PROPERTIES = {"IsAlphabetic": ("L", "Nl"), "LD": ("L", "Nd"), "IsLetter": ("L",), "IsDigit": ("Nd",)}
#: Small categories, spelled out so that the commonest patterns need no look at all of Unicode.
_SMALL = {
    "Z": r" \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000",
    "Zs": r" \xa0\u1680\u2000-\u200a\u202f\u205f\u3000",
    "Cc": r"\x00-\x1f\x7f-\x9f",
}


@functools.cache
def _ranges(name: str, negated: bool = False) -> str:
    known = _POSIX.get(name) or _SMALL.get(name)
    if known and not negated:
        return known
    if name in _POSIX:
        return _write(_complement(_posix_ranges(name)))
    prefixes = _PROPERTIES.get(name, (name,))
    ranges = [
        found for category, members in _categories().items() if category.startswith(prefixes) for found in members
    ]
    if not ranges:
        raise UntranslatableError(f"unknown property {name!r}")
    merged = _merge(ranges)
    return _write(_complement(merged) if negated else merged)


def _posix_ranges(name: str) -> list[tuple[int, int]]:
    matches = re.compile(f"[{_POSIX[name]}]").match
    return _merge([(point, point) for point in range(sys.maxunicode + 1) if matches(chr(point))])


@functools.cache
def _categories() -> dict[str, list[tuple[int, int]]]:
    """Unicode's general categories: the ranges of code points of each."""
    found: dict[str, list[tuple[int, int]]] = {}
    category_of = unicodedata.category
    start, current = 0, category_of("\0")
    for point in range(1, sys.maxunicode + 2):
        category = category_of(chr(point)) if point <= sys.maxunicode else ""
        if category != current:
            found.setdefault(current, []).append((start, point - 1))
            start, current = point, category
    return found


def _merge(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _complement(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    gaps: list[tuple[int, int]] = []
    free = 0
    for first, last in ranges:
        if first > free:
            gaps.append((free, first - 1))
        free = last + 1
    if free <= sys.maxunicode:
        gaps.append((free, sys.maxunicode))
    return gaps


def _write(ranges: list[tuple[int, int]]) -> str:
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)
