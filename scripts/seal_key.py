"""A signing certificate under an authority of our own, for rehearsals and tests: nobody else trusts it.

`python -m scripts.seal_key` prints the settings of a new one, for a rehearsal in containers.
"""

import base64
import os
import secrets
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12 as archives
from cryptography.x509.oid import NameOID

VALID_FOR = timedelta(days=3650)
BACKDATED = timedelta(days=365)  # a rehearsal may play in the past
BITS = 3072
Name = x509.Name
Key = rsa.RSAPrivateKey


def keep(folder: Path, *, passphrase: str, bits: int = BITS) -> dict[str, str]:
    """The environment of sealing with the key in this folder: the one an earlier run made, else a new one."""
    pkcs12, authority = folder / "seal.p12", folder / "ca.pem"
    if not (pkcs12.exists() and authority.exists()):
        folder.mkdir(parents=True, exist_ok=True)
        made, root = make(passphrase=passphrase, bits=bits)
        write_private(authority, root)
        write_private(pkcs12, made)  # last: with it the folder is whole
    return {"SEAL_PKCS12": str(pkcs12), "SEAL_PASSPHRASE": passphrase, "SEAL_CHAIN": str(authority)}


def make(
    *, passphrase: str, common_name: str = "InterWeave rehearsal seal", bits: int = BITS,
    since: datetime | None = None, until: datetime | None = None,
) -> tuple[bytes, bytes]:  # fmt: skip
    """PKCS#12 of a signing key, and its authority's certificate as PEM."""
    authority_key, authority_name = new_key(bits), named("InterWeave rehearsal authority")
    authority = certificate(authority_name, authority_key, issuer=authority_name, issuer_key=authority_key, is_ca=True)
    key = new_key(bits)
    own = certificate(
        named(common_name), key, issuer=authority_name, issuer_key=authority_key, since=since, until=until
    )
    sealed = serialization.BestAvailableEncryption(passphrase.encode())
    pkcs12 = archives.serialize_key_and_certificates(b"seal", key, own, [authority], sealed)
    return pkcs12, authority.public_bytes(serialization.Encoding.PEM)


def new_key(bits: int) -> Key:
    return rsa.generate_private_key(65537, bits)


def named(common_name: str) -> Name:
    organisation = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "InterWeave SmartSolutions (rehearsal)")
    return Name([organisation, x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def certificate(
    subject: Name, key: Key, *, issuer: Name, issuer_key: Key, is_ca: bool = False,
    since: datetime | None = None, until: datetime | None = None,
) -> x509.Certificate:  # fmt: skip
    """A certificate for sealing documents, or for issuing such."""
    begins = since or datetime.now(tz=UTC) - BACKDATED
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(until or begins + VALID_FOR)
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=0 if is_ca else None), critical=True)
        .add_extension(usage(is_ca=is_ca), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )


def usage(*, is_ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_ca, content_commitment=not is_ca, key_cert_sign=is_ca, crl_sign=is_ca,
        key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def write_private(path: Path, content: bytes) -> None:
    """Whole or not at all, and for this user's eyes only."""
    beside = path.with_suffix(f".{secrets.token_hex(4)}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    beside.rename(path)


def main() -> None:
    passphrase = secrets.token_urlsafe(24)
    pkcs12, _ = make(passphrase=passphrase)
    sys.stdout.write(f"SEAL_PKCS12={base64.b64encode(pkcs12).decode()}\nSEAL_PASSPHRASE={passphrase}\n")


if __name__ == "__main__":
    main()
