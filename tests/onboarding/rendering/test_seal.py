import base64
import io
from datetime import UTC, datetime, timedelta

import pikepdf
import pytest
from pyhanko.sign.fields import MDPPerm

from onboarding.rendering import seal
from onboarding.rendering.seal import KeyUnfit
from scripts import seal_key
from tests.onboarding.rendering import archive_rules, judges
from tests.sealing import (
    AT,
    NAME,
    PASSPHRASE,
    REASON,
    another_key,
    authorities,
    examined,
    executed,
    judged,
    our_key,
    sealed,
)

NOW = datetime.now(tz=UTC)


def made(**wishes):
    return seal_key.make(passphrase=PASSPHRASE, bits=2048, **wishes)[0]


# --- The seal -------------------------------------------------------------------------------------------------------


def test_a_sealed_file_is_known_as_ours_and_whole():
    told = examined(sealed())

    assert told.is_genuine
    assert (told.subject, told.serial) == (our_key().subject, our_key().serial)
    assert (told.sealed_at, told.stamped_by, told.problem) == (AT, "", "")


def test_pyhanko_accepts_it_without_a_word_against_it():
    signature, status = judged(sealed(), roots=authorities(sealed()))

    assert status.bottom_line
    assert (status.coverage.name, status.modification_level.name) == ("ENTIRE_FILE", "NONE")
    assert signature.docmdp_level == MDPPerm.NO_CHANGES
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"


def test_pdfsig_accepts_it_as_signed_whole():
    told = judges.pdfsig(sealed())

    assert "Signature is Valid." in told
    assert "Total document signed" in told
    assert "ETSI.CAdES.detached" in told


def test_what_was_sealed_stands_unchanged_at_its_beginning():
    assert sealed().startswith(executed())


def test_the_file_stays_one_that_qpdf_finds_nothing_in():
    assert "No syntax or stream encoding errors found" in judges.qpdf(sealed())


def test_sealing_breaks_no_rule_of_an_archive():
    assert archive_rules.broken(executed()) == []
    assert archive_rules.broken(sealed()) == []


def test_another_reader_of_xmp_still_finds_both_ids():
    packet = judges.exempi(sealed())

    assert "<pdfaid:part>3</pdfaid:part>" in packet
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in packet
    assert "<pdfuaid:part>1</pdfuaid:part>" in packet


def test_the_widget_is_as_both_standards_allow_it_without_a_tag():
    """PDF/A: shown in print, not hidden, no size so no appearance. PDF/UA: outside the page, named, tabs in order."""
    with pikepdf.open(io.BytesIO(sealed())) as document:
        (field,) = document.Root.AcroForm.Fields
        page = document.pages[-1]
        box = [float(number) for number in field.Rect]
        outer = [float(number) for number in page.mediabox]
        assert str(field.TU) == f"Seal of {NAME}"
        assert int(field.F) & 0b111 == 0b100  # print; neither invisible nor hidden
        assert box[2] < outer[0]
        assert box[3] < outer[1]
        assert (box[0], box[1]) == (box[2], box[3])
        assert page.obj.Tabs == pikepdf.Name.S
        assert field.objgen in {one.objgen for one in page.obj.Annots}
        assert "/NeedAppearances" not in document.Root.AcroForm


def test_the_certification_is_as_pdf_a_allows_it():
    with pikepdf.open(io.BytesIO(sealed())) as document:
        assert set(document.Root.Perms.keys()) == {"/DocMDP"}
        (reference,) = document.Root.Perms.DocMDP.Reference
        assert not {"/DigestMethod", "/DigestValue", "/DigestLocation"} & set(reference.keys())
        assert str(document.Root.Perms.DocMDP.Reason) == REASON


def test_a_file_is_sealed_only_while_the_certificate_is_valid():
    key = seal.load_key(made(until=NOW), passphrase=PASSPHRASE)

    with pytest.raises(KeyUnfit, match="expired on"):
        seal.seal(executed(), key=key, name=NAME, reason=REASON, at=NOW + timedelta(seconds=1))


# --- Keys -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pkcs12", "passphrase", "words"),
    [
        (made, "another", "can't be read"),
        (lambda: b"no key at all", PASSPHRASE, "can't be read"),
        (lambda: b"", PASSPHRASE, "can't be read"),
        (lambda: seal_key.make(passphrase=PASSPHRASE, bits=1024)[0], PASSPHRASE, "too short"),
    ],
    ids=["wrong passphrase", "no PKCS#12", "empty", "too short"],
)
def test_a_key_that_is_none_is_refused_in_words(pkcs12, passphrase, words):
    with pytest.raises(KeyUnfit, match=words) as refused:
        seal.load_key(pkcs12(), passphrase=passphrase)

    assert passphrase not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_certificate_for_something_else_does_not_seal():
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.serialization import pkcs12 as pkcs12_archives

    key = seal_key.new_key(2048)
    name = seal_key.named("An authority")
    own = seal_key.certificate(name, key, issuer=name, issuer_key=key, is_ca=True)
    locked = serialization.BestAvailableEncryption(PASSPHRASE.encode())
    pkcs12 = pkcs12_archives.serialize_key_and_certificates(b"ca", key, own, [], locked)

    assert isinstance(own, x509.Certificate)
    with pytest.raises(KeyUnfit, match="not made for signing documents"):
        seal.load_key(pkcs12, passphrase=PASSPHRASE)


def test_a_chain_that_is_none_is_refused_in_words():
    with pytest.raises(KeyUnfit, match="SEAL_CHAIN"):
        seal.load_key(made(), passphrase=PASSPHRASE, chain=base64.b64encode(b"-----BEGIN"))


def test_a_key_does_not_show_itself():
    assert "PrivateKey" not in repr(our_key())


# --- Whose it is ----------------------------------------------------------------------------------------------------


def test_a_seal_of_somebody_else_is_not_ours():
    told = examined(sealed(), by=another_key())

    assert (told.has_seal, told.is_ours, told.is_intact) == (True, False, True)
    assert not told.is_genuine


def test_a_seal_of_a_former_certificate_is_still_ours(tmp_path):
    path = tmp_path / "sealed.pdf"
    path.write_bytes(sealed())
    with path.open("rb") as source:
        both = [another_key().certificate, our_key().certificate]
        assert seal.examine(source, size=len(sealed()), ours=both).is_genuine


@pytest.mark.parametrize("content", [b"", b"%PDF-", b"\x00" * 4096, b"%PDF-1.7\n" + b"1 0 obj\n<<" * 3000])
def test_what_is_no_pdf_is_told_as_that(content):
    told = examined(content)

    assert (told.has_seal, told.problem) == (False, "damaged")


def test_a_file_without_a_seal_has_none():
    told = examined(executed())

    assert (told.has_seal, told.is_ours, told.problem) == (False, False, "")
