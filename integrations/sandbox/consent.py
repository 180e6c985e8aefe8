"""Intuit's consent page, over plain HTTP so that no browser meets a certificate it doesn't know."""

from html import escape
from string import Template
from urllib.parse import urlencode, urlparse

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from integrations.sandbox.quickbooks import oauth
from integrations.sandbox.state import Body
from integrations.sandbox.web import Endpoint, Site, page

HOME = {"localhost", "127.0.0.1", "::1"}
PAGE = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>$title</title><style>
body{font:16px/1.5 system-ui,sans-serif;background:#eef1f4;color:#1b2733;margin:0;display:grid;place-items:center;min-height:100vh}
main{background:#fff;border:1px solid #c9d1d9;border-radius:8px;padding:2rem;width:min(28rem,90vw);box-sizing:border-box}
h1{font-size:1.25rem;margin:0 0 .5rem}fieldset{border:0;padding:0;margin:1rem 0}legend{font-weight:600;padding:0}
label{display:block;padding:.5rem;border:1px solid #c9d1d9;border-radius:6px;margin:.5rem 0}
button{font:inherit;padding:.6rem 1.2rem;border-radius:6px;border:1px solid #1f6f3f;background:#1f6f3f;color:#fff;margin-right:.5rem}
button.quiet{background:#fff;color:#1b2733;border-color:#8b97a3}small{color:#55626e}
</style></head><body><main><small>Intuit stand-in &middot; rehearsal only, nothing here is real</small>$body</main></body></html>""")


class ConsentSite(Site):
    vendor = "quickbooks"

    def routes(self) -> list[tuple[str, list[str], Endpoint]]:
        return [("/connect/oauth2", ["GET"], self.ask), ("/connect/oauth2", ["POST"], self.decide)]

    def ask(self, request: Request) -> Response:
        """Which company may the app see? Shown to whoever followed the app's link."""
        if problem := self.problem(request.args.to_dict()):
            return shown("Sorry, but the app can't connect", f"<h1>{escape(problem)}</h1>", 400)
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{escape(request.args.get(name, ""), quote=True)}">'
            for name in ("client_id", "response_type", "scope", "redirect_uri", "state")
        )
        choices = "".join(
            f'<label><input type="radio" name="realm" value="{row["realm_id"]}" {"checked" if not place else ""}> '
            f"{escape(row['name'])} <small>{row['realm_id']}</small></label>"
            for place, row in enumerate(self.world.store.all("qb_company", ""))
        )
        body = (
            '<h1>Connect InterWeave to QuickBooks</h1><form method="post">'
            f"{hidden}<fieldset><legend>Choose the company</legend>{choices or 'You have no company yet.'}</fieldset>"
            "<p>InterWeave will be able to read and change accounting data of this company.</p>"
            '<button name="decision" value="connect">Connect</button>'
            '<button name="decision" value="cancel" class="quiet">Cancel</button></form>'
        )
        return shown("Connect to QuickBooks", body, 200)

    def decide(self, request: Request) -> Response:
        asked = request.form.to_dict()
        if problem := self.problem(asked):
            return shown("Sorry, but the app can't connect", f"<h1>{escape(problem)}</h1>", 400)
        state = {"state": asked["state"]} if asked.get("state") else {}
        realm = asked.get("realm", "")
        if asked.get("decision") != "connect" or self.world.store.get("qb_company", "", realm) is None:
            return redirect(back(asked["redirect_uri"], {"error": "access_denied", **state}))
        if elsewhere := self.world.faults.take("quickbooks", realm, "wrong_company"):
            realm = str(elsewhere["value"])
        code = oauth.new_code(self.world, realm=realm, scope=asked.get("scope", ""), redirect_uri=asked["redirect_uri"])
        return redirect(back(asked["redirect_uri"], {"code": code, **state, "realmId": realm}))

    def problem(self, asked: Body) -> str:
        app = oauth.app(self.world)
        if asked.get("client_id") != app["client_id"]:
            return "The client_id query parameter is invalid."
        if asked.get("response_type") != "code":
            return "The response_type query parameter is invalid."
        if not asked.get("scope"):
            return "The scope query parameter is missing."
        uri = asked.get("redirect_uri", "")
        known = uri in app["redirect_uris"] if app["redirect_uris"] else urlparse(uri).hostname in HOME
        return "" if known else "The redirect_uri query parameter value is invalid. It must match the app's settings."


def back(uri: str, answer: dict[str, str]) -> str:
    return f"{uri}{'&' if urlparse(uri).query else '?'}{urlencode(answer)}"


def shown(title: str, body: str, status: int) -> Response:
    return page(PAGE.substitute(title=title, body=body), status)
