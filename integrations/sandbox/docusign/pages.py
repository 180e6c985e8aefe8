"""DocuSign's signing page, over plain HTTP so that no browser meets a certificate it doesn't know."""

from html import escape
from string import Template
from urllib.parse import urlencode, urlparse

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from integrations.sandbox.docusign import envelopes, paper, signing
from integrations.sandbox.state import Body
from integrations.sandbox.web import Endpoint, Site, page

PAGE = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>$title</title><style>
body{font:16px/1.5 system-ui,sans-serif;background:#f1f1f4;color:#1f1f24;margin:0;display:grid;place-items:center;min-height:100vh}
main{background:#fff;border:1px solid #c8c8d0;border-radius:8px;padding:2rem;width:min(46rem,92vw);box-sizing:border-box}
h1{font-size:1.25rem;margin:.5rem 0}iframe{width:100%;height:24rem;border:1px solid #c8c8d0}
label{display:block;margin:1rem 0 .25rem}textarea{font:inherit;width:100%;box-sizing:border-box}
button{font:inherit;padding:.6rem 1.2rem;border-radius:6px;border:1px solid #4c00ff;background:#4c00ff;color:#fff;margin:1rem .5rem 0 0}
button.quiet{background:#fff;color:#1f1f24;border-color:#77777f}small{color:#55555f}
</style></head><body><main><small>DocuSign stand-in &middot; rehearsal only, nothing here is real</small>$body</main></body></html>""")


class DocuSignPages(Site):
    vendor = "docusign"

    def routes(self) -> list[tuple[str, list[str], Endpoint]]:
        return [
            ("/Signing/<ticket>", ["GET"], self.show),
            ("/Signing/<ticket>", ["POST"], self.decide),
            ("/Signing/<ticket>/document", ["GET"], self.document),
        ]

    def show(self, request: Request, ticket: str) -> Response:
        """The document and what to do about it; the address is good for one visit."""
        found = self.found(ticket)
        if isinstance(found, Response):
            return found
        kept, row = found
        if kept["is_opened"]:
            return back(kept, "ttl_expired")
        self.world.store.put("ds_view", "", ticket, kept | {"is_opened": True})
        row = signing.deliver(self.world, kept["account"], row, kept["recipient"])
        who = signing.signer_of(row, kept["recipient"])
        body = (
            f"<h1>{escape(row['emailSubject'])}</h1><p>Signing as {escape(who['name'])} ({escape(who['email'])}).</p>"
            f'<iframe title="The document" src="/Signing/{escape(ticket)}/document"></iframe><form method="post">'
            '<button name="decision" value="sign">Sign and finish</button>'
            '<button name="decision" value="later" class="quiet">Finish later</button>'
            '<label for="reason">Reason for declining</label><textarea id="reason" name="reason" rows="2" '
            'maxlength="500"></textarea>'
            '<button name="decision" value="decline" class="quiet">Decline to sign</button></form>'
        )
        return shown("Review and sign", body)

    def decide(self, request: Request, ticket: str) -> Response:
        found = self.found(ticket)
        if isinstance(found, Response):
            return found
        (kept, row), decision = found, request.form.get("decision", "")
        if not kept["is_opened"] or row["status"] not in {"sent", "delivered"}:
            return back(kept, "exception")
        self.world.store.remove("ds_view", "", ticket)
        if decision == "sign":
            signing.sign(self.world, kept["account"], row, kept["recipient"])
            return back(kept, "signing_complete")
        if decision == "decline":
            reason = request.form.get("reason", "").strip()
            signing.decline(self.world, kept["account"], row, kept["recipient"], reason)
            return back(kept, "decline")
        return back(kept, "cancel")

    def document(self, request: Request, ticket: str) -> Response:
        found = self.found(ticket)
        if isinstance(found, Response):
            return found
        content = paper.combined(found[1], with_certificate=False)
        return Response(content, content_type="application/pdf")

    def found(self, ticket: str) -> tuple[Body, Body] | Response:
        """The visit and its envelope; else what the visitor is told."""
        kept = self.world.store.get("ds_view", "", ticket)
        if kept is None:
            return shown("This link is not valid", "<h1>This link is not valid any more</h1>", 404)
        row = self.world.store.get(envelopes.KIND, kept["account"], kept["envelope"])
        if row is None or kept["until"] < self.world.clock.timestamp():
            return back(kept, "ttl_expired")
        return kept, envelopes.lapsed(self.world, kept["account"], row)


def back(kept: Body, event: str) -> Response:
    url = kept["return_url"]
    return redirect(f"{url}{'&' if urlparse(url).query else '?'}{urlencode({'event': event})}")


def shown(title: str, body: str, status: int = 200) -> Response:
    return page(PAGE.substitute(title=escape(title), body=body), status)
