"""A new org: its organisation, users, price book and twenty accounts as untidy as real ones."""

import secrets

from integrations.sandbox.salesforce import ids
from integrations.sandbox.salesforce.org import Org
from integrations.sandbox.state import Body
from integrations.sandbox.web import World

LONG_NAME = "Consolidated Northeastern Refrigeration, Heating, Ventilation and Air Conditioning Installation and Repair Company LLC"
# name, phone, website, street, city, state, postal code, country, industry, account number
ACCOUNTS = (
    ("Acme Widgets, Inc.", "(617) 555-0134", "www.acmewidgets.example", "12 Foundry St", "Boston", "MA", "02110", "USA", "Manufacturing", "AC-1001"),
    ("ACME Widgets Inc", "617.555.0134", "acmewidgets.example", "12 Foundry Street", "Boston", "Massachusetts", "02110", "United States", "Manufacturing", "AC-1002"),
    (LONG_NAME, "(207) 555-0178", "https://cnrhvac.example", "400 Harbor Rd, Bldg 7", "Portland", "ME", "04101", "US", "Construction", "AC-1003"),
    ("Globex: East Division", "+1 212 555 0191", "globex.example/east", "350 Fifth Ave\nFloor 21", "New York", "NY", "10118", "United States", "Technology", "AC-1004"),
    ("Globex: West Division", "+1 415 555 0102", "globex.example/west", "1 Market St", "San Francisco", "CA", "94105", "United States", "Technology", "AC-1005"),
    ("Initech  Software", "512-555-0147", None, "4120 Freidrich Ln", "Austin", "TX", "78744", "USA", "Technology", None),
    ("Bluebird Bakery", None, "bluebirdbakery.example", "77 Mill Ln", "Burlington", "VT", "05401", "USA", "Food & Beverage", "AC-1007"),
    ("Hansen & Sons Plumbing", "(701) 555-0166", None, "Route 3 Box 18", "Fargo", "ND", "58102", "USA", "Construction", "AC-1008"),
    ("Hoefler Maschinenbau GmbH", "+49 711 5550 123", "hoefler.example", "Industriestrasse 4", "Stuttgart", None, "70565", "Germany", "Manufacturing", "AC-1009"),
    ("Møller & Brandt ApS", "+45 55 50 12 34", "moellerbrandt.example", "Havnegade 39", "København", None, "1058", "Denmark", "Shipping", "AC-1010"),
    ("Société Générale de Vélos", "+33 1 55 50 01 23", "velos.example", "8 rue des Cordeliers", "Lyon", None, "69001", "France", "Retail", "AC-1011"),
    ("Pacific Rim Logistics", "(206) 555-0111", "HTTP://WWW.PACRIM.EXAMPLE", "2200 Alaskan Way", "Seattle", "WA", "98121", "USA", "Shipping", "AC-1012"),
    ("Riverside Community College District", "(951) 555-0189", "riverside.example", "3801 Market St", "Riverside", "CA", "92501", "USA", "Education", "AC-1013"),
    ("Stark Medical Devices", "(303) 555-0120 ext. 4415", "starkmed.example", "600 17th St", "Denver", "CO", "80202", "USA", "Healthcare", "AC-1014"),
    ("Tri-County Farm Supply", "(515) 555-0155", None, "1901 County Hwy 9", "Ames", "IA", "50010", "USA", "Agriculture", "AC-1015"),
    ("Umbrella Insurance Brokers", "(860) 555-0143", "umbrella-ins.example", "1 Constitution Plz", "Hartford", "CT", "06103", "USA", "Finance", "AC-1016"),
    ("Bluebird Bakery", "(802) 555-0119", "bluebirdbakery.example", "12 Church St", "Burlington", "VT", "05401", "USA", "Food & Beverage", "AC-1017"),
    ("Vandelay Imports", "(718) 555-0187", "vandelay.example", None, "Brooklyn", "NY", None, "USA", "Retail", "AC-1018"),
    ("Wayne & Daughters Engineering Ltd", "+44 20 5550 0123", "wayne-daughters.example", "14 Clerkenwell Green", "London", None, "EC1R 0DP", "United Kingdom", "Engineering", "AC-1019"),
    ("Zephyr Outdoor Gear Co-operative", "(406) 555-0164", "zephyr.example", "22 E Main St", "Bozeman", "MT", "59715", "USA", "Retail", "AC-1020"),
)  # fmt: skip
ADDRESS = ("Street", "City", "State", "PostalCode", "Country")
PRODUCTS = (
    ("Widget, small", "WDG-S", 12.5),
    ("Widget, large", "WDG-L", 48),
    ("Installation, per hour", "SVC-INST", 140),
)
CONTACTS = (("Dana", "Whitfield", 0), ("Luis", "Ortega", 3), ("Grace", "Okafor", 6), ("Matthias", "Hoefler", 8))


def new_org(world: World, *, name: str, **wishes: object) -> Body:
    """An org with one app and one integration user. `wishes`: is_sandbox, edition, redirect_uris, rotates, api_limit."""
    org_id = ids.make("00D", world.store.next_number("sf_org", 0x1F3))
    user_id = ids.make("005", world.store.next_number("sf_user", 0x3B7))
    row: Body = {
        "id": org_id,
        "name": name,
        "user_id": user_id,
        "consumer_key": "3MVG9" + secrets.token_urlsafe(56),
        "consumer_secret": secrets.token_hex(32).upper(),
        "redirect_uris": wishes.get("redirect_uris") or [],
        "rotates": bool(wishes.get("rotates")),
        "api_limit": int(str(wishes.get("api_limit") or 100_000)),
    }
    world.store.put("sf_org", "", org_id, row)
    org = Org(world, org_id, user_id)
    people(org, name)
    organisation(org, name, wishes)
    business(org)
    return row


def organisation(org: Org, name: str, wishes: dict[str, object]) -> None:
    edition = wishes.get("edition") or "Enterprise Edition"
    own = {
        "Id": org.id,
        "Name": name,
        "OrganizationType": edition,
        "IsSandbox": bool(wishes.get("is_sandbox")),
        "InstanceName": "USA42",
        "Country": "US",
        "LanguageLocaleKey": "en_US",
        "TimeZoneSidKey": "America/New_York",
    }
    org.insert("Organization", own)


def people(org: Org, name: str) -> None:
    profile = org.insert("Profile", {"Name": "Salesforce API Only System Integrations"})
    domain = "".join(letter for letter in name.lower() if letter.isalnum()) or "customer"
    org.insert(
        "User",
        {
            "Id": org.user_id,
            "Username": f"interweave.integration@{domain}.example",
            "FirstName": "InterWeave",
            "LastName": "Integration",
            "Name": "InterWeave Integration",
            "Alias": "iwinteg",
            "Email": f"integration@{domain}.example",
            "IsActive": True,
            "UserType": "Standard",
            "ProfileId": profile["Id"],
        },
    )
    owned = {"Name": "X" + profile["Id"], "Label": "X" + profile["Id"], "IsOwnedByProfile": True, "IsCustom": False}
    held = org.insert("PermissionSet", owned | {"ProfileId": profile["Id"]})
    org.insert("PermissionSetAssignment", {"AssigneeId": org.user_id, "PermissionSetId": held["Id"]})


def business(org: Org) -> None:
    accounts = [org.insert("Account", account(row, number)) for number, row in enumerate(ACCOUNTS)]
    for first, last, place in CONTACTS:
        mail = f"{first}.{last}@example.com".lower()
        name = f"{first} {last}"
        who = {"FirstName": first, "LastName": last, "Name": name, "Email": mail, "AccountId": accounts[place]["Id"]}
        org.insert("Contact", who)
    book = org.insert("Pricebook2", {"Name": "Standard Price Book", "IsActive": True, "IsStandard": True})
    for name, code, price in PRODUCTS:
        product = org.insert("Product2", {"Name": name, "ProductCode": code, "IsActive": True})
        entry = {"Pricebook2Id": book["Id"], "Product2Id": product["Id"], "UnitPrice": float(price), "IsActive": True}
        org.insert("PricebookEntry", entry | {"Name": name, "ProductCode": code})
    deal = {"Name": "Acme Widgets - Spring order", "StageName": "Negotiation/Review", "CloseDate": "2027-03-31"}
    org.insert("Opportunity", deal | {"AccountId": accounts[0]["Id"], "Amount": 18400.0, "Probability": 90})


def account(row: tuple[str | None, ...], number: int) -> Body:
    name, phone, website, *where, industry, account_number = row
    billing = dict(zip((f"Billing{part}" for part in ADDRESS), where, strict=True))
    shipping = dict(zip((f"Shipping{part}" for part in ADDRESS), where, strict=True)) if number % 3 == 0 else {}
    own = {
        "Name": name,
        "Phone": phone,
        "Website": website,
        "Industry": industry,
        "AccountNumber": account_number,
        "Type": "Customer - Direct" if number % 4 else "Prospect",
        "NumberOfEmployees": 12 + 37 * number,
        "Description": "Met at the spring trade fair." if number % 5 == 0 else None,
    }
    return own | billing | shipping
