"""A new company: what Intuit sets up by itself, and a few customers its bookkeeper has already typed in."""

from integrations.sandbox.quickbooks.company import Company
from integrations.sandbox.quickbooks.countries import NAMES, iso3
from integrations.sandbox.quickbooks.entities import ENTITIES
from integrations.sandbox.quickbooks.records import create
from integrations.sandbox.state import Body
from integrations.sandbox.web import World

CURRENCY = {"USA": "USD", "CAN": "CAD", "GBR": "GBP"}
ACCOUNTS = (
    ("Accounts Receivable (A/R)", "Accounts Receivable", "AccountsReceivable", "Asset"),
    ("Accounts Payable (A/P)", "Accounts Payable", "AccountsPayable", "Liability"),
    ("Sales of Product Income", "Income", "SalesOfProductIncome", "Revenue"),
    ("Services", "Income", "ServiceFeeIncome", "Revenue"),
    ("Cost of Goods Sold", "Cost of Goods Sold", "SuppliesMaterialsCogs", "Expense"),
    ("Inventory Asset", "Other Current Asset", "Inventory", "Asset"),
    ("Undeposited Funds", "Other Current Asset", "UndepositedFunds", "Asset"),
    ("Checking", "Bank", "Checking", "Asset"),
)
TERMS = (("Due on receipt", 0), ("Net 10", 10), ("Net 15", 15), ("Net 30", 30), ("Net 60", 60))
METHODS = (("Cash", "NON_CREDIT_CARD"), ("Check", "NON_CREDIT_CARD"), ("Visa", "CREDIT_CARD"))
CUSTOMERS = (
    {
        "DisplayName": "Vandelay Imports",
        "CompanyName": "Vandelay Imports",
        "PrimaryPhone": {"FreeFormNumber": "(718) 555-0187"},
    },
    {
        "DisplayName": "Hansen & Sons Plumbing",
        "BillAddr": {"Line1": "Route 3 Box 18", "City": "Fargo", "Country": "USA"},
    },
    {"DisplayName": "Old Mill Cafe", "GivenName": "Rosa", "FamilyName": "Lind", "Active": False},
)
NAME_LENGTH = 100


def new_company(world: World, *, name: str, country: str = "US", **wishes: object) -> Body:
    """A company with its lists. `wishes`: sales_fields (up to three names), name_length of DisplayName."""
    number = world.store.next_number("qb_company", 1)
    realm = f"93414532{number:08d}"
    code = iso3(country)
    facts: Body = {
        "realm_id": realm,
        "name": name,
        "country": code,
        "currency": CURRENCY.get(code, "USD"),
        "sales_fields": wishes.get("sales_fields") or [],
        "name_length": wishes.get("name_length") or NAME_LENGTH,
    }
    world.store.put("qb_company", "", realm, facts)
    company = Company(world, realm)
    about(company, facts)
    lists(company)
    for kind in world.store.keys("created", realm):  # the counts are of what callers make
        world.store.remove("created", realm, kind)
    return facts


def about(company: Company, facts: Body) -> None:
    moment = company.stamp()
    own = {"Id": "1", "SyncToken": "4", "MetaData": {"CreateTime": moment, "LastUpdatedTime": moment}}
    where: Body = {
        "Id": "1",
        "Line1": "2500 Garcia Ave",
        "City": "Mountain View",
        "PostalCode": "94043",
        "Country": facts["country"],
    }
    info: Body = {
        "CompanyName": facts["name"],
        "LegalName": facts["name"],
        "CompanyAddr": where,
        "LegalAddr": where,
        "CompanyStartDate": "2019-04-01",
        "FiscalYearStartMonth": "January",
        "Country": NAMES.get(facts["country"], ("US",))[0],
        "Email": {"Address": "books@example.com"},
        "SupportedLanguages": "en",
        "NameValue": [{"Name": "OfferingSku", "Value": "QuickBooks Online Advanced"}],
    }
    company.keep("CompanyInfo", own | info)
    uses = [
        {
            "Name": f"SalesFormsPrefs.UseSalesCustom{place}",
            "Type": "BooleanType",
            "BooleanValue": place <= len(facts["sales_fields"]),
        }
        for place in (1, 2, 3)
    ]
    named = [
        {"Name": f"SalesFormsPrefs.SalesCustomName{place}", "Type": "StringType", "StringValue": label}
        for place, label in enumerate(facts["sales_fields"], 1)
    ]
    preferences = {
        "SalesFormsPrefs": {
            "CustomField": [{"CustomField": uses}, {"CustomField": named}],
            "CustomTxnNumbers": False,
            "AllowDeposit": True,
        },
        "CurrencyPrefs": {"HomeCurrency": {"value": facts["currency"]}, "MultiCurrencyEnabled": False},
        "TaxPrefs": {"UsingSalesTax": True, "PartnerTaxEnabled": True},
        "AccountingInfoPrefs": {"CustomerTerminology": "Customers", "TrackDepartments": False},
        "ProductAndServicesPrefs": {"QuantityOnHand": True, "ForSales": True},
    }
    company.keep("Preferences", own | preferences)


def lists(company: Company) -> None:
    for name, kind, detail, side in ACCOUNTS:
        own = {"Name": name, "AccountType": kind, "AccountSubType": detail, "Classification": side}
        company.insert(
            "Account", own | {"FullyQualifiedName": name, "Active": True, "SubAccount": False, "CurrentBalance": 0}
        )
    for name, days in TERMS:
        company.insert("Term", {"Name": name, "Active": True, "Type": "STANDARD", "DueDays": days})
    for name, kind in METHODS:
        company.insert("PaymentMethod", {"Name": name, "Active": True, "Type": kind})
    moment = company.stamp()
    for code in ("TAX", "NON"):
        coded: Body = {"Id": code, "SyncToken": "0", "MetaData": {"CreateTime": moment, "LastUpdatedTime": moment}}
        company.keep("TaxCode", coded | {"Name": code, "Active": True, "Taxable": code == "TAX"})
    income = next(row["Id"] for row in company.rows("Account") if row["AccountSubType"] == "ServiceFeeIncome")
    for name, price in (("Hours", 140), ("Widget, small", 12.5)):
        body = {"Name": name, "Type": "Service", "UnitPrice": price, "IncomeAccountRef": {"value": income}}
        create(company, ENTITIES["Item"], body)
    for customer in CUSTOMERS:
        create(company, ENTITIES["Customer"], customer)
    create(
        company, ENTITIES["Vendor"], {"DisplayName": "Office Supplies Direct", "CompanyName": "Office Supplies Direct"}
    )
