"""A certificate authority of one's own, in <data>/tls, for the server's certificate and those of devices.

    ca.key, ca.crt          the authority; whoever has ca.crt can tell our servers from others
    server.key, server.crt  the broker's and the pages' certificate
    devices/CODE.key, .crt  a device's own, when asked for

Keys are readable by their owner alone. Instants are arguments.
"""

import ipaddress
import ssl
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from core.embedded.secret import write_private

AUTHORITY_DAYS, SERVER_DAYS, DEVICE_DAYS = 3650, 397, 825
RENEW_WITHIN = timedelta(days=30)
_SKEW = timedelta(minutes=5)  # a device's clock may be a little behind

Pair = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


class TlsError(Exception):
    """There is no such certificate, or the one there cannot be used; the message says what to do."""


def folder(data: Path) -> Path:
    """Where the certificates lie."""
    return data / "tls"


def authority(data: Path) -> str:
    """The authority's certificate as PEM; "" when there is none."""
    try:
        return (folder(data) / "ca.crt").read_text(encoding="ascii")
    except FileNotFoundError:
        return ""


def init(data: Path, names: Sequence[str], now: datetime) -> bool:
    """Make the authority, unless there is one, and a server certificate for `names` (hosts and addresses).

    Returns whether the authority is new.
    """
    place = folder(data)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = not (place / "ca.crt").exists()
    if fresh:
        _keep(place / "ca", _authority(now))
    issue(data, "server", names, now)
    return fresh


def issue(data: Path, kind: str, names: Sequence[str], now: datetime) -> Path:
    """Sign a certificate: `kind` "server" for `names`, or "device" for the one code in `names`.

    Returns where it lies. Raises TlsError without an authority.
    """
    place = folder(data)
    try:
        ca = x509.load_pem_x509_certificate((place / "ca.crt").read_bytes())
        key = serialization.load_pem_private_key((place / "ca.key").read_bytes(), None)
    except FileNotFoundError as error:
        raise TlsError("there is no certificate authority yet: nowalls tls init") from error
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    target = place / "server" if kind == "server" else place / "devices" / names[0]
    target.parent.mkdir(mode=0o700, exist_ok=True)
    _keep(target, _signed((ca, key), kind, names, now))
    return target.with_name(target.name + ".crt")


def expiries(data: Path) -> list[tuple[str, datetime]]:
    """Every certificate here, by name, with the instant it ends."""
    place = folder(data)
    found = sorted([*place.glob("*.crt"), *place.glob("devices/*.crt")])
    return [(str(path.relative_to(place)), read(path).not_valid_after_utc) for path in found]


def ends_soon(data: Path, now: datetime) -> bool:
    """Whether the authority or the server's certificate ends within 30 days, or cannot be read."""
    try:
        ends = [read(folder(data) / name).not_valid_after_utc for name in ("ca.crt", "server.crt")]
    except (TlsError, OSError):
        return True
    return min(ends) - now < RENEW_WITHIN


def read(path: Path) -> x509.Certificate:
    """The certificate at `path`; raises TlsError."""
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except FileNotFoundError as error:
        raise TlsError(f"there is no certificate at {path}: nowalls tls init") from error
    except ValueError as error:
        raise TlsError(f"what lies at {path} is not a certificate") from error


def serves(place: Path) -> bool:
    """Whether the folder `place` holds a server's certificate, the key that fits it, and an authority."""
    try:
        read(place / "ca.crt")
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(place / "server.crt", place / "server.key")
    except (TlsError, OSError):
        return False
    return True


def names_of(certificate: x509.Certificate) -> list[str]:
    """The hosts and addresses a server certificate is for."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return [
        *names.get_values_for_type(x509.DNSName),
        *map(str, names.get_values_for_type(x509.IPAddress)),
    ]


def _authority(now: datetime) -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nowalls local authority")])
    usage = x509.KeyUsage(
        digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    builder = (
        _builder(name, name, key, now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return builder.sign(key, hashes.SHA256()), key


def _signed(ca: Pair, kind: str, names: Sequence[str], now: datetime) -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    server = kind == "server"
    purpose = ExtendedKeyUsageOID.SERVER_AUTH if server else ExtendedKeyUsageOID.CLIENT_AUTH
    known: list[x509.GeneralName] = [_general(one) for one in names]
    builder = (
        _builder(ca[0].subject, name, key, now, SERVER_DAYS if server else DEVICE_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        .add_extension(x509.SubjectAlternativeName(known), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca[1].public_key()), critical=False)
    )
    return builder.sign(ca[1], hashes.SHA256()), key


def _builder(
    issuer: x509.Name, subject: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .issuer_name(issuer)
        .subject_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + timedelta(days=days))
    )


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _keep(target: Path, pair: Pair) -> None:
    secret = pair[1].private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = pair[0].public_bytes(serialization.Encoding.PEM)
    # The key first: a certificate without its key would be taken for a whole pair.
    write_private(target.with_name(target.name + ".key"), secret.decode("ascii"))
    write_private(target.with_name(target.name + ".crt"), public.decode("ascii"))


def client_context(ca: Path | None = None, certificate: Path | None = None) -> ssl.SSLContext:
    """What a client of ours trusts: `ca` alone, or the system's authorities; and what it shows of itself.

    The key of `certificate` lies beside it. Raises TlsError.
    """
    try:
        context = ssl.create_default_context(cafile=str(ca) if ca else None)
        if certificate is not None:
            context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    except (OSError, ssl.SSLError) as error:
        raise TlsError(f"the certificates cannot be used: {ca or ''} {certificate or ''}") from error
    return context
