"""A time stamp authority's own key, under the sandbox's CA, and the tokens it signs (RFC 3161)."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import trustme
from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

POLICY = "1.3.6.1.4.1.99999.3161.1"
VALID_FOR = timedelta(days=3650)


@dataclass(frozen=True)
class Authority:
    """Signs what it is shown the hash of, with the time."""

    key: rsa.RSAPrivateKey
    certificate: asn1_x509.Certificate
    issuer: asn1_x509.Certificate

    def stamped(self, query: tsp.TimeStampReq, imprint: tsp.MessageImprint, *, at: datetime) -> cms.ContentInfo:
        """A token over the imprint, with the query's nonce."""
        content: dict[str, Any] = {
            "version": "v1", "policy": POLICY, "message_imprint": imprint, "serial_number": secrets.randbits(120),
            "gen_time": core.GeneralizedTime(at.replace(microsecond=0)), "accuracy": tsp.Accuracy({"seconds": 1}),
        }  # fmt: skip
        if query["nonce"].native is not None:
            content["nonce"] = query["nonce"].native
        info = tsp.TSTInfo(content).dump()
        attributes = self._attributes(info, at)
        signature = self.key.sign(attributes.dump(), padding.PKCS1v15(), hashes.SHA256())
        shown = [self.certificate, self.issuer] if query["cert_req"].native else []
        return cms.ContentInfo(
            {
                "content_type": "signed_data",
                "content": cms.SignedData(
                    {
                        "version": "v3",
                        "digest_algorithms": [{"algorithm": "sha256"}],
                        "encap_content_info": {
                            "content_type": "tst_info", "content": cms.ParsableOctetString(info),
                        },
                        "certificates": shown,
                        "signer_infos": [self._signer(attributes, signature)],
                    }
                ),
            }
        )  # fmt: skip

    def _attributes(self, info: bytes, at: datetime) -> cms.CMSAttributes:
        own = {"cert_hash": hashlib.sha256(self.certificate.dump()).digest()}
        values = {
            "content_type": "tst_info",
            "signing_time": cms.Time({"utc_time": core.UTCTime(at.replace(microsecond=0))}),
            "message_digest": hashlib.sha256(info).digest(),
            "signing_certificate_v2": tsp.SigningCertificateV2({"certs": [tsp.ESSCertIDv2(own)]}),
        }
        return cms.CMSAttributes([{"type": name, "values": (value,)} for name, value in values.items()])

    def _signer(self, attributes: cms.CMSAttributes, signature: bytes) -> cms.SignerInfo:
        own = {"issuer": self.certificate.issuer, "serial_number": self.certificate.serial_number}
        return cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.SignerIdentifier({"issuer_and_serial_number": cms.IssuerAndSerialNumber(own)}),
                "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
                "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "rsassa_pkcs1v15"}),
                "signed_attrs": attributes,
                "signature": signature,
            }
        )


def kept(directory: Path, ca: trustme.CA) -> Authority:
    """The authority whose key lies in the directory, else a new one kept there."""
    public, private = directory / "tsa.pem", directory / "tsa.key"
    issuer = x509.load_pem_x509_certificate(ca.cert_pem.bytes())
    if not (public.exists() and private.exists()):
        key = rsa.generate_private_key(65537, 2048)
        private.touch(mode=0o600)
        private.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        public.write_bytes(_certificate(key, issuer, ca).public_bytes(serialization.Encoding.PEM))
    own = x509.load_pem_x509_certificate(public.read_bytes())
    loaded = serialization.load_pem_private_key(private.read_bytes(), password=None)
    assert isinstance(loaded, rsa.RSAPrivateKey)  # noqa: S101 - we wrote it
    return Authority(loaded, _readable(own), _readable(issuer))


def _readable(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _certificate(key: rsa.RSAPrivateKey, issuer: x509.Certificate, ca: trustme.CA) -> x509.Certificate:
    """For time stamps alone, said critically, as the standard asks."""
    signing: Any = serialization.load_pem_private_key(ca.private_key_pem.bytes(), password=None)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "InterWeave sandbox"),
            x509.NameAttribute(NameOID.COMMON_NAME, "Sandbox time stamp authority"),
        ]
    )
    begins = datetime.now(UTC) - timedelta(days=1)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(min(begins + VALID_FOR, issuer.not_valid_after_utc))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .add_extension(_usage(), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
        .sign(signing, hashes.SHA256())
    )


def _usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
