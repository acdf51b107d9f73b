"""Updates: bound trees applied to items.

Owns what SET, REMOVE, ADD and DELETE do. Knows nothing of tables; items that are given are never changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from awsim.services.dynamodb import numbers
from awsim.services.dynamodb.attribute_values import (
    DOCUMENT_TYPES,
    SET_TYPES,
    AttributeValue,
    Item,
    check_depth,
    copy,
    type_of,
)
from awsim.services.dynamodb.errors import ValidationException, invalid_parameter_values
from awsim.services.dynamodb.expressions.binding import Binding
from awsim.services.dynamodb.expressions.placeholders import Placeholders
from awsim.services.dynamodb.expressions.refusals import UPDATE
from awsim.services.dynamodb.expressions.trees import (
    Arithmetic,
    DocumentPath,
    FunctionCall,
    Literal,
    Operand,
    UpdateTree,
    ValueAction,
)
from awsim.services.dynamodb.expressions.update_grammar import parse_update
from awsim.services.dynamodb.expressions.update_rules import check_update
from awsim.services.dynamodb.paths import Path, Step, follow, member

WRONG_TYPE = "An operand in the update expression has an incorrect data type"


class Update:
    """Changes to make to an item, all of them seen against the item as it was. ``paths`` are what they change.

    ``mismatch`` is what AWS says of an attribute of a type that ADD or DELETE cannot work with.
    """

    __slots__ = ("_mismatch", "paths", "tree")

    def __init__(self, tree: UpdateTree, mismatch: str = WRONG_TYPE) -> None:
        self.tree = tree
        self.paths = tree.paths()
        self._mismatch = mismatch

    def check_keys(self, key_names: Collection[str]) -> None:
        """Refuse an update of the primary key. Raises ValidationException."""
        for path in self.paths:
            if path[0] in key_names:
                raise invalid_parameter_values(f"Cannot update attribute {path[0]}. This attribute is part of the key")

    def apply(self, item: Mapping[str, AttributeValue], key_names: Collection[str] = ()) -> tuple[Item, list[Path]]:
        """The item after the update, and the paths that were updated.

        ``item`` is the item as it is, or just the key where there is none yet; it stays as it is and shares what has
        not changed with the result. Raises ValidationException where the update does not fit the item.
        """
        if key_names:
            self.check_keys(key_names)
        values = [(action.path, _value(action.operand, item)) for action in self.tree.sets]
        changed: Item = dict(item)
        for name in {str(path[0]) for path in self.paths if len(path) > 1}:
            if name in changed:
                changed[name] = copy(changed[name])
        # Elements past the end of a list are appended in the order of their indexes.
        for path, value in sorted(values, key=lambda change: _order(change[0])):
            _set(changed, path, value)
        removes = list(self.tree.removes)
        for action in self.tree.adds:
            _add(changed, action, self._mismatch)
        for action in self.tree.deletes:
            if _delete(changed, action, self._mismatch):
                removes.append(action.path)
        # From the end of each list, so that the indexes still mean what they meant.
        for path in sorted(removes, key=_order, reverse=True):
            _remove(changed, path, existed=follow(item, path) is not None)
        _check_depth(changed, values)
        return changed, list(self.paths)


def update(text: str, placeholders: Placeholders) -> Update:
    """The update that a text says. Raises ValidationException."""
    tree = Binding(placeholders, UPDATE).update(parse_update(text))
    check_update(tree)
    return Update(tree)


def _no_such_path() -> ValidationException:
    return ValidationException("The document path provided in the update expression is invalid for update")


def _order(path: Path) -> tuple[tuple[bool, Any], ...]:
    return tuple((isinstance(step, int), step) for step in path)


def _check_depth(item: Item, values: Iterable[tuple[Path, AttributeValue]]) -> None:
    for name in {str(path[0]) for path, value in values if type_of(value) in DOCUMENT_TYPES}:
        check_depth(item[name])


# Values


def _value(operand: Operand, item: Mapping[str, AttributeValue]) -> AttributeValue:
    if isinstance(operand, Literal):
        return operand.value
    if isinstance(operand, DocumentPath):
        found = follow(item, operand.path)
        if found is None:
            raise ValidationException("The provided expression refers to an attribute that does not exist in the item")
        return found
    if isinstance(operand, Arithmetic):
        left, right = _content(operand.left, item, "N"), _content(operand.right, item, "N")
        return {"N": numbers.add(left, right) if operand.operator == "+" else numbers.subtract(left, right)}
    assert isinstance(operand, FunctionCall), "bound trees have no placeholders"
    first, second = operand.operands
    if operand.name == "list_append":
        return {"L": [*_content(first, item, "L"), *_content(second, item, "L")]}
    assert isinstance(first, DocumentPath), "check_update has seen to it"
    present = follow(item, first.path)
    return _value(second, item) if present is None else present


def _content(operand: Operand, item: Mapping[str, AttributeValue], type_: str) -> Any:
    value = _value(operand, item)
    if type_ not in value:
        raise ValidationException(WRONG_TYPE)
    return value[type_]


# Changes; the item's attributes that paths lead into are copies by now


def _parent(item: Item, path: Path) -> Any:
    """The map or list that holds what a path leads to. Raises ValidationException where there is none."""
    if len(path) == 1:
        return item
    value = follow(item, path[:-1])
    content = None if value is None else value.get("L" if isinstance(path[-1], int) else "M")
    if content is None:
        raise _no_such_path()
    return content


def _set(item: Item, path: Path, value: AttributeValue) -> None:
    parent, step = _parent(item, path), path[-1]
    if isinstance(step, int) and step >= len(parent):
        parent.append(value)
    else:
        parent[step] = value


def _remove(item: Item, path: Path, *, existed: bool) -> None:
    parent, step = _parent(item, path), path[-1]
    # What did not exist must not be taken for an element that has just been appended.
    if existed:
        del parent[step]


def _present(parent: Any, step: Step) -> AttributeValue | None:
    return member({"L": parent} if isinstance(step, int) else {"M": parent}, step)


def _add(item: Item, action: ValueAction, mismatch: str) -> None:
    added = _value(action.operand, item)
    present = _present(_parent(item, action.path), action.path[-1])
    if present is None:
        _set(item, action.path, added)
        return
    type_ = type_of(added)
    if type_ not in present:
        raise ValidationException(mismatch)
    if type_ == "N":
        _set(item, action.path, {"N": numbers.add(present["N"], added["N"])})
    elif type_ == "L":
        _set(item, action.path, {"L": [*present["L"], *added["L"]]})
    else:
        _set(item, action.path, {type_: list(dict.fromkeys([*present[type_], *added[type_]]))})


def _delete(item: Item, action: ValueAction, mismatch: str) -> bool:
    """Take members from a set. Whether none is left, so that the set has to go too."""
    deleted = _value(action.operand, item)
    present = _present(_parent(item, action.path), action.path[-1])
    if present is None:
        return False
    type_ = type_of(deleted)
    if type_ not in present or type_ not in SET_TYPES:
        raise ValidationException(mismatch)
    gone = set(deleted[type_])
    left = [each for each in present[type_] if each not in gone]
    if left:
        _set(item, action.path, {type_: left})
    return not left
