"""Settings of what lies outside the portal: the other systems, and the seller whose invoices it issues."""

import json
from decimal import Decimal

from portal.environment import REHEARSAL, env

# --- The other systems ------------------------------------------------------------------------------------------------------
# Hosts a customer's connection may name, beside the vendors' own; rehearsal adds the sandbox.
OUTBOUND_EXTRA_HOSTS = env.list("OUTBOUND_EXTRA_HOSTS", default=[])
OUTBOUND_PRIVATE_ADDRESSES = env.list("OUTBOUND_PRIVATE_ADDRESSES", default=[])
OUTBOUND_CA_BUNDLE = env("OUTBOUND_CA_BUNDLE", default="")
INTUIT_CLIENT_ID = env("INTUIT_CLIENT_ID", default="")
INTUIT_CLIENT_SECRET = env("INTUIT_CLIENT_SECRET", default="")
INTUIT_DISCOVERY_URL = env("INTUIT_DISCOVERY_URL", default="production")
INTUIT_API_URL = env("INTUIT_API_URL", default="https://quickbooks.api.intuit.com")
# Our own accounts for meetings; without its credentials a way to meet isn't offered.
ZOOM_ACCOUNT_ID = env("ZOOM_ACCOUNT_ID", default="")
ZOOM_CLIENT_ID = env("ZOOM_CLIENT_ID", default="")
ZOOM_CLIENT_SECRET = env("ZOOM_CLIENT_SECRET", default="")
ZOOM_WEBHOOK_SECRET = env("ZOOM_WEBHOOK_SECRET", default="")
ZOOM_OAUTH_URL = env("ZOOM_OAUTH_URL", default="https://zoom.us")
ZOOM_API_URL = env("ZOOM_API_URL", default="https://api.zoom.us")
# The service account's key file, whole; it may act for hosts (domain-wide delegation).
GOOGLE_SERVICE_ACCOUNT = json.loads(env("GOOGLE_SERVICE_ACCOUNT", default="") or "{}")
GOOGLE_API_URL = env("GOOGLE_API_URL", default="https://www.googleapis.com")
FIREFLIES_API_KEY = env("FIREFLIES_API_KEY", default="")
FIREFLIES_WEBHOOK_SECRET = env("FIREFLIES_WEBHOOK_SECRET", default="")
FIREFLIES_URL = env("FIREFLIES_URL", default="https://api.fireflies.ai/graphql")
# Who is asked for DNS records, as address or address:port; empty: the machine's own resolvers.
DNS_RESOLVERS = env.list("DNS_RESOLVERS", default=[])
# Payment by card: without the key it isn't offered.
STRIPE_API_KEY = env("STRIPE_API_KEY", default="")
STRIPE_WEBHOOK_SECRET = env("STRIPE_WEBHOOK_SECRET", default="")
STRIPE_API_URL = env("STRIPE_API_URL", default="https://api.stripe.com")
# Signing at DocuSign: without the first three it isn't offered. The key is PEM, a file's path, or PEM in base64.
DOCUSIGN_INTEGRATION_KEY = env("DOCUSIGN_INTEGRATION_KEY", default="")
DOCUSIGN_USER_ID = env("DOCUSIGN_USER_ID", default="")
DOCUSIGN_PRIVATE_KEY = env("DOCUSIGN_PRIVATE_KEY", default="")
DOCUSIGN_ACCOUNT_ID = env("DOCUSIGN_ACCOUNT_ID", default="")  # empty: the user's default account
DOCUSIGN_OAUTH_URL = env("DOCUSIGN_OAUTH_URL", default="https://account.docusign.com")
DOCUSIGN_CONNECT_KEYS = env.list("DOCUSIGN_CONNECT_KEYS", default=[])  # any of them may have signed a call
DOCUSIGN_CONNECT_URL = env("DOCUSIGN_CONNECT_URL", default="")  # where envelopes call; empty: our own public address
# Where a form's answer may lead in a browser, beside our own pages.
_LEADS_TO = {"https://checkout.stripe.com": STRIPE_API_KEY, "https://*.docusign.net": DOCUSIGN_INTEGRATION_KEY,
             "https://*.docusign.com": DOCUSIGN_INTEGRATION_KEY}  # fmt: skip
FORM_ACTION_HOSTS = env.list("FORM_ACTION_HOSTS", default=[host for host, is_set in _LEADS_TO.items() if is_set])
FLOW_INTERVAL_SECONDS = env.int("FLOW_INTERVAL_SECONDS", default=600)

# --- Seals -------------------------------------------------------------------------------------------------------------------
# Each certificate or key as a file's path, or its content (PKCS#12 in base64, certificates as PEM or its base64).
SEAL_PKCS12 = env("SEAL_PKCS12", default="")
SEAL_PASSPHRASE = env("SEAL_PASSPHRASE", default="")
SEAL_CHAIN = env("SEAL_CHAIN", default="")  # what leads from our certificate to its authority; embedded in each seal
SEAL_TRUST = env("SEAL_TRUST", default="")  # our former sealing certificates, and the roots of the time stamp authority
TSA_URL = env("TSA_URL", default="")  # empty: seals carry no time stamp (PAdES B-B)

# --- Money: who issues the invoices --------------------------------------------------------------------------------------------
SELLER = {
    "name": env("SELLER_NAME", default="InterWeave SmartSolutions"),
    "address": env("SELLER_ADDRESS", default="1 Integration Way, Boston MA 02110, United States"),
    "tax_id": env("SELLER_TAX_ID", default=""),
    "email": env("SELLER_EMAIL", default="billing@interweave.example"),
    # The account invoices are paid to; a rehearsal shows the standard's own example.
    "iban": env("SELLER_IBAN", default="GB33BUKB20201555555555" if REHEARSAL else ""),
    "bic": env("SELLER_BIC", default="BUKBGB22" if REHEARSAL else ""),
    "country": env("SELLER_COUNTRY", default="US"),
}
# From this amount on (in the invoice's currency) a payment counts once a second person has confirmed it.
SECOND_PERSON_FROM = Decimal(env("SECOND_PERSON_FROM", default="5000.00"))
