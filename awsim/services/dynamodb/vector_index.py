"""One vector index of a table: what it holds of an item, and how near an item's vector is to another.

Owns its definition and the measures. Must not know requests. It has no entries of its own: a search looks at every item
of the table, and so finds the nearest without fail, where AWS finds them approximately.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs

from awsim.aws.dynamodb_items import Item

Vector = Sequence[float]


@attrs.define(eq=False)
class VectorIndex:
    """A vector index as it was defined."""

    name: str
    arn: str
    #: The attribute that holds an item's vector: a list of numbers, or a set of none.
    attribute_name: str
    dimensions: int
    #: COSINE, EUCLIDEAN or DOT_PRODUCT.
    distance_function: str
    #: ALL, KEYS_ONLY or INCLUDE.
    projection_type: str
    non_key_attributes: list[str]
    #: Attribute -> HASH or INLINE_FILTER.
    search_schema: dict[str, str]
    #: The keys of the table, which every index projects.
    key_names: list[str]

    def vector_of(self, item: Item) -> Vector | None:
        """The item's vector, as 32-bit numbers; None for an item that the index leaves out: one whose attribute is no
        list of as many numbers, or that lacks the partition key."""
        if any(role == "HASH" and name not in item for name, role in self.search_schema.items()):
            return None
        elements = (item.get(self.attribute_name) or {}).get("L")
        return None if elements is None else vector(elements, self.dimensions)

    def project(self, item: Item) -> Item:
        """What the index holds of an item."""
        if self.projection_type == "ALL":
            return item
        kept = {*self.key_names, *self.search_schema, *self.non_key_attributes, self.attribute_name}
        return {name: value for name, value in item.items() if name in kept}

    def score(self, one: Vector, other: Vector) -> float:
        """How near two vectors are: AWS's score of the index's distance function."""
        return _SCORES[self.distance_function](one, other)

    @property
    def is_best_highest(self) -> bool:
        """Whether a higher score is a nearer item."""
        return self.distance_function == "DOT_PRODUCT"

    def describe(self, status: str) -> dict[str, Any]:
        """The VectorIndexDescription, but for what is counted."""
        return {
            "IndexName": self.name,
            "SearchSchema": [
                {"AttributeName": name, "SearchSchemaElementType": role} for name, role in self.search_schema.items()
            ]
            or None,
            "Projection": {
                "ProjectionType": self.projection_type,
                "NonKeyAttributes": self.non_key_attributes or None,
            },
            "VectorAttribute": {"AttributeName": self.attribute_name},
            "Dimensions": self.dimensions,
            "DistanceFunction": self.distance_function,
            "IndexStatus": status,
            "IndexArn": self.arn,
        }


def vector(elements: Sequence[Mapping[str, Any]], dimensions: int) -> Vector | None:
    """Attribute values as a vector of 32-bit numbers; None for what is none of that many dimensions."""
    if len(elements) != dimensions or any("N" not in element for element in elements):
        return None
    try:
        return struct.unpack(f"{dimensions}f", struct.pack(f"{dimensions}f", *(float(e["N"]) for e in elements)))
    except OverflowError:
        return None


def _cosine(one: Vector, other: Vector) -> float:
    lengths = math.hypot(*one) * math.hypot(*other)
    # Nothing is similar to a vector without a direction.
    return 1.0 if lengths == 0 else min(max(1.0 - _dot_product(one, other) / lengths, 0.0), 2.0)


def _dot_product(one: Vector, other: Vector) -> float:
    return math.fsum(a * b for a, b in zip(one, other, strict=True))


_SCORES: dict[str, Callable[[Vector, Vector], float]] = {
    "COSINE": _cosine,
    "EUCLIDEAN": math.dist,
    "DOT_PRODUCT": _dot_product,
}
