"""Values, items, numbers and expressions for Hypothesis to draw.

Conditions are drawn as nested tuples, which ``reference.py`` evaluates and ``Rendering`` writes as text.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

NAMES = ("a", "b", "c")
texts = st.text("abß€\U0001f600", max_size=3)
binaries = st.binary(max_size=2)
small_numbers = st.sampled_from(["0", "1", "-1", "2", "10", "1.5", "-0.25", "100"])


def sets_of(members: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(members, min_size=1, max_size=3, unique=True)


ordered_values = st.one_of(
    texts.map(lambda text: {"S": text}),
    small_numbers.map(lambda text: {"N": text}),
    binaries.map(lambda data: {"B": data}),
)
scalars = st.one_of(
    ordered_values,
    st.booleans().map(lambda flag: {"BOOL": flag}),
    st.just({"NULL": True}),
    sets_of(texts).map(lambda members: {"SS": members}),
    sets_of(small_numbers).map(lambda members: {"NS": members}),
    sets_of(binaries).map(lambda members: {"BS": members}),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda elements: {"L": elements}),
        st.dictionaries(st.sampled_from(NAMES), inner, max_size=3).map(lambda members: {"M": members}),
    ),
    max_leaves=6,
)
items = st.dictionaries(st.sampled_from(NAMES), values, max_size=3)

steps = st.one_of(st.sampled_from(NAMES), st.integers(0, 2))
document_paths = st.builds(lambda name, rest: (name, *rest), st.sampled_from(NAMES), st.lists(steps, max_size=2))

TYPES = ("S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M")

path_operands = document_paths.map(lambda path: ("path", path))
size_operands = document_paths.map(lambda path: ("size", path))


def _differs(condition: tuple[Any, ...]) -> bool:
    """AWS refuses to compare a path with itself."""
    return not (condition[-2][0] == "path" and condition[-2] == condition[-1])


equalities = st.tuples(
    st.just("compare"),
    st.sampled_from(["=", "<>"]),
    st.one_of(path_operands, size_operands),
    st.one_of(values.map(lambda value: ("value", value)), path_operands),
).filter(_differs)
orders = st.tuples(
    st.just("compare"),
    st.sampled_from(["<", "<=", ">", ">="]),
    st.one_of(path_operands, size_operands),
    st.one_of(ordered_values.map(lambda value: ("value", value)), path_operands),
).filter(_differs)
ranges = st.tuples(
    st.just("between"),
    path_operands,
    size_operands,
    ordered_values.map(lambda value: ("value", value)),
)
choices = st.tuples(
    st.just("in"), path_operands, st.lists(values.map(lambda value: ("value", value)), min_size=1, max_size=3)
)
functions = st.one_of(
    st.tuples(st.sampled_from(["attribute_exists", "attribute_not_exists"]), path_operands),
    st.tuples(
        st.just("attribute_type"), path_operands, st.sampled_from(TYPES).map(lambda type_: ("value", {"S": type_}))
    ),
    st.tuples(
        st.just("begins_with"),
        path_operands,
        st.one_of(texts.map(lambda text: ("value", {"S": text})), binaries.map(lambda data: ("value", {"B": data}))),
    ),
    st.tuples(st.just("contains"), path_operands, values.map(lambda value: ("value", value))),
)
conditions = st.recursive(
    st.one_of(equalities, orders, ranges, choices, functions),
    lambda inner: st.one_of(
        st.tuples(st.just("not"), inner),
        st.tuples(st.sampled_from(["and", "or"]), inner, inner),
    ),
    max_leaves=6,
)


#: What updates are drawn from: lists and numbers more often than chance has them.
numbers_or_paths = st.one_of(small_numbers.map(lambda text: ("value", {"N": text})), path_operands)
lists_or_paths = st.one_of(st.lists(values, max_size=2).map(lambda elements: ("value", {"L": elements})), path_operands)
set_values = st.one_of(
    sets_of(texts).map(lambda members: {"SS": members}),
    sets_of(small_numbers).map(lambda members: {"NS": members}),
)
defaults = st.tuples(st.just("if_not_exists"), path_operands, values.map(lambda value: ("value", value)))
right_sides = st.one_of(
    values.map(lambda value: ("value", value)),
    path_operands,
    defaults,
    st.tuples(st.sampled_from(["+", "-"]), numbers_or_paths, numbers_or_paths),
    st.tuples(st.just("list_append"), lists_or_paths, lists_or_paths),
)
_below = st.lists(steps, max_size=2)


def _actions_of(name: str) -> st.SearchStrategy[tuple[Any, ...]]:
    paths = _below.map(lambda rest: (name, *rest))
    return st.one_of(
        st.tuples(st.just("SET"), paths, right_sides),
        st.tuples(st.just("REMOVE"), paths),
        st.tuples(st.just("ADD"), paths, st.one_of(set_values, small_numbers.map(lambda text: {"N": text}))),
        st.tuples(st.just("DELETE"), paths, set_values),
    )


#: At most one action for each attribute: what clashes is refused before anything else.
updates = st.lists(st.sampled_from(NAMES), min_size=1, unique=True).flatmap(
    lambda names: st.tuples(*map(_actions_of, names)).map(list)
)


class Rendering:
    """The text of a drawn condition, and the placeholders that it needs."""

    def __init__(
        self, condition: tuple[Any, ...] | None, *, all_parentheses: bool = False, named: bool = False
    ) -> None:
        self.names: dict[str, str] = {}
        self.values: dict[str, dict[str, Any]] = {}
        self._all_parentheses = all_parentheses
        self._named = named
        self.text = self.condition(condition) if condition is not None else ""

    def path(self, path: tuple[str | int, ...]) -> str:
        text = ""
        for step in path:
            if isinstance(step, int):
                text += f"[{step}]"
            elif self._named:
                self.names[f"#{step}_"] = step
                text += f".#{step}_"
            else:
                text += f".{step}"
        return text[1:]

    def operand(self, operand: tuple[Any, ...]) -> str:
        kind, content = operand
        if kind == "path":
            return self.path(content)
        if kind == "size":
            return f"size({self.path(content)})"
        name = f":v{len(self.values)}"
        self.values[name] = content
        return name

    def condition(self, condition: tuple[Any, ...]) -> str:
        kind, *parts = condition
        if kind == "compare":
            return f"{self.operand(parts[1])} {parts[0]} {self.operand(parts[2])}"
        if kind == "between":
            value, lower, upper = map(self.operand, parts)
            return f"{value} BETWEEN {lower} AND {upper}"
        if kind == "in":
            return f"{self.operand(parts[0])} IN ({', '.join(map(self.operand, parts[1]))})"
        if kind == "not":
            return f"NOT {self.nested(parts[0], ('and', 'or'))}"
        if kind == "and":
            return " AND ".join(self.nested(part, ("or",)) for part in parts)
        if kind == "or":
            return " OR ".join(self.nested(part, ()) for part in parts)
        return f"{kind}({', '.join(map(self.operand, parts))})"

    def update(self, actions: list[tuple[Any, ...]]) -> str:
        """The text of a drawn update."""
        sections: dict[str, list[str]] = {}
        for section, path, *operand in actions:
            text = self.path(path)
            if section == "SET":
                text += f" = {self.right_side(operand[0])}"
            elif operand:
                text += f" {self.operand(('value', operand[0]))}"
            sections.setdefault(section, []).append(text)
        return " ".join(f"{section} {', '.join(texts)}" for section, texts in sections.items())

    def right_side(self, tree: tuple[Any, ...]) -> str:
        kind, *parts = tree
        if kind in ("+", "-"):
            return f"{self.operand(parts[0])} {kind} {self.operand(parts[1])}"
        if kind in ("if_not_exists", "list_append"):
            return f"{kind}({self.operand(parts[0])}, {self.operand(parts[1])})"
        return self.operand(tree)

    def nested(self, condition: tuple[Any, ...], weaker: tuple[str, ...]) -> str:
        text = self.condition(condition)
        return f"({text})" if self._all_parentheses or condition[0] in weaker else text
