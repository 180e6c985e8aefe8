import threading

import pytest

from onboarding import tenancy
from onboarding.tenancy import Tenancy

pytestmark = pytest.mark.no_tenancy


def test_acting_is_over_after_the_block_also_when_it_fails():
    @tenancy.acting(staff=True)
    def fail():
        raise LookupError(tenancy.current())

    with tenancy.acting(company_id=1):
        with pytest.raises(LookupError) as failed:
            fail()
        after = tenancy.current()

    assert (failed.value.args[0], after, tenancy.current()) == (Tenancy(staff=True), Tenancy(company_id=1), None)


def test_a_thread_starts_with_nobody():
    seen = []

    with tenancy.acting(company_id=1):
        thread = threading.Thread(target=lambda: seen.append(tenancy.current()))
        thread.start()
        thread.join()

    assert seen == [None]


@pytest.mark.parametrize(
    ("context", "settings"),
    [
        (Tenancy(), ("", "", "", "")),
        (Tenancy(company_id=7, user_id=3), ("7", "3", "", "")),
        (Tenancy(staff=True, token_digest="ab"), ("", "", "on", "ab")),
    ],
    ids=["nobody", "a member", "staff with a token"],
)
def test_the_database_is_told(context, settings):
    assert context.as_settings() == settings


def test_an_id_that_is_no_number_never_reaches_the_database():
    with pytest.raises(ValueError, match="invalid literal"):
        Tenancy(company_id="7' OR true").as_settings()


def test_headers_carry_ids_and_come_back():
    carried = tenancy.headers(company_id=7)

    assert carried == {"tenancy": {"company_id": 7, "user_id": None, "staff": False}}
    assert tenancy.from_headers(carried) == Tenancy(company_id=7)
    assert tenancy.from_headers({"other": 1}) is tenancy.from_headers(None) is None


def test_headers_never_carry_a_digest():
    assert "ab12" not in str(Tenancy(company_id=7, token_digest="ab12").as_headers())


def test_headers_for_nobody_are_refused():
    with pytest.raises(ValueError, match="needs a company, a user or staff"):
        tenancy.headers()
