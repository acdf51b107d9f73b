"""SAML 2.0: reads what an identity provider asserts, as far as AWS looks at it.

Reads with expat, event by event; a document type is refused before its entities mean anything, and so is nesting that
no assertion needs. Knows no requests.
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import datetime
from typing import Any
from xml.parsers import expat

import attrs

from awsim.services.sts.errors import errors

_ASSERTION = "urn:oasis:names:tc:SAML:2.0:assertion"
_PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
_SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
_NAME_ID_FORMAT = "urn:oasis:names:tc:SAML:2.0:nameid-format:"
#: AWS's attributes; in China the part before is http://www.amazonaws.cn, elsewhere https://aws.amazon.com.
_ATTRIBUTE = "/SAML/Attributes/"
_DEPTH_MAX = 64
_DATE_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_SESSION_NAME = re.compile(r"[a-zA-Z_0-9+=,.@-]{2,64}")
_INVALID = "Your request included an invalid SAML response."


@attrs.define
class Assertion:
    """What an assertion says, in its own words. Times in epoch seconds; None where it does not say."""

    issuer: str = ""
    subject: str = ""
    name_id_format: str = ""
    recipient: str = ""
    issued_at: float | None = None
    not_on_or_after: float | None = None
    session_not_on_or_after: float | None = None
    status: str = ""
    #: AWS's attributes by what follows ``/SAML/Attributes/``: Role, RoleSessionName, PrincipalTag:Project, …
    attributes: dict[str, list[str]] = attrs.Factory(dict)

    @property
    def subject_type(self) -> str:
        """The format of the subject, as the SubjectType of the answer has it."""
        return self.name_id_format.removeprefix(_NAME_ID_FORMAT)

    @property
    def role_session_name(self) -> str:
        """Raises InvalidIdentityToken where it is missing or cannot be one."""
        name = self._only("RoleSessionName")
        if not name:
            raise _invalid("RoleSessionName is required in AuthnResponse")
        if not _SESSION_NAME.fullmatch(name):
            raise _invalid("RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}")
        return name

    @property
    def source_identity(self) -> str:
        """Or "". Raises InvalidIdentityToken for one that cannot be."""
        name = self._only("SourceIdentity")
        if name and not _SESSION_NAME.fullmatch(name):
            raise _invalid('Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"')
        return name

    @property
    def tags(self) -> dict[str, str]:
        """The session's tags."""
        return {
            name.removeprefix("PrincipalTag:"): values[0]
            for name, values in self.attributes.items()
            if name.startswith("PrincipalTag:") and values
        }

    @property
    def transitive_tag_keys(self) -> list[str]:
        """Which of the tags pass on."""
        return self.attributes.get("TransitiveTagKeys", [])

    def allows(self, role_arn: str, provider_arn: str) -> bool:
        """Whether the Role attribute pairs this role with this provider. AWS: in either order."""
        pairs = ({part.strip() for part in value.split(",")} for value in self.attributes.get("Role", []))
        return {role_arn, provider_arn} in pairs

    def _only(self, name: str) -> str:
        return (self.attributes.get(name) or [""])[0]


def read_assertion(encoded: str) -> Assertion:
    """The first assertion of a base64 response. Raises InvalidIdentityToken; IDPRejectedClaim for a response that says
    that authentication failed."""
    # Deviation: signatures are not checked and encrypted assertions are not read, since no provider's metadata is here.
    try:
        # AWS: forms and command lines wrap base64, so blanks and line ends are skipped.
        document = base64.b64decode("".join(encoded.split()).encode("ascii"), validate=True)
    except (ValueError, binascii.Error):
        raise _invalid("Invalid base64 SAMLResponse") from None
    reader = _Reader()
    try:
        reader.read(document)
    except (expat.ExpatError, LookupError, ValueError):
        raise _invalid(_INVALID) from None
    assertion = reader.assertion
    if assertion.status not in ("", _SUCCESS):
        raise errors.IDPRejectedClaimException("The identity provider (IdP) reported that authentication failed.")
    texts = (assertion.issuer, assertion.subject, assertion.subject_type, assertion.recipient)
    tags = (*assertion.tags, *assertion.tags.values())
    if not assertion.issuer or "Role" not in assertion.attributes or not all(map(str.isprintable, (*texts, *tags))):
        raise _invalid(_INVALID)
    return assertion


class _Reader:
    """Walks the document once; ``assertion`` is what was found on the way."""

    def __init__(self) -> None:
        self.assertion = Assertion()
        self._path: list[str] = []
        self._texts: list[list[str]] = []
        self._attribute = ""
        self._done = False

    def read(self, document: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse_document_type
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.Parse(document, True)

    def _refuse_document_type(self, *_: Any) -> None:
        raise ValueError("a document type")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name)
        self._texts.append([])
        if len(self._path) > _DEPTH_MAX:
            raise ValueError("nested too deeply")
        namespace, _, local = name.rpartition(" ")
        if self._done:
            return
        if namespace == _ASSERTION:
            self._start_in_assertion(local, attributes)
        elif (namespace, local) == (_PROTOCOL, "StatusCode") and not self.assertion.status:
            self.assertion.status = attributes.get("Value", "")

    def _start_in_assertion(self, local: str, attributes: dict[str, str]) -> None:
        assertion = self.assertion
        if local == "Assertion":
            assertion.issued_at = _epoch(attributes.get("IssueInstant"))
        elif local == "NameID":
            assertion.name_id_format = attributes.get("Format", "")
        elif local == "SubjectConfirmationData":
            assertion.recipient = attributes.get("Recipient", "")
            assertion.not_on_or_after = _epoch(attributes.get("NotOnOrAfter"))
        elif local == "AuthnStatement":
            assertion.session_not_on_or_after = _epoch(attributes.get("SessionNotOnOrAfter"))
        elif local == "Attribute":
            self._attribute = attributes.get("Name", "").partition(_ATTRIBUTE)[2]

    def _text(self, text: str) -> None:
        self._texts[-1].append(text)

    def _end(self, name: str) -> None:
        self._path.pop()
        text = "".join(self._texts.pop()).strip()
        namespace, _, local = name.rpartition(" ")
        if self._done or namespace != _ASSERTION:
            return
        within = self._path[-1].rpartition(" ")[2] if self._path else ""
        if local == "Assertion":
            self._done = True
        elif (within, local) == ("Assertion", "Issuer"):
            self.assertion.issuer = text
        elif (within, local) == ("Subject", "NameID"):
            self.assertion.subject = text
        elif local == "AttributeValue" and self._attribute:
            self.assertion.attributes.setdefault(self._attribute, []).append(text)


def _epoch(text: str | None) -> float | None:
    """Seconds since the epoch of an xs:dateTime. Raises ValueError."""
    if text is None:
        return None
    found = _DATE_TIME.fullmatch(text.strip())
    if found is None:
        raise ValueError("not a dateTime")
    zone = "+00:00" if found[2] in (None, "Z") else found[2]
    return datetime.fromisoformat(found[1] + zone).timestamp()


def _invalid(message: str) -> Exception:
    return errors.InvalidIdentityTokenException(message)
