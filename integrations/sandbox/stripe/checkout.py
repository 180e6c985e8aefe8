"""Stripe's Checkout page, to be played in a browser: over plain HTTP so that none meets a certificate it doesn't know."""

import re
from datetime import UTC, datetime
from html import escape
from string import Template

from werkzeug.exceptions import HTTPException
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from integrations.sandbox.state import Body
from integrations.sandbox.stripe import money, sessions
from integrations.sandbox.web import Endpoint, Site, page

DECLINED = {
    "4000000000000002": "Your card was declined.",
    "4000000000009995": "Your card has insufficient funds.",
    "4000000000000069": "Your card has expired.",
}
DISPUTED = "4000000000000259"
CARDS = {"4242424242424242": "visa", "5555555555554444": "mastercard", DISPUTED: "visa"}
FAILING_IBANS = {"DE62370400440532013001", "AT861904300235473202"}
BANK_SECONDS = 5
HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>$title</title><style>
body{font:16px/1.5 system-ui,sans-serif;background:#f4f5fb;color:#1a1f36;margin:0;display:grid;place-items:center;min-height:100vh}
main{background:#fff;border:1px solid #d5d9e8;border-radius:10px;padding:2rem;width:min(30rem,92vw);box-sizing:border-box;margin:1rem 0}
h1{font-size:1.75rem;margin:.25rem 0 1rem}h2{font-size:1rem;margin:1.5rem 0 .5rem}label{display:block;font-weight:600;margin:.75rem 0}
input{display:block;font:inherit;width:100%;box-sizing:border-box;padding:.55rem;border:1px solid #a3acb9;border-radius:6px;font-weight:400;margin-top:.25rem}
.two{display:grid;grid-template-columns:1fr 1fr;gap:1rem}button{font:inherit;font-weight:600;width:100%;padding:.7rem;border-radius:6px;border:0;background:#4338ca;color:#fff;margin-top:.5rem}
button.quiet{background:#fff;color:#1a1f36;border:1px solid #a3acb9}.error{color:#a8071a;font-weight:600}small{color:#55607a}ul{padding-left:1.1rem}
</style></head><body><main><small>Stripe stand-in &middot; rehearsal only, no money moves</small>"""
PAGE = Template(HEAD + "$body</main></body></html>")


class CheckoutSite(Site):
    vendor = "stripe"

    def routes(self) -> list[tuple[str, list[str], Endpoint]]:
        return [("/c/pay/<key>", ["GET"], self.ask), ("/c/pay/<key>", ["POST"], self.take)]

    def unrouted(self, request: Request, error: HTTPException) -> Response:
        return shown("Page not found", "<h1>Page not found</h1>", error.code or 404)

    def ask(self, request: Request, key: str) -> Response:
        session = self.found(key)
        if session is None or session["status"] != "open":
            return over(session)
        return shown("Checkout", form(session), 200)

    def take(self, request: Request, key: str) -> Response:
        """What was pressed: pay by card, by direct debit, or back."""
        session = self.found(key)
        if session is None or session["status"] != "open":
            return over(session)
        given = {name: value.strip() for name, value in request.form.items()}
        if given.get("way") == "cancel":
            return redirect(session["cancel_url"] or session["success_url"], 303)
        pay = self.debit if given.get("way") == "sepa_debit" else self.card
        if problem := pay(session, given):
            return shown("Checkout", form(session, problem, given), 402)
        return redirect(session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]), 303)

    def card(self, session: Body, given: Body) -> str:
        """Empty when the card was charged, else why not."""
        number = re.sub(r"\D", "", given.get("number", ""))
        if words := DECLINED.get(number):
            return words
        if number not in CARDS:
            return "Your card number is invalid. Test cards: 4242 4242 4242 4242 pays, 4000 0000 0000 0002 is declined."
        if not future(given.get("expiry", ""), self.world.clock.now()):
            return "Your card's expiration date is in the past or incomplete."
        if not re.fullmatch(r"\d{3,4}", given.get("cvc", "")):
            return "Your card's security code is incomplete."
        details = {"brand": CARDS[number], "last4": number[-4:]}
        paid = money.pay(self.world, session, method="card", details=details, email=mail(session, given), later=None)
        if number == DISPUTED:
            intent = money.known(
                self.world, session["_account"], money.INTENT, "payment_intent", paid["payment_intent"]
            )
            money.open_dispute(self.world, session["_account"], intent["latest_charge"], "fraudulent")
        return ""

    def debit(self, session: Body, given: Body) -> str:
        iban = re.sub(r"\s", "", given.get("iban", "")).upper()
        if "sepa_debit" not in session["payment_method_types"]:
            return "This payment method is not offered."
        if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", iban):
            return "The IBAN you entered is incomplete."
        slow = self.world.faults.take(self.vendor, session["_account"], "bank_slow")
        later = (float(slow["value"] or 60) if slow else BANK_SECONDS, iban not in FAILING_IBANS)
        details = {"country": iban[:2], "last4": iban[-4:]}
        money.pay(self.world, session, method="sepa_debit", details=details, email=mail(session, given), later=later)
        return ""

    def found(self, key: str) -> Body | None:
        for account in self.world.store.keys("stripe_account", ""):
            if self.world.store.get(sessions.KIND, account, key):
                return sessions.known(self.world, account, key)
        return None


def mail(session: Body, given: Body) -> str:
    return session["customer_email"] or given.get("email", "") or "payer@customer.example"


def future(text: str, now: datetime) -> bool:
    match = re.fullmatch(r"(0[1-9]|1[0-2]) ?/ ?(\d{2})", text)
    return bool(match) and (2000 + int(match[2]), int(match[1])) >= (now.year, now.month) if match else False


def amount(session: Body) -> str:
    places = 0 if session["currency"] in sessions.ZERO_DECIMAL else 2
    return f"{session['amount_total'] / 10**places:,.{places}f} {session['currency'].upper()}"


def form(session: Body, problem: str = "", given: Body | None = None) -> str:
    typed = given or {}
    lines = "".join(f"<li>{escape(line['name'])} × {line['quantity']}</li>" for line in session["_lines"])
    until = f"{datetime.fromtimestamp(session['expires_at'], tz=UTC):%d %B %Y, %H:%M} UTC"
    email = session["customer_email"] or typed.get("email", "")
    debit = ""
    if "sepa_debit" in session["payment_method_types"]:
        debit = (
            '<h2>Pay by SEPA direct debit</h2><form method="post"><label>IBAN <small>DE89 3704 0044 0532 0130 00 pays, DE62 3704 0044 0532 '
            '0130 01 fails later</small><input name="iban" autocomplete="off"></label>'
            '<button name="way" value="sepa_debit">Pay by direct debit</button></form>'
        )
    error = f'<p class="error" role="alert">{escape(problem)}</p>' if problem else ""
    return (
        f'<h1>{amount(session)}</h1><ul>{lines}</ul>{error}<h2>Pay by card</h2><form method="post">'
        f'<label>Email<input name="email" type="email" value="{escape(email, quote=True)}"></label>'
        "<label>Card number <small>4242 4242 4242 4242 pays, 4000 0000 0000 0002 is declined, 4000 0000 0000 0259 is "
        'disputed afterwards</small><input name="number" inputmode="numeric" autocomplete="off" '
        f'value="{escape(typed.get("number", ""), quote=True)}"></label>'
        '<div class="two"><label>Expiry (MM / YY)<input name="expiry" autocomplete="off"></label>'
        '<label>CVC<input name="cvc" inputmode="numeric" autocomplete="off"></label></div>'
        f'<button name="way" value="card">Pay {amount(session)}</button></form>{debit}'
        '<form method="post"><button name="way" value="cancel" class="quiet">Back</button></form>'
        f"<p><small>This page is open until {until}.</small></p>"
    )


def over(session: Body | None) -> Response:
    if session and session["status"] == "complete":
        return shown("Paid", "<h1>You're all done here</h1><p>This payment was made already.</p>", 200)
    body = "<h1>This link has expired</h1><p>Go back to the invoice and start again.</p>"
    return shown("Expired", body, 404 if session is None else 200)


def shown(title: str, body: str, status: int) -> Response:
    return page(PAGE.substitute(title=title, body=body), status)
