"""Which services there are, and by what a request on the wire gives away which one it is for.

Owns a small index over all models: names, versions and prefixes, but no operations. It is built without loading whole
models and kept on disk, keyed by botocore's version. Knows nothing of requests.
"""

from __future__ import annotations

import functools
import gzip
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import botocore

from awsim import spec
from awsim.protocol.disk_cache import cached

#: Goes up whenever the shape or the meaning of what is kept changes.
_FORMAT = 1
#: A model begins with its metadata; this much of it is enough to hold them.
_METADATA_LENGTH_MAX = 16 * 1024
_NAME = re.compile(r"[a-z0-9-]+")
_FIRST_SEGMENT = re.compile(r'"requestUri"\s*:\s*"/([^"/{?]+)')


class ServiceEntry(NamedTuple):
    """What the index holds of a service; "" for what it does not have."""

    name: str
    signing_name: str
    endpoint_prefix: str
    target_prefix: str
    api_version: str
    protocols: tuple[str, ...]


class ServiceIndex:
    """Services by what requests carry. Each table gives the services in order of name."""

    def __init__(self, entries: Iterable[ServiceEntry]) -> None:
        self.services = {entry.name: entry for entry in entries}
        self.by_signing_name = self._table(lambda entry: entry.signing_name)
        self.by_target_prefix = self._table(lambda entry: entry.target_prefix)
        self.by_endpoint_prefix = self._table(lambda entry: entry.endpoint_prefix)
        self.by_version = self._table(lambda entry: entry.api_version if {"query", "ec2"} & {*entry.protocols} else "")

    def _table(self, key_of: Callable[[ServiceEntry], str]) -> dict[str, tuple[ServiceEntry, ...]]:
        table: dict[str, tuple[ServiceEntry, ...]] = {}
        for _, entry in sorted(self.services.items()):
            key = key_of(entry)
            if key:
                table[key] = (*table.get(key, ()), entry)
        return table


@functools.cache
def service_index() -> ServiceIndex:
    """The index of the installed botocore; one per process."""
    return ServiceIndex(cached("services", _key(), _build_entries, _read_entries))


@functools.cache
def services_by_first_segment() -> Mapping[str, str]:
    """REST services by what their paths begin with, where no two begin so: ``2015-03-31`` -> ``lambda``.

    Takes a second when it is first built: only for requests that carry nothing better.
    """
    return cached("first-segments", _key(), _build_first_segments, _read_first_segments)


def _key() -> str:
    return f"{_FORMAT}:{botocore.__version__}:{os.pathsep.join(spec.loader().search_paths)}"


# Services


def _build_entries() -> list[list[Any]]:
    return [_entry(name, _metadata(name)) for name in sorted(spec.service_names())]


def _entry(name: str, metadata: Mapping[str, Any]) -> list[Any]:
    protocols = [metadata["protocol"], *metadata.get("protocols", ())]
    # AWS: services that left the query protocol, as SQS did, still answer it.
    if "awsQueryCompatible" in metadata:
        protocols.append("query")
    return [
        name,
        metadata.get("signingName") or metadata["endpointPrefix"],
        metadata["endpointPrefix"],
        metadata.get("targetPrefix", ""),
        metadata["apiVersion"],
        list(dict.fromkeys(protocols)),
    ]


def _read_entries(kept: Any) -> list[ServiceEntry]:
    if not isinstance(kept, list) or not kept:
        raise ValueError("not a list")
    return [_read_entry(entry) for entry in kept]


def _read_entry(kept: Any) -> ServiceEntry:
    if not isinstance(kept, list) or len(kept) != len(ServiceEntry._fields):
        raise ValueError("not an entry")
    *texts, protocols = kept
    if not isinstance(protocols, list) or not all(isinstance(text, str) for text in (*texts, *protocols)):
        raise ValueError("not texts")
    entry = ServiceEntry._make((*texts, tuple(protocols)))
    if not _NAME.fullmatch(entry.name) or not entry.protocols:
        raise ValueError("not a service")
    return entry


def _metadata(service_name: str) -> Mapping[str, Any]:
    """A service's metadata, read from the beginning of its model where that can be had."""
    for path in _model_files(service_name):
        beginning = _read(path, _METADATA_LENGTH_MAX)
        start = re.search(r'"metadata"\s*:\s*', beginning)
        if start:
            try:
                metadata, _ = json.JSONDecoder().raw_decode(beginning, start.end())
            except ValueError:
                continue
            if isinstance(metadata, dict) and {"apiVersion", "endpointPrefix", "protocol"} <= metadata.keys():
                return metadata
    whole: Mapping[str, Any] = spec.load_service(service_name).metadata
    return whole


def _model_files(service_name: str) -> Iterator[Path]:
    for search_path in spec.loader().search_paths:
        folder = Path(search_path, service_name)
        if folder.is_dir():
            for version in sorted(folder.iterdir(), reverse=True):
                for name in ("service-2.json", "service-2.json.gz"):
                    if (version / name).is_file():
                        yield version / name
                        return


def _read(path: Path, length: int = -1) -> str:
    if path.suffix == ".gz":
        with gzip.open(path) as file:
            return file.read(length).decode("utf-8", "ignore")
    with path.open("rb") as plain:
        return plain.read(length).decode("utf-8", "ignore")


# Paths


def _build_first_segments() -> dict[str, str]:
    owners: dict[str, set[str]] = {}
    for entry in service_index().services.values():
        if any(protocol.startswith("rest-") for protocol in entry.protocols):
            for path in _model_files(entry.name):
                for segment in _FIRST_SEGMENT.findall(_read(path)):
                    owners.setdefault(segment, set()).add(entry.name)
    return {segment: min(names) for segment, names in owners.items() if len(names) == 1}


def _read_first_segments(kept: Any) -> dict[str, str]:
    if not isinstance(kept, dict) or not kept:
        raise ValueError("not a mapping")
    services = service_index().services
    if not all(isinstance(name, str) and name in services for name in kept.values()):
        raise ValueError("not services")
    return kept
