"""The spelling of bodies: what a protocol must say to read and write structures as JSON, CBOR or XML."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from awsim.protocol.trees import Members
from awsim.spec import StructureShape

#: Raises ServiceException for what it cannot read.
BodyReader = Callable[[bytes], Any]
#: Raises Misfit for what does not fit the shape.
BodyWriter = Callable[[Any], bytes]


class BodyFormat(Protocol):
    """How structures are spelt as bytes."""

    content_type: str

    def reader(self, shape: StructureShape, members: Members) -> BodyReader:
        """Compile the reading of a structure from a body that carries these members of it."""

    def writer(self, shape: StructureShape, members: Members) -> BodyWriter:
        """Compile the writing of these members of a structure."""
