"""The official library over our own way out, against the stand-in: pages, refunds, refusals in the catalogue's words."""

from datetime import timedelta
from decimal import Decimal

import pytest

from integrations import card_payments
from integrations.engine.errors import Failure
from integrations.stripe.amounts import from_units, to_units
from integrations.stripe.client import Account, Stripe


def failed(call) -> Failure:
    with pytest.raises(Failure) as trouble:
        call()
    return trouble.value


def test_a_page_is_opened_paid_and_told(service, wished, sandbox):
    told = service.open_checkout(wish := wished())
    answer = sandbox.pay(told.url)
    paid = service.checkout(told.session_id)

    assert (told.status, told.is_paid, told.key, told.amount, told.currency) == (
        "open", False, wish.key, Decimal("48.88"), "USD",
    )  # fmt: skip
    assert told.expires_at == wish.expires_at.replace(microsecond=0)
    assert (answer.status_code, answer.headers["location"]) == (
        303, f"http://localhost:8000/invoice/paid/?session={told.session_id}",
    )  # fmt: skip
    assert (paid.status, paid.is_paid, paid.has_failed, paid.url) == ("complete", True, False, "")
    assert paid.payment_intent.startswith("pi_")
    assert service.checkout_of(paid.payment_intent) == paid


def test_the_same_key_leads_to_the_same_page(service, wished, sandbox, account):
    wish = wished()
    sandbox.fault("stripe", account["id"], "lost_answer")

    first = service.open_checkout(wish)
    again = service.open_checkout(wish)

    assert first == again  # the library asked again by itself after the gateway's error
    assert sandbox.state("stripe", account["id"])["records"]["session"] == 1


def test_the_same_key_for_something_else_is_refused(service, wished):
    wish = wished()
    service.open_checkout(wish)

    trouble = failed(lambda: service.open_checkout(wished(key=wish.key, amount=Decimal("99.00"))))

    assert (trouble.code, trouble.http_status) == ("key_used", 400)
    assert trouble.request_id.startswith("req_")


@pytest.mark.parametrize(
    ("changed", "code", "vendor_code"),
    [
        ({"amount": Decimal("0.49")}, "amount_unfit", "amount_too_small"),
        ({"amount": Decimal("1000000.00")}, "amount_unfit", "amount_too_large"),
        ({"amount": Decimal("10.50"), "currency": "JPY"}, "amount_unfit", ""),
        ({"currency": "QQ"}, "validation", "InvalidRequestError"),
        ({"success_url": "/invoice/"}, "validation", "url_invalid"),
        ({"email": "nobody"}, "validation", "email_invalid"),
    ],
)
def test_what_stripe_does_not_take_is_said_in_our_words(service, wished, changed, code, vendor_code):
    trouble = failed(lambda: service.open_checkout(wished(**changed)))

    assert (trouble.code, trouble.vendor_code) == (code, vendor_code)


def test_a_page_lives_for_half_an_hour_at_least_and_a_day_at_most(service, wished):
    base = wished().expires_at

    for until in (base - timedelta(hours=1, minutes=40), base + timedelta(hours=23)):
        assert failed(lambda until=until: service.open_checkout(wished(expires_at=until))).code == "validation"


def test_an_open_page_is_closed_and_a_paid_one_stays_paid(service, wished, sandbox):
    left, bought = service.open_checkout(wished()), service.open_checkout(wished())
    sandbox.pay(bought.url)

    assert service.expire(left.session_id).status == "expired"
    assert service.expire(left.session_id).status == "expired"
    assert service.expire(bought.session_id).is_paid


def test_refunds_in_parts_until_nothing_is_left(service, wished, sandbox):
    told = service.open_checkout(wished())
    sandbox.pay(told.url)
    intent = service.checkout(told.session_id).payment_intent

    first = service.refund(intent, amount=Decimal("40.00"), currency="USD", key="r1")
    again = service.refund(intent, amount=Decimal("40.00"), currency="USD", key="r1")
    too_much = failed(lambda: service.refund(intent, amount=Decimal("9.00"), currency="USD", key="r2"))
    second = service.refund(intent, amount=Decimal("8.88"), currency="USD", key="r3")
    nothing = failed(lambda: service.refund(intent, amount=Decimal("1.00"), currency="USD", key="r4"))

    assert first == again
    assert [one.id for one in service.refunds(intent)] == [first.id, second.id]
    assert (too_much.code, nothing.code) == ("validation", "refunded_already")


def test_a_direct_debit_is_waited_for(service, wished, sandbox):
    iban = {"way": "sepa_debit", "iban": "DE62 3704 0044 0532 0130 01"}
    told = service.open_checkout(wished(currency="EUR"))
    sandbox.pay(told.url, **iban)

    waiting = service.checkout(told.session_id)
    sandbox.advance(10)
    refused = waiting
    for _ in range(100):
        refused = service.checkout(told.session_id)
        if refused.has_failed:
            break

    assert (waiting.status, waiting.is_paid, waiting.has_failed) == ("complete", False, False)
    assert (refused.is_paid, refused.has_failed) == (False, True)


@pytest.mark.parametrize(
    ("fault", "code", "vendor_code"),
    [("throttle", "rate_limited", "rate_limit"), ("server_error_once", "vendor_error", "APIError")],
)
def test_what_goes_wrong_at_stripe(service, wished, sandbox, account, fault, code, vendor_code):
    sandbox.fault("stripe", account["id"], fault, count=5)

    trouble = failed(lambda: service.open_checkout(wished()))

    assert (trouble.code, trouble.vendor_code, trouble.entry.retry_helps) == (code, vendor_code, True)


def test_a_key_that_is_not_ours_and_an_unknown_page(account, sandbox, service):
    stranger = Stripe(Account(api_key="sk_test_nobody", api_url=sandbox.stripe_url))

    refused = failed(lambda: stranger.checkout("cs_test_x"))
    missing = failed(lambda: service.checkout("cs_test_x"))

    assert (refused.code, refused.http_status, missing.code) == ("app_refused", 401, "not_found")
    assert "sk_test_nobody" not in str(refused.as_dict())


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://localhost:1", "port_closed"),
        ("http://localhost:1", "host_not_allowed"),
        ("https://stripe.example", "host_not_allowed"),
    ],
)
def test_it_goes_only_where_it_may(outbound, url, code):
    service = Stripe(Account(api_key="sk_test_x", api_url=url))

    assert failed(lambda: service.checkout("cs_test_x")).code == code


def test_another_certificate_is_not_trusted(account, sandbox, outbound):
    outbound.OUTBOUND_CA_BUNDLE = ""

    assert failed(lambda: card_payments.service().checkout("cs_test_x")).code == "tls_failed"


def test_the_key_is_not_shown():
    assert "sk_test_hidden" not in repr(Account(api_key="sk_test_hidden"))


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [("12.34", "EUR", 1234), ("1200.00", "JPY", 1200), ("1.00", "KWD", 1000), ("5.00", "ISK", 500), ("0.01", "USD", 1)],
)
def test_amounts_in_the_smallest_unit_and_back(amount, currency, units):
    assert to_units(Decimal(amount), currency) == units
    assert from_units(units, currency.lower()) == Decimal(amount)


@pytest.mark.parametrize(("amount", "currency"), [("12.50", "JPY"), ("5.50", "ISK"), ("1.50", "UGX")])
def test_parts_a_currency_does_not_have(amount, currency):
    with pytest.raises(ValueError, match="parts this currency does not have"):
        to_units(Decimal(amount), currency)
