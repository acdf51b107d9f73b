"""Copies of a store share what never changes, copy the rest when asked for it, and never see each other's changes."""

from __future__ import annotations

import copy
import json
import pickle
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from awsim import store_templates
from awsim.lazy_dict import LazyDict, Template
from awsim.store_templates import LARGE, NoTemplateError, template_of


@attrs.define
class Entity:
    """One with everything that services keep."""

    name: str
    tags: dict[str, Any] = attrs.Factory(dict)
    parts: list[Any] = attrs.Factory(list)
    other: Any = None


@attrs.frozen
class Value:
    """One that does not change, though what it holds may."""

    content: Any


def large(of: Callable[[int], Any], size: int = LARGE) -> dict[Any, Any]:
    return {f"key-{number:02d}": of(number) for number in range(size)}


_LEAVES = st.one_of(st.none(), st.integers(), st.text(max_size=3), st.binary(max_size=3), st.floats(allow_nan=False))
_DATA = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=3).map(tuple),
        st.lists(inner, max_size=3).map(deque),
        st.dictionaries(st.text(max_size=2), inner, max_size=5),
        st.sets(_LEAVES, max_size=3),
        st.frozensets(_LEAVES, max_size=3),
        inner.map(Value),
        st.builds(Entity, st.text(max_size=2), st.dictionaries(st.text(max_size=2), inner, max_size=3), other=inner),
    ),
    max_leaves=25,
)


@pytest.fixture(params=[1, 3, LARGE])
def large_from(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """From which size on a dictionary is copied value by value."""
    size: int = request.param
    monkeypatch.setattr(store_templates, "LARGE", size)
    return size


def spoil(value: Any) -> None:
    """Change everything that can be changed."""
    if isinstance(value, dict):
        for one in list(value.values()):
            spoil(one)
        value.clear()
        value["spoilt"] = True
    elif isinstance(value, (list, deque)):
        for one in value:
            spoil(one)
        value.clear()
    elif isinstance(value, set):
        value.clear()
    elif isinstance(value, tuple):
        for one in value:
            spoil(one)
    elif isinstance(value, Value):
        spoil(value.content)
    elif isinstance(value, Entity):
        spoil(value.tags)
        spoil(value.parts)
        spoil(value.other)
        value.name = "spoilt"
        value.tags, value.parts, value.other = {}, [], "spoilt"


class TestCopies:
    @settings(max_examples=100, deadline=None)
    @given(data=_DATA)
    def test_a_copy_is_equal_and_nothing_that_happens_to_it_reaches_the_original_or_another(self, data: Any) -> None:
        for size in (1, LARGE):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(store_templates, "LARGE", size)
                was = copy.deepcopy(data)
                template = template_of(data)
                if not isinstance(template, Template):
                    assert template is data
                    continue
                first, second = template.make({}), template.make({})
                third = template_of(first).make({})  # of a copy of which nothing was asked for yet
                assert first == second == third == was
                spoil(first)
                assert second == third == template.make({}) == data == was
                spoil(third)
                assert second == template.make({}) == data == was

    @settings(max_examples=50, deadline=None)
    @given(data=_DATA)
    def test_what_happens_to_the_original_does_not_reach_its_copies(self, data: Any) -> None:
        was = copy.deepcopy(data)
        template = template_of(data)
        if isinstance(template, Template):
            spoil(data)
            assert template.make({}) == was

    def test_what_never_changes_is_shared(self) -> None:
        body = Value(("text", b"bytes"))
        original = Entity("e", tags={"body": body}, parts=[("a", 1), frozenset({2})])
        made = template_of(original).make({})
        assert made is not original
        assert made.tags["body"] is body
        assert made.parts[0] is original.parts[0]

    def test_what_is_reached_twice_is_one_in_the_copy_too(self, large_from: int) -> None:
        part = Entity("part")
        original = Entity("whole", parts=[part, part], other=(part,))
        original.parts.append(original.parts)
        made = template_of(original).make({})
        assert made.parts[0] is made.parts[1] is made.other[0]
        assert made.parts[2] is made.parts
        assert made.parts[0] is not part

    def test_a_slot_that_was_never_filled_stays_empty(self) -> None:
        original = Entity("e")
        del original.other
        made = template_of(original).make({})
        assert not hasattr(made, "other")
        assert made.name == "e"

    def test_an_entity_with_attributes_beyond_its_fields_keeps_them(self) -> None:
        @attrs.define(slots=False)
        class Open:
            name: str

        original: Any = Open("o")
        original.more = ["m"]
        made = template_of(original).make({})
        assert (made.name, made.more) == ("o", ["m"])
        assert made.more is not original.more

    @pytest.mark.parametrize(
        "data",
        [
            [threading.Lock()],
            [object()],
            [(value for value in ())],
            {Entity("key").name: bytearray(b"b")},
        ],
        ids=["lock", "object", "generator", "bytearray"],
    )
    def test_what_is_no_plain_data_has_no_template(self, data: Any) -> None:
        with pytest.raises(NoTemplateError, match=r"^a \w+ is not plain data$"):
            template_of(data)

    def test_what_values_of_a_large_dictionary_share_they_share_in_the_copy_too(self, large_from: int) -> None:
        shared = Entity("shared")
        original = Entity("whole", tags=large(lambda number: Entity(str(number), parts=[shared])), other=[shared])
        sibling = template_of(original).make({})
        made = template_of(original).make({})
        made.tags["key-03"].parts[0].name = "changed"
        fork = template_of(made).make({})  # a copy of which only some values have been asked for
        for copied, name in ((made, "changed"), (fork, "changed"), (sibling, "shared"), (original, "shared")):
            assert copied.tags["key-04"].parts[0] is copied.tags["key-05"].parts[0] is copied.other[0]
            assert copied.tags["key-03"].parts[0].name == copied.other[0].name == name
        fork.other[0].name = "of the fork"
        assert fork.tags["key-09"].parts[0].name == "of the fork"
        assert made.tags["key-09"].parts[0].name == "changed"


class TestLargeDictionaries:
    """A copied dictionary is a dictionary in all that can be done with it."""

    @pytest.fixture
    def original(self) -> dict[str, Entity]:
        return large(lambda number: Entity(f"e-{number}", parts=[number]))

    @pytest.fixture
    def lazy(self, original: dict[str, Entity]) -> Any:
        made = template_of(original).make({})
        assert type(made) is LazyDict
        return made

    def test_a_small_one_and_one_of_values_that_never_change_are_plain(self) -> None:
        assert type(template_of(large(Entity, LARGE - 1)).make({})) is dict
        assert type(template_of(large(str)).make({})) is dict

    def test_a_value_is_copied_once_when_it_is_asked_for(self, original: Any, lazy: Any) -> None:
        entity = lazy["key-07"]
        assert entity == original["key-07"]
        assert entity is not original["key-07"]
        assert lazy["key-07"] is lazy.get("key-07") is lazy.setdefault("key-07", None) is entity
        assert list(lazy.values())[7] is list(lazy.items())[7][1] is entity

    @pytest.mark.parametrize(
        "as_a_whole",
        [
            dict,
            lambda data: {**data},
            lambda data: data | {},
            lambda data: {} | data,
            lambda data: data.copy(),
            copy.copy,
            copy.deepcopy,
            lambda data: dict(data.items()),
            lambda data: dict(zip(data.keys(), data.values(), strict=True)),
            lambda data: {key: data[key] for key in data},
            lambda data: dict(reversed(list(reversed(data.items())))),
            lambda data: dict(**data),
            lambda data: (lambda **found: found)(**data),
            lambda data: pickle.loads(pickle.dumps(data)),
            lambda data: dict(data.pop(key) for key in ()) | {key: data.pop(key) for key in list(data)},
            lambda data: dict(reversed([data.popitem() for _ in range(len(data))])),
        ],
    )
    def test_as_a_whole_it_is_the_same_in_the_same_order(self, original: Any, lazy: Any, as_a_whole: Any) -> None:
        whole = as_a_whole(lazy)
        assert type(whole) is dict
        assert list(whole.items()) == list(original.items())
        assert all(type(value) is Entity for value in whole.values())

    def test_it_is_written_down_as_a_dictionary(self) -> None:
        original = large(lambda number: [number])
        assert json.dumps(template_of(original).make({})) == json.dumps(original)
        assert repr(template_of(original).make({})) == repr(original)

    @pytest.mark.parametrize("turned", [False, True])
    def test_it_equals_what_has_equal_values(self, original: Any, lazy: Any, turned: bool) -> None:
        other = template_of(original).make({})
        pairs = [(original, lazy), (lazy, other)]
        for one, another in [pair[::-1] for pair in pairs] if turned else pairs:
            assert one == another
            assert (one != another) is False
        lazy["key-01"].name = "changed"
        assert original != lazy != other
        assert lazy != 1

    def test_a_missing_key_is_missing(self, lazy: Any) -> None:
        with pytest.raises(KeyError, match="'nothing'"):
            lazy["nothing"]
        with pytest.raises(KeyError, match="'nothing'"):
            lazy.pop("nothing")
        with pytest.raises(KeyError, match="'nothing'"):
            del lazy["nothing"]
        assert lazy.get("nothing") is None
        assert lazy.get("nothing", 1) == lazy.pop("nothing", 1) == 1
        with pytest.raises(TypeError):
            hash(lazy)

    _KEYS = st.integers(0, LARGE + 3).map("key-{:02d}".format)
    _STEPS = st.one_of(
        st.tuples(st.sampled_from(["pop", "del", "get", "setdefault", "touch", "in"]), _KEYS),
        st.tuples(st.just("set"), _KEYS),
        st.tuples(st.sampled_from(["popitem", "clear", "values", "update", "ior", "copy", "len"]), st.just("")),
    )

    @settings(max_examples=150, deadline=None)
    @given(steps=st.lists(_STEPS, max_size=15))
    def test_whatever_is_done_in_whichever_order_it_does_as_a_dictionary_and_no_other_changes(
        self, steps: list[tuple[str, str]]
    ) -> None:
        def start() -> Any:
            return large(lambda number: Entity(f"e-{number}", parts=[number]))

        original = start()
        template = template_of(original)
        sibling, plain, lazy = template.make({}), start(), template.make({})
        for kind, key in steps:
            assert _do(lazy, kind, key) == _do(plain, kind, key)
            assert len(lazy) == len(plain)
            if kind == "copy":
                lazy = template_of(lazy).make({})  # a fork of the fork
        assert list(lazy.items()) == list(plain.items())
        assert list(sibling.items()) == list(original.items()) == list(start().items())

    def test_threads_that_ask_at_once_get_the_same(self, original: Any) -> None:
        for _ in range(20):
            lazy = template_of(original).make({})
            together, found = threading.Barrier(4), []

            def ask(lazy: Any = lazy, together: Any = together, found: list[Any] = found) -> None:
                together.wait()
                found.append([lazy[key] for key in original])

            threads = [threading.Thread(target=ask) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            for others in found[1:]:
                assert all(one is other for one, other in zip(found[0], others, strict=True))


def _do(data: Any, kind: str, key: str) -> Any:
    if kind == "pop":
        return data.pop(key, None)
    if kind == "get":
        return data.get(key)
    if kind == "in":
        return key in data
    if kind == "len":
        return len(data), bool(data)
    if kind == "set":
        data[key] = Entity("set")
    elif kind == "setdefault":
        data.setdefault(key, Entity("default")).parts.append("d")
    elif kind == "touch":
        if key in data:
            data[key].parts.append("t")
            data[key].tags["t"] = key
    elif kind == "del":
        try:
            del data[key]
        except KeyError as error:
            return str(error)
    elif kind == "popitem":
        return data.popitem() if data else None
    elif kind == "clear":
        data.clear()
    elif kind == "values":
        for value in data.values():
            value.parts.append("v")
        return [value.name for value in reversed(data.values())]
    elif kind == "update":
        data.update({"key-01": Entity("u")}, more=Entity("m"))
    elif kind == "ior":
        data |= {"key-02": Entity("i")}
    return None
