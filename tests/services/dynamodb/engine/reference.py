"""What conditions and updates mean, written as plainly as can be and without a look at the engine."""

from __future__ import annotations

import copy
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


class NoFit(Exception):
    """An update does not fit its item; the message is AWS's."""


NOT_THERE = "The provided expression refers to an attribute that does not exist in the item"
WRONG_TYPE = "An operand in the update expression has an incorrect data type"
NO_PATH = "The document path provided in the update expression is invalid for update"


def value_of(item: dict[str, Any], tree: tuple[Any, ...]) -> dict[str, Any]:
    """What the right side of SET gives, on the item as it was."""
    kind, *parts = tree
    if kind == "value":
        return parts[0]  # type: ignore[no-any-return]  # trees are as free as their texts
    if kind == "path":
        found = at(item, parts[0])
        if found is None:
            raise NoFit(NOT_THERE)
        return found
    if kind == "if_not_exists":
        present = at(item, parts[0][1])
        return value_of(item, parts[1]) if present is None else present
    left, right = (value_of(item, part) for part in parts)
    if kind == "list_append":
        if "L" not in left or "L" not in right:
            raise NoFit(WRONG_TYPE)
        return {"L": left["L"] + right["L"]}
    if "N" not in left or "N" not in right:
        raise NoFit(WRONG_TYPE)
    a, b = Decimal(left["N"]), Decimal(right["N"])
    return {"N": str(a + b if kind == "+" else a - b)}


def home(item: dict[str, Any], path: tuple[str | int, ...]) -> Any:
    """The dict or list in which the last step of a path stands."""
    if len(path) == 1:
        return item
    parent = at(item, path[:-1])
    wanted = "L" if isinstance(path[-1], int) else "M"
    if parent is None or wanted not in parent:
        raise NoFit(NO_PATH)
    return parent[wanted]


def updated(item: dict[str, Any], actions: list[tuple[Any, ...]]) -> dict[str, Any]:
    """The item after actions on different attributes, each seen against the item as it was."""
    after: dict[str, Any] = copy.deepcopy(item)
    for section, path, *operand in actions:
        place, step = home(after, path), path[-1]
        present = at(item, path)
        if section == "SET":
            new = copy.deepcopy(value_of(item, operand[0]))
            if isinstance(step, int) and step >= len(place):
                place.append(new)
            else:
                place[step] = new
        elif section == "REMOVE":
            if present is not None:
                del place[step]
        else:
            change_set_or_number(section, place, step, present, operand[0])
    return after


def change_set_or_number(
    section: str, place: Any, step: Any, present: dict[str, Any] | None, given: dict[str, Any]
) -> None:
    [(type_, content)] = given.items()
    if present is None:
        if section == "ADD":
            if isinstance(step, int):
                place.append(given)
            else:
                place[step] = given
        return
    if type_ not in present:
        raise NoFit(WRONG_TYPE)
    if type_ == "N":
        place[step] = {"N": str(Decimal(present["N"]) + Decimal(content))}
        return
    members = present[type_]
    if section == "ADD":
        place[step] = {type_: members + [one for one in content if one not in members]}
        return
    left = [one for one in members if one not in content]
    if left:
        place[step] = {type_: left}
    else:
        del place[step]
