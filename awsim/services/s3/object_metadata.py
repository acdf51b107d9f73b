"""The metadata of an object: S3's own headers, and the user's, which may hold any text.

AWS: user metadata travels in headers. Text beyond ASCII comes back as RFC 2047's encoded words, by the rules of
JavaMail's MimeUtility (recorded); encoded words that a sender sends are decoded first.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

from awsim.services.s3.errors import InvalidRedirectLocation, MetadataTooLarge

DEFAULT_CONTENT_TYPE = "binary/octet-stream"

#: The system headers that are kept and echoed, by their members' names.
SYSTEM_MEMBERS = (
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "ContentType",
    "WebsiteRedirectLocation",
)

#: Where the text of an Expires header is kept that is no date, of which AWS keeps any: no header has such a name.
EXPIRES_TEXT = "expires (text)"

_METADATA_SIZE_MAX = 2048
_ENCODED_WORD = re.compile(r"=\?([\w-]+)\?([QqBb])\?([^?]*)\?=")
#: What encoded words say as it is in free text; a space becomes an underscore.
_Q_SAFE = frozenset(b"!\"#$%&'()*+,-./0123456789:;<>@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^`abcdefghijklmnopqrstuvwxyz{|}~")


def system_headers(request: Mapping[str, Any]) -> dict[str, str] | None:
    """The system headers that a request gives an object, by member. Raises InvalidRedirectLocation."""
    redirect = request.get("WebsiteRedirectLocation")
    if redirect and not redirect.startswith(("/", "http://", "https://")):
        raise InvalidRedirectLocation
    return {name: request[name] for name in SYSTEM_MEMBERS if request.get(name)} or None


def user_metadata(request: Mapping[str, Any]) -> dict[str, str] | None:
    """The metadata that a request gives an object, decoded. Raises MetadataTooLarge."""
    given = request.get("Metadata")
    if not given:
        return None
    metadata = {name.lower(): decode(value) for name, value in given.items()}
    size = sum(len(name) + len(value.encode()) for name, value in metadata.items())
    if size > _METADATA_SIZE_MAX:
        raise MetadataTooLarge(MaxSizeAllowed=_METADATA_SIZE_MAX, Size=size)
    return metadata


def decode(header: str) -> str:
    """A header's text as its sender meant it: UTF-8 in what HTTP takes for Latin-1, and encoded words."""
    if header.isascii():
        return _ENCODED_WORD.sub(_decode_word, header) if "=?" in header else header
    try:
        return header.encode("latin-1").decode("utf-8", "replace")
    except UnicodeEncodeError:
        return header  # text already


def _decode_word(match: re.Match[str]) -> str:
    charset, encoding, text = match.groups()
    try:
        if encoding in "Bb":
            return base64.b64decode(text).decode(charset, "replace")
        return binascii.a2b_qp(text.replace("_", " ")).decode(charset, "replace")
    except (LookupError, binascii.Error):
        return match[0]


def encode(text: str) -> str:
    """Text as a header carries it: itself if it is ASCII, else an encoded word, in whichever encoding is shorter."""
    plain = sum(_is_plain(character) for character in text)
    if plain == len(text):
        return text
    data = text.encode()
    if plain <= len(text) - plain:
        return f"=?UTF-8?B?{base64.b64encode(data).decode()}?="
    quoted = "".join(chr(byte) if byte in _Q_SAFE else "_" if byte == 0x20 else f"={byte:02X}" for byte in data)
    return f"=?UTF-8?Q?{quoted}?="


def _is_plain(character: str) -> bool:
    code = ord(character)
    return 0x20 <= code < 0x7F or character in "\r\n\t"


def encoded_metadata(metadata: Mapping[str, str] | None) -> dict[str, str]:
    """User metadata as answers carry it."""
    return {name: encode(value) for name, value in metadata.items()} if metadata else {}
