"""The agreement's final file before its judges: as it is it must be accepted, and changed in any way refused."""

from __future__ import annotations

from typing import Any

from portal.walkthrough.browser import Browser
from portal.walkthrough.proofs import judges, tampering
from portal.walkthrough.proofs.judges import Verdict, VerifyPage
from portal.walkthrough.proofs.tampering import Change
from portal.walkthrough.story import Story

# What the verify page says of a file as it was finished: sealed by us, or fetched from where it was signed.
SEALED, FETCHED = "Ours, unchanged", "Ours, signed elsewhere, unchanged"


def prove(story: Story) -> list[dict[str, Any]]:
    """Each agreement's final file and every change of it, judged and said; what came out, for the summary."""
    stranger = Browser(story.base_url, name="Somebody who got the file")
    page = VerifyPage(stranger, story.papers)
    proofs = [_proven(one, page, story) for one in story.api("agreements/").json()["items"] if _is_final(one)]
    stranger.close()
    return proofs


def holds(proofs: list[dict[str, Any]]) -> bool:
    """True while no judge disagreed; what could not be checked is no disagreement, and no agreement either."""
    return bool(proofs) and all(one["agrees"] for one in proofs)


def in_words(proofs: list[dict[str, Any]]) -> str:
    """What came out, in one line; never good while something was not checked."""
    if not holds(proofs):
        return "proof: FAILED" if proofs else "proof: FAILED, there is no sealed file"
    missing = sorted({name for one in proofs for name in one["not_checked"]})
    return f"proof: not complete, not checked by {', '.join(missing)}" if missing else "proof: every judge agrees"


def _is_final(agreement: dict[str, Any]) -> bool:
    return bool(agreement["executed_document"])


def _proven(agreement: dict[str, Any], page: VerifyPage, story: Story) -> dict[str, Any]:
    content = story.api(f"documents/{agreement['executed_document']}/download/").content
    is_sealed = agreement["provider"] == "own"
    wanted = SEALED if is_sealed else FETCHED
    verdicts = [page(content, wanted=wanted), *_others(content, is_sealed=is_sealed)]
    kept = (
        "sealed by us" if is_sealed else f"signed at {agreement['provider']}, no seal of ours in it: the hash decides"
    )
    story.say(f"\n      {agreement['number']}, {kept}")
    for one in verdicts:
        story.say(f"        {_mark(one.accepts)} {one.judge:12} {one.words}")
    changes = [*tampering.ANYWHERE, *(tampering.IN_THE_SEAL if is_sealed else ())]
    changed = [_changed(one, content, page, wanted, is_sealed=is_sealed) for one in changes]
    for told in changed:
        story.say(f"        {_mark(told['agrees'])} {told['what']:34} {_refusals(told)}")
    agrees = all(one.accepts is not False for one in verdicts) and all(one["agrees"] is not False for one in changed)
    return {
        "number": agreement["number"], "provider": agreement["provider"], "sha256": agreement["executed_sha256"],
        "agrees": agrees, "not_checked": [one.judge for one in verdicts if one.accepts is None],
        "judges": [one.told() for one in verdicts], "changes": changed,
    }  # fmt: skip


def _others(content: bytes, *, is_sealed: bool) -> list[Verdict]:
    """A provider's file carries the provider's own ids and signatures; only its syntax is ours to ask about."""
    asked = [judges.pdfsig, judges.pyhanko, judges.qpdf, judges.exempi] if is_sealed else [judges.qpdf]
    return [judge(content) for judge in asked]


def _changed(change: Change, content: bytes, page: VerifyPage, wanted: str, *, is_sealed: bool) -> dict[str, Any]:
    """One changed file: our page must refuse it, and so must whoever can see it; None: those could not be asked."""
    other = change.make(content)
    verdicts = [page(other, wanted=wanted), *([judges.pdfsig(other), judges.pyhanko(other)] if is_sealed else [])]
    bound = {page.name, *(change.seen_by if is_sealed else ())}
    asked = [one.accepts for one in verdicts if one.judge in bound]
    agrees = False if True in asked else (None if None in asked else True)
    return {"what": change.what, "agrees": agrees, "verdicts": [one.told() for one in verdicts]}


def _mark(agrees: bool | None) -> str:  # noqa: FBT001 - what a judge says
    return {True: "yes", False: "NO ", None: "?  "}[agrees]


def _refusals(told: dict[str, Any]) -> str:
    by: dict[bool | None, list[str]] = {True: [], False: [], None: []}
    for one in told["verdicts"]:
        by[one["accepts"]].append(one["judge"])
    parts = [("refused by", by[False]), ("not seen by", by[True]), ("not checked by", by[None])]
    return "; ".join(f"{words} {', '.join(names)}" for words, names in parts if names)
