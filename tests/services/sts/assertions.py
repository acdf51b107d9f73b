"""SAML responses as identity providers write them, for tests to bend."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from xml.sax.saxutils import escape, quoteattr

from .conftest import NOW, OTHER, ROLE

PROVIDER = f"arn:aws:iam::{OTHER}:saml-provider/Acme"
ISSUER = "https://idp.acme.example/saml"
ATTRIBUTES = "https://aws.amazon.com/SAML/Attributes/"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"


def written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.0000000Z")


def response(
    attributes: Mapping[str, Sequence[str]] | None = None,
    *,
    prefix: str = ATTRIBUTES,
    issuer: str = ISSUER,
    name_id_format: str = PERSISTENT,
    status: str = SUCCESS,
    issued: datetime = NOW,
    expires: datetime = NOW + timedelta(minutes=5),
    session_ends: datetime | None = NOW + timedelta(hours=8),
) -> str:
    """A response with one assertion, as XML. ``attributes`` replace the usual ones by name."""
    present = {"Role": [f"{ROLE},{PROVIDER}"], "RoleSessionName": ["jane@acme.example"], **(attributes or {})}
    statements = "".join(
        f"<Attribute Name={quoteattr(prefix + name)}>"
        + "".join(f"<AttributeValue>{escape(value)}</AttributeValue>" for value in values)
        + "</Attribute>"
        for name, values in present.items()
    )
    session = f" SessionNotOnOrAfter='{written(session_ends)}'" if session_ends else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_1" IssueInstant="{written(issued)}">
  <Issuer xmlns="urn:oasis:names:tc:SAML:2.0:assertion">not this one</Issuer>
  <samlp:Status><samlp:StatusCode Value="{status}"/></samlp:Status>
  <Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion" ID="_2" Version="2.0" IssueInstant="{written(issued)}">
    <Issuer>{escape(issuer)}</Issuer>
    <Subject>
      <NameID Format="{name_id_format}">jane</NameID>
      <SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">
        <SubjectConfirmationData NotOnOrAfter="{written(expires)}" Recipient="https://signin.aws.amazon.com/saml"/>
      </SubjectConfirmation>
    </Subject>
    <AuthnStatement AuthnInstant="{written(issued)}"{session}/>
    <AttributeStatement>{statements}</AttributeStatement>
  </Assertion>
</samlp:Response>"""


def encoded(document: str | bytes) -> str:
    raw = document.encode() if isinstance(document, str) else document
    return base64.b64encode(raw).decode()
