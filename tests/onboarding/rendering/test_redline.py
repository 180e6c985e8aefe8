from copy import deepcopy

import pytest

from onboarding.rendering import html, redline
from tests.onboarding.rendering import agreement_samples

TAXES = (
    "Fees exclude value added tax, sales tax and similar taxes, which are added where the law requires it and shown on "
    "the invoice."
)


def told(changes):
    marks = {"same": "{}", "added": "+{}+", "removed": "-{}-"}
    return [
        (one.kind, one.heading, one.clause, " ".join(marks[piece.kind].format(piece.text) for piece in one.pieces))
        for one in changes
    ]


def test_two_equal_versions_do_not_differ():
    assert redline.compare("msa", agreement_samples.agreement(), agreement_samples.agreement()) == []


def test_a_changed_fee_is_shown_where_it_stands():
    earlier, later = agreement_samples.agreement(), agreement_samples.agreement()
    later["fees"][1]["amount"] = "7000.00"
    later["total"] = "12700.00"

    assert told(redline.compare("msa", earlier, later)) == [
        (
            "changed", "Fees and payment", "7.1",
            f"The Customer pays the fees of Annex B, together USD -12,500.00.- +12,700.00.+ {TAXES}",
        ),
        ("changed", "Annex B: Fees", "", "Onboarding, Steps VII to XII · -6,800.00- +7,000.00+"),
        ("changed", "Annex B: Fees", "", "Total · USD -12,500.00- +12,700.00+"),
    ]  # fmt: skip


def test_a_clause_that_came_and_one_that_went_are_told_apart():
    earlier, later = agreement_samples.agreement(), agreement_samples.agreement()
    later["clauses"] = [one for one in deepcopy(later["clauses"]) if one["code"] != "salesforce"]

    changes = redline.compare("msa", earlier, later)

    removed = [text for kind, _, _, text in told(changes) if kind == "removed"]
    assert len(removed) == 3
    assert removed[0] == "-D.2 Salesforce-"
    assert [text for kind, _, _, text in told(changes) if kind == "changed"] == [
        "-D.3- +D.2+ QuickBooks Online", "-D.4- +D.3+ Invoices and payments",
    ]  # fmt: skip


def test_two_templates_are_compared_by_their_words():
    changes = redline.compare("msa", agreement_samples.former_agreement(), agreement_samples.agreement())

    by_clause = {one.clause: one.kind for one in changes if one.clause}
    assert by_clause == {"1.2": "changed", "1.3": "changed"}
    assert ("added", "Annex D: Terms for the Customer’s systems") in {(one.kind, one.heading) for one in changes}


def test_markup_in_a_name_is_text():
    earlier, later = agreement_samples.agreement(), agreement_samples.agreement()
    later["solution"]["name"] = "<script>alert(1)</script> to QuickBooks"

    texts = [text for _, _, _, text in told(redline.compare("msa", earlier, later))]

    assert "Solution · -Salesforce- +<script>alert(1)</script>+ to QuickBooks -Online-" in texts


def test_a_version_with_a_gap_is_refused():
    with pytest.raises(html.MissingValue):
        redline.compare("msa", agreement_samples.agreement(), {"template_version": "2"})
