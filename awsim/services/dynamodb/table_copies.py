"""Copies of tables: what backups keep, what restoring makes of it, and what a failed change is undone by."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import attrs

from awsim.aws.dynamodb_items import read_item
from awsim.services.dynamodb.item_size import item_bytes
from awsim.services.dynamodb.ordered_map import OrderedMap
from awsim.services.dynamodb.secondary_index import SecondaryIndex
from awsim.services.dynamodb.table import StoredItem, Table


def copy_table(table: Table) -> Table:
    """The table's definition and items. Indexes have no entries; streams, tags and the like stay behind."""
    return Table(
        name=table.name,
        arn=table.arn,
        table_id=table.table_id,
        created_at=table.created_at,
        attribute_types=dict(table.attribute_types),
        schema=table.schema,
        billing_mode=table.billing_mode,
        on_demand_since=table.on_demand_since,
        throughput=attrs.evolve(table.throughput),
        on_demand_throughput=table.on_demand_throughput,
        indexes={name: empty_index(index, table.arn) for name, index in table.indexes.items()},
        vector_indexes={
            name: attrs.evolve(index, arn=f"{table.arn}/index/{name}") for name, index in table.vector_indexes.items()
        },
        items=_copy_items(table.items),
        size_bytes=table.size_bytes,
        table_class=table.table_class,
        kms_key_arn=table.kms_key_arn,
    )


@contextmanager
def all_or_nothing(*tables: Table) -> Iterator[None]:
    """Undo what the block changed of the tables' settings and indexes if it fails; the items must not change in it."""
    kept = [
        (table, _settings(table), {name: _throughputs(one) for name, one in table.indexes.items()}) for table in tables
    ]
    try:
        yield
    except BaseException:
        for table, settings, throughputs in kept:
            for name, value in settings.items():
                setattr(table, name, value)
            for name, changes in throughputs.items():
                for member, value in changes.items():
                    setattr(table.indexes[name], member, value)
        raise


def _settings(table: Table) -> dict[str, Any]:
    names = (field.name for field in attrs.fields(Table) if field.name not in ("items", "history", "size_bytes"))
    return {name: copy.copy(getattr(table, name)) for name in names}


def _throughputs(index: SecondaryIndex) -> dict[str, Any]:
    names = ("throughput", "on_demand_throughput", "warm_throughput")
    return {name: copy.copy(getattr(index, name)) for name in names}


def empty_index(index: SecondaryIndex, table_arn: str) -> SecondaryIndex:
    """An index of the same definition, for a table of this ARN, without entries."""
    return attrs.evolve(
        index,
        arn=f"{table_arn}/index/{index.name}",
        throughput=attrs.evolve(index.throughput),
        entries=OrderedMap(),
        size_bytes=0,
    )


def rewind(copy: Table, source: Table, moment: float) -> None:
    """Give a fresh copy of ``source`` the items of a moment in its history."""
    for change in reversed(source.history):
        if change.changed_at <= moment:
            break
        if change.old is None:
            copy.items.remove(change.key)
        else:
            copy.items.set(change.key, StoredItem(change.old, item_bytes(read_item(change.old))))
    copy.size_bytes = sum(stored.size for _, stored in copy.items.ascending())


def _copy_items(items: OrderedMap[StoredItem]) -> OrderedMap[StoredItem]:
    keys, values = [list(block) for block in items.keys], [list(block) for block in items.values]
    return OrderedMap(list(items.firsts), keys, values, items.length)
