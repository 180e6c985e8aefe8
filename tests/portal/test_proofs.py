"""The walkthrough's judges of a sealed file: what they accept, what they refuse, and that nobody is asked in vain."""

from __future__ import annotations

import pytest

from portal.walkthrough.browser import Browser
from portal.walkthrough.proofs import judges, proving, tampering
from portal.walkthrough.proofs.judges import VerifyPage
from tests.portal.doors.test_verify import known, ours, roomy  # noqa: F401 - fixtures

CHANGES = [*tampering.ANYWHERE, *tampering.IN_THE_SEAL]
VERIFIERS = {"pdfsig": judges.pdfsig, "pyHanko": judges.pyhanko}
BOUND = [(judge, change) for change in CHANGES for judge in change.seen_by]
PROGRAMS = {"pdfsig": judges.pdfsig, "qpdf": judges.qpdf, "exempi": judges.exempi}


def asked(judge, content: bytes) -> bool:
    verdict = judge(content)
    if verdict.accepts is None:
        pytest.skip(verdict.words)
    return verdict.accepts


@pytest.mark.parametrize("judge", [*PROGRAMS.values(), judges.pyhanko], ids=[*PROGRAMS, "pyHanko"])
def test_a_sealed_file_is_accepted_by_every_judge(judge):
    assert asked(judge, ours())


@pytest.mark.parametrize(("judge", "change"), BOUND, ids=[f"{judge}: {change.what}" for judge, change in BOUND])
def test_a_changed_file_is_refused_by_whoever_can_see_it(judge, change):
    assert not asked(VERIFIERS[judge], change.make(ours()))


def test_what_fills_the_seal_up_is_not_seen_by_pyhanko_so_the_hash_has_to():
    (filling,) = (one for one in CHANGES if "pyHanko" not in one.seen_by)

    assert judges.pyhanko(filling.make(ours())).accepts


def test_a_seal_by_anybody_else_is_refused_by_pyhanko():
    from tests import sealing

    assert not judges.pyhanko(sealing.sealed()).accepts


@pytest.mark.parametrize(("name", "judge"), PROGRAMS.items(), ids=PROGRAMS)
def test_a_judge_that_is_not_installed_says_so_and_accepts_nothing(name, judge, monkeypatch):
    monkeypatch.setenv("PATH", "")

    verdict = judge(b"%PDF-1.7")

    assert (verdict.accepts, verdict.words) == (None, f"not checked: {name} is not installed")


@pytest.mark.django_db(transaction=True)
def test_the_verify_page_knows_the_file_and_refuses_every_change_of_it(known, live_server, tmp_path):  # noqa: F811
    stranger = Browser(live_server.url, name="Somebody")
    page = VerifyPage(stranger, tmp_path)

    verdicts = {one.what: page(one.make(known), wanted=proving.SEALED) for one in CHANGES}

    assert page(known, wanted=proving.SEALED).accepts
    assert [what for what, verdict in verdicts.items() if verdict.accepts is not False] == []
    stranger.close()


PROVEN = {"agrees": True, "not_checked": []}


@pytest.mark.parametrize(
    ("proofs", "holds", "words"),
    [
        ([PROVEN], True, "proof: every judge agrees"),
        ([PROVEN, PROVEN | {"not_checked": ["pdfsig"]}], True, "proof: not complete, not checked by pdfsig"),
        ([PROVEN, PROVEN | {"agrees": False}], False, "proof: FAILED"),
        ([], False, "proof: FAILED, there is no sealed file"),
    ],
    ids=["all agree", "one not asked", "one disagrees", "no file"],
)
def test_the_proof_is_good_only_when_everybody_was_asked_and_agrees(proofs, holds, words):
    assert (proving.holds(proofs), proving.in_words(proofs)) == (holds, words)
