"""Identifiers and chance, seeded: the same seed and the same calls give the same bytes."""

from __future__ import annotations

import string
from collections import deque
from collections.abc import Callable
from random import Random

from awsim.errors import MisuseError

_ALPHANUMERIC = string.ascii_letters + string.digits
_UPPER_ALPHANUMERIC = string.ascii_uppercase + string.digits


class Ids:
    """A Cloud's source of identifiers and of chance (``random``). Request ids come from a stream of their own, so
    that a call more or less does not change the ids of resources."""

    __slots__ = ("_chances", "_check_kind", "_chosen", "_random", "_requests", "_seed", "draw_count")

    def __init__(self, seed: int | str = 0, check_kind: Callable[[str], object] | None = None) -> None:
        self._seed = seed
        self._check_kind = check_kind
        #: How often :attr:`random` was asked for: it tells whether something drew from it in between.
        self.draw_count = 0
        #: What a test has chosen to come next, by kind.
        self._chosen: dict[str, deque[str]] = {}
        # Seeding costs some 20 us, and many a Cloud is never asked.
        self._random: Random | None = None
        self._requests: Random | None = None
        self._chances: dict[str, Random] = {}

    def reseed(self, seed: int | str) -> None:
        """Begin anew with a seed. Nothing happens for the seed that it has: its identifiers would come again."""
        if seed != self._seed:
            self._seed = seed
            self._random = self._requests = None
            self._chances.clear()

    @property
    def random(self) -> Random:
        """The source of all chance."""
        self.draw_count += 1
        if self._random is None:
            self._random = Random(f"awsim:{self._seed}")  # noqa: S311  # repeatable on purpose
        return self._random

    def chance_of(self, purpose: str) -> Random:
        """A source of chance of its own: what is drawn from it changes no identifier. No part of snapshots."""
        chance = self._chances.get(purpose)
        if chance is None:
            chance = self._chances[purpose] = Random(f"awsim:{purpose}:{self._seed}")  # noqa: S311  # repeatable on purpose
        return chance

    @property
    def _request_stream(self) -> Random:
        if self._requests is None:
            self._requests = Random(f"awsim:requests:{self._seed}")  # noqa: S311  # repeatable on purpose
        return self._requests

    def uuid(self) -> str:
        """A version 4 UUID."""
        return _uuid(self.random.getrandbits(128))

    def request_id(self) -> str:
        """A version 4 UUID for the x-amzn-RequestId of one call."""
        return _uuid(self._request_stream.getrandbits(128))

    def hex(self, length: int) -> str:
        """That many hexadecimal digits, lower-case."""
        return f"{self.random.getrandbits(4 * length):0{length}x}"

    def new_id(self, prefix: str, length: int = 17) -> str:
        """An identifier like EC2's: ``new_id("vpc")`` -> ``vpc-0a1b2c3d4e5f60718``."""
        return f"{prefix}-{self.hex(length)}"

    def alphanumeric(self, length: int, *, upper: bool = False) -> str:
        """That many letters and digits; only upper-case letters if ``upper``."""
        return "".join(self.random.choices(_UPPER_ALPHANUMERIC if upper else _ALPHANUMERIC, k=length))

    def next(self, kind: str, /, *identifiers: str) -> None:
        """Choose the next identifiers of a kind, one after the other: ``aws.ids.next("sqs.message", "m-1", "m-2")``.

        They are used as they are. Raises MisuseError for a kind whose identifiers nobody can choose, and for what is
        no identifier; then nothing has changed.
        """
        if not isinstance(kind, str) or "." not in kind:
            raise MisuseError(f"a kind of thing is written 'sqs.message', not {kind!r}")
        if self._check_kind is not None:
            self._check_kind(kind)
        if not identifiers:
            raise MisuseError(f"say which identifiers come next: aws.ids.next({kind!r}, 'first', 'second')")
        for identifier in identifiers:
            if not isinstance(identifier, str) or not identifier:
                raise MisuseError(f"an identifier is a text that is not empty, not {identifier!r}")
        self._chosen.setdefault(kind, deque()).extend(identifiers)

    @property
    def has_chosen(self) -> bool:
        """Whether any identifier has been chosen."""
        return bool(self._chosen)

    def take_chosen(self, kind: str) -> str | None:
        """The identifier that was chosen to come next; None where it is left to chance."""
        chosen = self._chosen.get(kind)
        return chosen.popleft() if chosen else None

    def get_state(self) -> tuple[object, object]:
        """Where both streams stand, for a snapshot."""
        return self.random.getstate(), self._request_stream.getstate()

    def set_state(self, state: tuple[object, object]) -> None:
        """Continue from where a snapshot stood."""
        self.random.setstate(state[0])  # type: ignore[arg-type]  # opaque by contract
        self._request_stream.setstate(state[1])  # type: ignore[arg-type]  # opaque by contract


def _uuid(bits: int) -> str:
    # uuid.UUID(int=…) costs four times as much, and every call draws one.
    bits = (bits & ~(0xF000 << 64) | (4 << 76)) & ~(0xC000 << 48) | (0x8000 << 48)
    digits = f"{bits:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
