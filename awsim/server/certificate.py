"""The certificate that a server shows: one that awsim makes itself, for the names by which this machine is called.

Owns its making and its keeping in the user's cache directory, so that a client that trusts it once trusts the next
server too.
"""

from __future__ import annotations

import ipaddress
import os
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple

from awsim.errors import MissingExtraError
from awsim.protocol.disk_cache import directory

_NAMES = (
    "localhost",
    "*.localhost",
    "localhost.localstack.cloud",
    "*.localhost.localstack.cloud",
    "*.s3.localhost.localstack.cloud",
    "*.s3.localhost",
)
_ADDRESSES = ("127.0.0.1", "::1")
_VALID = timedelta(days=365)
#: One that ends sooner than this is made anew.
_LEFT_MIN = timedelta(days=7)


class Certificate(NamedTuple):
    """The files of a certificate and its key, PEM each. Clients trust the first (``AWS_CA_BUNDLE``)."""

    certificate: Path
    key: Path


def own_certificate(host: str, folder: Path | None = None) -> Certificate:
    """The certificate kept in a folder (default: in awsim's cache), made where there is none that fits ``host``.

    Raises MissingExtraError without cryptography.
    """
    try:
        import cryptography  # noqa: F401  # only asked for here: it takes long to load
    except ImportError:
        raise MissingExtraError('TLS needs an extra; install it with: pip install "awsim[server]"') from None
    folder = folder or directory() / "tls"
    found = Certificate(folder / "server.pem", folder / "server.key")
    if not _fits(found, host):
        folder.mkdir(parents=True, exist_ok=True)
        certificate, key = _make(host)
        # The key is nobody else's from its first byte on; both appear whole, for another server may start just now.
        _replace(found.key, key, mode=0o600)
        _replace(found.certificate, certificate, mode=0o644)
    return found


def _fits(found: Certificate, host: str) -> bool:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

    try:
        certificate = x509.load_pem_x509_certificate(found.certificate.read_bytes())
        key = load_pem_private_key(found.key.read_bytes(), None)
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, TypeError, x509.ExtensionNotFound):
        return False
    known = {str(name.value) for name in names}
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return (
        certificate.not_valid_after_utc - datetime.now(timezone.utc) > _LEFT_MIN
        and known >= {*_NAMES, *_ADDRESSES, *_own_names(host)}
        and certificate.public_key().public_bytes(*form) == key.public_key().public_bytes(*form)
    )


def _own_names(host: str) -> set[str]:
    """What the host that is listened on adds, if it names anything."""
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return {host} if host else set()
    return set() if address.is_unspecified else {str(address)}


def _make(host: str) -> tuple[bytes, bytes]:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "awsim, AWS on this machine")])
    names: list[x509.GeneralName] = []
    for text in (*_NAMES, *_ADDRESSES, *sorted(_own_names(host) - {*_NAMES, *_ADDRESSES})):
        try:
            names.append(x509.IPAddress(ipaddress.ip_address(text)))
        except ValueError:
            names.append(x509.DNSName(text))
    now = datetime.now(timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _VALID)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return (
        certificate.public_bytes(Encoding.PEM),
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )


def _replace(path: Path, content: bytes, mode: int) -> None:
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
    unfinished.replace(path)
