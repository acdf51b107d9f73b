"""A provider's answer of which some members are JSON text already.

Owns the two ways to see it: as the text that the JSON protocols send as it is, and as the mapping that everyone else
sees. For services that keep what they answer as text, and would read it only to have it written again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any


class JsonAnswer(Mapping[str, Any]):
    """An answer by AWS's names: ``members`` are values, ``texts`` the members that are JSON, as the wire has it.
    ``decode`` gives a text's value, when somebody asks for it.

    What a text spells is not held against the model: the service vouches for it.
    """

    __slots__ = ("_decode", "_decoded", "members", "texts")

    def __init__(self, members: Mapping[str, Any], texts: Mapping[str, str], decode: Callable[[str], Any]) -> None:
        self.members = members
        self.texts = texts
        self._decode = decode
        self._decoded: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self.texts:
            return self.members[name]
        if name not in self._decoded:
            self._decoded[name] = self._decode(self.texts[name])
        return self._decoded[name]

    def __iter__(self) -> Iterator[str]:
        yield from self.members
        yield from self.texts

    def __len__(self) -> int:
        return len(self.members) + len(self.texts)
