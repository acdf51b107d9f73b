"""Sessions' emitters behave as botocore's own, whatever is registered, taken away and copied in which order."""

from __future__ import annotations

import copy
from typing import Any

import botocore.session
import pytest
from botocore.hooks import EventAliaser, HierarchicalEmitter
from hypothesis import given, settings
from hypothesis import strategies as st

from awsim import mock_aws
from awsim.intercept.emitters import Aliaser, Emitter

_PARTS = ("before-send", "sqs", "*", "SendMessage", "elb")
_NAMES = st.lists(st.sampled_from(_PARTS), min_size=1, max_size=3).map(".".join)
_STEPS = st.one_of(
    st.tuples(
        st.sampled_from(("register", "register_first", "register_last")), st.integers(), _NAMES, st.integers(0, 5)
    ),
    st.tuples(st.just("register_counted"), st.integers(), _NAMES, st.integers(0, 5)),
    st.tuples(st.sampled_from(("unregister", "unregister_counted")), st.integers(), _NAMES, st.integers(0, 5)),
    st.tuples(st.just("copy"), st.integers(), st.just(""), st.just(0)),
)


def _handler(number: int) -> Any:
    def handle(**_: Any) -> int:
        return number

    return handle


_HANDLERS = [_handler(number) for number in range(6)]


def _do(emitters: list[Any], step: tuple[str, int, str, int]) -> object:
    kind, which, name, number = step
    emitter = emitters[which % len(emitters)]
    try:
        if kind == "copy":
            emitters.append(copy.copy(emitter))
        elif kind == "register_counted":
            emitter.register(name, _HANDLERS[number], unique_id=f"id-{number}", unique_id_uses_count=True)
        elif kind == "unregister_counted":
            emitter.unregister(name, unique_id=f"id-{number}", unique_id_uses_count=True)
        else:
            getattr(emitter, kind)(name, _HANDLERS[number])
    except (ValueError, AttributeError, TypeError) as error:  # botocore's own, for what was never registered there
        return type(error), str(error)
    return None


def _answers(emitter: Any) -> list[list[int]]:
    names = [".".join(parts) for parts in (("before-send",), ("before-send", "sqs"), ("sqs", "SendMessage"), ("elb",))]
    return [
        [answer for _, answer in emitter.emit(name)] for name in (*names, "before-send.sqs.SendMessage", "elb.sqs.x")
    ]


@given(st.lists(_STEPS, max_size=30))
@settings(max_examples=60, deadline=None)
def test_emitters_behave_as_botocores_whatever_is_done_to_them_and_to_their_copies(
    steps: list[tuple[str, int, str, int]],
) -> None:
    start = HierarchicalEmitter()
    start.register("before-send.sqs", _HANDLERS[0])
    theirs: list[Any] = [EventAliaser(start)]
    ours: list[Any] = [Aliaser(Emitter.of(start))]
    for step in steps:
        assert _do(ours, step) == _do(theirs, step)
        assert [_answers(emitter) for emitter in ours] == [_answers(emitter) for emitter in theirs]


def test_a_session_in_a_cloud_has_botocores_handlers_in_botocores_order() -> None:
    def answering(session: Any, event: str) -> list[Any]:
        return list(session.get_component("event_emitter")._emitter._handlers.prefix_search(event))

    events = ("before-parameter-build.s3.PutObject", "choose-signer.sts.GetCallerIdentity", "request-created", "docs.x")
    outside = botocore.session.Session()
    with mock_aws():
        inside = botocore.session.Session()
    for event in events:
        assert answering(inside, event) == answering(outside, event)


def test_what_one_session_or_client_registers_no_other_has() -> None:
    seen: list[str] = []

    def listen(name: str) -> Any:
        return lambda **_: seen.append(name)

    with mock_aws():
        first, second = botocore.session.Session(), botocore.session.Session()
        before = first.create_client("sts")
        first.register("before-call.sts", listen("first session"))
        after, other = first.create_client("sts"), second.create_client("sts")
        after.meta.events.register("before-call.sts", listen("one client"))
        for client, expected in ((before, []), (other, []), (after, ["first session", "one client"])):
            seen.clear()
            client.get_caller_identity()
            assert seen == expected


def test_handlers_without_keyword_arguments_are_refused() -> None:
    with mock_aws():
        session = botocore.session.Session()
        with pytest.raises(ValueError, match=r"must accept keyword arguments \(\*\*kwargs\)"):
            session.register("before-call", lambda params: None)
