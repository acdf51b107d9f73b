"""What a website answers for a key: a page, a redirect, or an error, by the bucket's website configuration.

Pure: the configuration by AWS's names, the key, and a way to ask whether an object exists; knows neither store nor
transport.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs


@attrs.frozen
class Page:
    """Answer with an object: the one asked for (200), or the error document (404) in place of what is ``missing``."""

    key: str
    status_code: int = 200
    missing: str | None = None


@attrs.frozen
class Redirect:
    """Answer with a redirect. ``location`` begins with a slash where host and protocol stay as they are."""

    location: str
    status_code: int


@attrs.frozen
class NotFound:
    """Answer 404 with :func:`error_page`: neither the object nor the error document (if one is configured) exists."""

    key: str
    error_key: str | None = None


Decision = Page | Redirect | NotFound


def decide(
    website: Mapping[str, Any],
    key: str,
    redirect_location: Callable[[str], str | None],
    *,
    scheme: str = "http",
    host: str = "",
    missing_code: str = "404",
) -> Decision:
    """What to answer to a request for a key (the path without its first slash, decoded).

    ``redirect_location`` tells of a key None where there is no such object, else the object's own redirect or "".
    ``scheme`` and ``host`` are the request's; redirects that change one need the other. ``missing_code`` is the error
    that the visitor meets where something is missing: "403" where they may not know.
    """
    everything = website.get("RedirectAllRequestsTo")
    if everything is not None:
        protocol = everything.get("Protocol", scheme)
        return Redirect(f"{protocol}://{everything['HostName']}/{key}", 301)
    rule = _matching_rule(website, key, error_code=None)
    if rule is not None:
        return _redirect(rule, key, scheme, host)
    suffix = website["IndexDocument"]["Suffix"]
    wanted = f"{key}{suffix}" if not key or key.endswith("/") else key
    own = redirect_location(wanted)
    if own is not None:
        return Redirect(own, 301) if own else Page(wanted)
    if wanted == key and redirect_location(f"{key}/{suffix}") is not None:
        return Redirect(f"/{key}/", 302)
    redirect = error_redirect(website, key, missing_code, scheme=scheme, host=host)
    return redirect or _not_found(website, wanted, redirect_location)


def error_redirect(
    website: Mapping[str, Any], key: str, error_code: str, *, scheme: str = "http", host: str = ""
) -> Redirect | None:
    """Where a visitor who met an error ("403") is sent, if anywhere."""
    rule = _matching_rule(website, key, error_code=error_code)
    return _redirect(rule, key, scheme, host) if rule is not None else None


def _not_found(website: Mapping[str, Any], wanted: str, redirect_location: Callable[[str], str | None]) -> Decision:
    document = website.get("ErrorDocument")
    if document is None:
        return NotFound(wanted)
    error_key = document["Key"]
    own = redirect_location(error_key)
    if own is None:
        return NotFound(wanted, error_key)
    return Redirect(own, 301) if own else Page(error_key, 404, wanted)


def _matching_rule(website: Mapping[str, Any], key: str, *, error_code: str | None) -> Mapping[str, Any] | None:
    for rule in website.get("RoutingRules", ()):
        condition = rule.get("Condition") or {}
        is_for = condition.get("HttpErrorCodeReturnedEquals") == error_code
        if is_for and key.startswith(condition.get("KeyPrefixEquals", "")):
            found: Mapping[str, Any] = rule
            return found
    return None


def _redirect(rule: Mapping[str, Any], key: str, scheme: str, host: str) -> Redirect:
    redirect = rule["Redirect"]
    if "ReplaceKeyWith" in redirect:
        key = redirect["ReplaceKeyWith"]
    elif "ReplaceKeyPrefixWith" in redirect:
        prefix = (rule.get("Condition") or {}).get("KeyPrefixEquals", "")
        key = redirect["ReplaceKeyPrefixWith"] + key[len(prefix) :]
    status_code = int(redirect.get("HttpRedirectCode", 301))
    return Redirect(f"{redirect.get('Protocol', scheme)}://{redirect.get('HostName', host)}/{key}", status_code)


def error_page(
    status_code: int,
    reason: str,
    fields: Sequence[tuple[str, str]],
    request_id: str,
    host_id: str,
    error_document_fields: Sequence[tuple[str, str]] | None = None,
) -> str:
    """The page of HTML in which websites tell errors.

    ``fields`` are the error's (Code, Message, Key, …) in their order; ``error_document_fields`` those of the error that
    fetching the error document met, where one is configured and was not there.
    """
    title = html.escape(f"{status_code} {reason}")
    listed = [*fields, ("RequestId", request_id), ("HostId", host_id)]
    parts = [f"<html>\n<head><title>{title}</title></head>\n<body>\n<h1>{title}</h1>\n", _list(listed)]
    if error_document_fields is not None:
        parts.append("<h3>An Error Occurred While Attempting to Retrieve a Custom Error Document</h3>\n")
        parts.append(_list(error_document_fields))
    parts.append("<hr/>\n</body>\n</html>\n")
    return "".join(parts)


def _list(fields: Sequence[tuple[str, str]]) -> str:
    items = "".join(f"<li>{html.escape(name)}: {html.escape(value)}</li>\n" for name, value in fields)
    return f"<ul>\n{items}</ul>\n"
