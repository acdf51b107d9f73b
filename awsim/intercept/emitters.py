"""botocore's event emitters, quick to copy: every session starts with one of two hundred handlers, and every client
copies its session's.

Behave as botocore's own in all that can be asked of them. A copy shares the nodes of the tree of handlers with what it
was copied from, until one of the two changes: then that one copies the nodes on the way to the change. Know nothing of
Clouds.
"""

from __future__ import annotations

import copy
import inspect
from types import CodeType
from typing import Any

from botocore.hooks import EventAliaser, HierarchicalEmitter, NodeList, _PrefixTrie
from botocore.utils import EVENT_ALIASES

_MIDDLE = 1  # a handler's section of a node, as botocore counts them

#: What an event is called, by the name under which it was asked for, for all emitters: botocore's aliases are constant.
#: Emptied when somebody has made up that many names.
_NAMES_KEPT = 20_000
_names: dict[str, str] = {}


class _SharedTrie(_PrefixTrie):  # type: ignore[misc]  # botocore is untyped
    """Handlers by event. A node says whose it is; those of others are copied before they are changed."""

    _root: dict[str, Any]

    def __init__(self) -> None:
        super().__init__()
        self._owner = object()
        self._root["owner"] = self._owner

    @classmethod
    def of(cls, trie: Any) -> _SharedTrie:
        """The same handlers as a trie of botocore's own."""
        shared = cls()
        shared._root = shared._copy_tree(trie._root)
        return shared

    def _copy_tree(self, node: dict[str, Any]) -> dict[str, Any]:
        children = {part: self._copy_tree(child) for part, child in node["children"].items()}
        values = copy.copy(node["values"])
        return {"chunk": node["chunk"], "values": values, "children": children, "owner": self._owner}

    def append_item(self, key: str, value: Any, section: int = _MIDDLE) -> None:
        owner = self._owner
        node = self._own_root()
        for part in key.split("."):
            child = node["children"].get(part)
            if child is None:
                child = {"chunk": part, "values": None, "children": {}, "owner": owner}
            elif child["owner"] is not owner:
                child = _copied(child, owner)
            node["children"][part] = child
            node = child
        if node["values"] is None:
            node["values"] = NodeList([], [], [])
        node["values"][section].append(value)

    def remove_item(self, key: str, value: Any) -> None:
        node = self._own_root()
        for part in key.split("."):
            child = node["children"].get(part)
            if child is None:
                break  # botocore says so below
            if child["owner"] is not self._owner:
                child = node["children"][part] = _copied(child, self._owner)
            node = child
        super().remove_item(key, value)

    def _own_root(self) -> dict[str, Any]:
        if self._root["owner"] is not self._owner:
            self._root = _copied(self._root, self._owner)
        return self._root

    def __copy__(self) -> _SharedTrie:
        other = type(self).__new__(type(self))
        other._root = self._root
        other._owner = object()
        self._owner = object()  # what was this one's alone is shared from now on
        return other


def _copied(node: dict[str, Any], owner: object) -> dict[str, Any]:
    values = copy.copy(node["values"])
    return {"chunk": node["chunk"], "values": values, "children": node["children"].copy(), "owner": owner}


class Emitter(HierarchicalEmitter):  # type: ignore[misc]  # botocore is untyped
    """botocore's emitter over a tree that is shared by its copies."""

    @classmethod
    def of(cls, emitter: Any) -> Emitter:
        """The same handlers as an emitter of botocore's own."""
        ours = cls()
        ours._handlers = _SharedTrie.of(emitter._handlers)
        ours._unique_id_handlers = {name: dict(found) for name, found in emitter._unique_id_handlers.items()}
        return ours

    def _verify_accept_kwargs(self, func: Any) -> Any:
        # Asking a function's code is a hundred times as quick as having its signature put together.
        code = getattr(func, "__code__", None)
        if isinstance(code, CodeType) and code.co_flags & inspect.CO_VARKEYWORDS:
            return None
        return super()._verify_accept_kwargs(func)


class Aliaser(EventAliaser):  # type: ignore[misc]  # botocore is untyped
    """botocore's older names of events; what each stands for is worked out once a process."""

    def __init__(self, event_emitter: Any, event_aliases: dict[str, str] | None = None) -> None:
        super().__init__(event_emitter, event_aliases)
        if self._event_aliases == EVENT_ALIASES:
            if len(_names) > _NAMES_KEPT:
                _names.clear()
            self._alias_name_cache = _names
