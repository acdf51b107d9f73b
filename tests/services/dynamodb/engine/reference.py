"""What conditions and updates mean, written as plainly as can be and without a look at the engine."""

from __future__ import annotations

from decimal import Decimal
from typing import Any


def plain(value: dict[str, Any] | None) -> Any:
    """A value that Python compares as DynamoDB does; None for what is missing."""
    if value is None:
        return None
    [(type_, content)] = value.items()
    if type_ == "N":
        content = Decimal(content)
    elif type_ == "NS":
        content = frozenset(map(Decimal, content))
    elif type_ in ("SS", "BS"):
        content = frozenset(content)
    elif type_ == "L":
        content = tuple(map(plain, content))
    elif type_ == "M":
        content = frozenset((name, plain(member)) for name, member in content.items())
    return (type_, content)


def at(item: dict[str, Any], path: tuple[str | int, ...]) -> dict[str, Any] | None:
    value: dict[str, Any] | None = {"M": item}
    for step in path:
        try:
            value = value["L" if isinstance(step, int) else "M"][step]  # type: ignore[index]
        except (KeyError, IndexError):
            return None
    return value


def operand(item: dict[str, Any], tree: tuple[Any, ...]) -> Any:
    kind, content = tree
    if kind == "value":
        return plain(content)
    found = at(item, content)
    if kind == "path" or found is None:
        return plain(found)
    [(type_, inside)] = found.items()
    return None if type_ in ("N", "BOOL", "NULL") else ("N", Decimal(len(inside)))


def related(left: Any, operator: str, right: Any) -> bool:
    if operator == "=":
        return left is not None and left == right
    if operator == "<>":
        return left is None or left != right
    if left is None or right is None or left[0] != right[0] or left[0] not in ("S", "N", "B"):
        return False
    a, b = left[1], right[1]
    if left[0] == "S":
        a, b = a.encode(), b.encode()
    return bool({"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[operator])


def holds(item: dict[str, Any], tree: tuple[Any, ...]) -> bool:
    kind, *parts = tree
    if kind == "and":
        return holds(item, parts[0]) and holds(item, parts[1])
    if kind == "or":
        return holds(item, parts[0]) or holds(item, parts[1])
    if kind == "not":
        return not holds(item, parts[0])
    if kind == "compare":
        return related(operand(item, parts[1]), parts[0], operand(item, parts[2]))
    first = operand(item, parts[0])
    if kind == "in":
        return any(related(first, "=", operand(item, choice)) for choice in parts[1])
    if kind == "attribute_exists":
        return first is not None
    if kind == "attribute_not_exists":
        return first is None
    second = operand(item, parts[1])
    if kind == "between":
        return related(first, ">=", second) and related(first, "<=", operand(item, parts[2]))
    if first is None:
        return False
    if kind == "attribute_type":
        return bool(first[0] == second[1])
    if kind == "begins_with":
        return bool(first[0] == second[0] and first[1].startswith(second[1]))
    assert kind == "contains"
    if first[0] in ("S", "B"):
        return bool(first[0] == second[0] and second[1] in first[1])
    if first[0] in ("SS", "NS", "BS"):
        return bool(first[0] == second[0] + "S" and second[1] in first[1])
    return bool(first[0] == "L" and second in first[1])
