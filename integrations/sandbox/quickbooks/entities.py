"""What each accounting entity is: its properties, which it needs, which are Intuit's own, what queries may ask."""

from dataclasses import dataclass, field

Rules = dict[str, str]

ADDRESS = {f"Line{number}": 500 for number in range(1, 6)} | {
    "City": 255,
    "Country": 255,
    "CountrySubDivisionCode": 255,
    "PostalCode": 30,
}
ADDRESS_IGNORED = {"Id", "Lat", "Long", "Note"}
CURRENCIES = {"USD": "United States Dollar", "CAD": "Canadian Dollar", "GBP": "British Pound Sterling", "EUR": "Euro"}


@dataclass(frozen=True)
class Entity:
    """One entity.

    `rules` says per property what may be sent: text:LENGTH, flag, number, date, address, phone, email, uri, ref:ENTITY,
    currency, memo, lines, payments, custom, any. `own` are Intuit's own: taken silently, never stored as sent.
    """

    name: str
    rules: Rules
    own: frozenset[str] = frozenset()
    needs: tuple[str, ...] = ()
    defaults: dict[str, object] = field(default_factory=dict)
    filterable: frozenset[str] = frozenset()
    unique: str = ""
    numbers: str = "list"
    is_list: bool = True  # made inactive, never deleted
    is_readonly: bool = False

    @property
    def properties(self) -> set[str]:
        return set(self.rules) | self.own | COMMON


COMMON = {"Id", "SyncToken", "domain", "sparse", "MetaData"}
PERSON: Rules = {
    "Title": "text:16",
    "GivenName": "text:100",
    "MiddleName": "text:100",
    "FamilyName": "text:100",
    "Suffix": "text:16",
    "DisplayName": "name:100",
    "PrintOnCheckName": "text:110",
    "Active": "flag",
    "PrimaryPhone": "phone",
    "Mobile": "phone",
    "PrimaryEmailAddr": "email",
}
COMPANY: Rules = {
    **PERSON,
    "CompanyName": "text:100",
    "Notes": "text:2000",
    "AlternatePhone": "phone",
    "Fax": "phone",
    "WebAddr": "uri",
    "BillAddr": "address",
    "CurrencyRef": "currency",
}
PERSON_FILTERS = frozenset(
    {
        "Id", "Active", "DisplayName", "GivenName", "MiddleName", "FamilyName", "Suffix", "Title", "PrintOnCheckName",
        "PrimaryEmailAddr", "PrimaryPhone", "MetaData.CreateTime", "MetaData.LastUpdatedTime",
    }
)  # fmt: skip
STAMPS = frozenset({"Id", "MetaData.CreateTime", "MetaData.LastUpdatedTime"})
LIST_FILTERS = STAMPS | {"Name", "Active"}
SALE: Rules = {
    "CustomerRef": "ref:Customer",
    "Line": "lines",
    "DocNumber": "text:21",
    "TxnDate": "date",
    "ShipDate": "date",
    "BillEmail": "email",
    "BillAddr": "address",
    "ShipAddr": "address",
    "CustomerMemo": "memo",
    "PrivateNote": "text:4000",
    "SalesTermRef": "ref:Term",
    "CurrencyRef": "currency",
    "CustomField": "custom",
    "TrackingNum": "text:31",
    "PrintStatus": "text:20",
    "EmailStatus": "text:20",
    "GlobalTaxCalculation": "text:20",
    "ApplyTaxAfterDiscount": "flag",
    "TxnTaxDetail": "any",
}
SALE_OWN = frozenset(
    {
        "TotalAmt", "Balance", "HomeBalance", "HomeTotalAmt", "LinkedTxn", "ExchangeRate", "InvoiceLink", "Deposit",
        "FreeFormAddress", "AllowIPNPayment", "AllowOnlineACHPayment", "AllowOnlineCreditCardPayment", "DeliveryInfo",
        "BillEmailCc", "BillEmailBcc", "EInvoiceStatus",
    }
)  # fmt: skip
SALE_FILTERS = STAMPS | {"DocNumber", "TxnDate", "DueDate", "CustomerRef", "TotalAmt", "Balance"}

ENTITIES = {
    made.name: made
    for made in (
        Entity(
            "Customer",
            {
                **COMPANY,
                "ShipAddr": "address",
                "Job": "flag",
                "BillWithParent": "flag",
                "Taxable": "flag",
                "IsProject": "flag",
                "ParentRef": "ref:Customer",
                "SalesTermRef": "ref:Term",
                "PaymentMethodRef": "ref:PaymentMethod",
                "DefaultTaxCodeRef": "ref:TaxCode",
                "ARAccountRef": "ref:Account",
                "PreferredDeliveryMethod": "text:20",
                "ResaleNum": "text:16",
                "OpenBalanceDate": "date",
                "PrimaryTaxIdentifier": "text:20",
                "CustomField": "custom",
            },
            own=frozenset(
                {"Balance", "BalanceWithJobs", "Level", "FullyQualifiedName", "ClientEntityId", "V4IDPseudonym"}
            ),
            defaults={"Taxable": True, "Job": False, "BillWithParent": False, "IsProject": False, "Active": True},
            filterable=PERSON_FILTERS | {"CompanyName", "FullyQualifiedName", "Balance", "Job", "Taxable", "Level"},
            numbers="names",
        ),
        Entity(
            "Vendor",
            {
                **COMPANY,
                "AcctNum": "text:100",
                "TaxIdentifier": "text:20",
                "TaxReportingBasis": "text:20",
                "Vendor1099": "flag",
                "TermRef": "ref:Term",
                "APAccountRef": "ref:Account",
                "CustomField": "custom",
            },
            own=frozenset({"Balance", "BillRate"}),
            defaults={"Active": True, "Vendor1099": False},
            filterable=PERSON_FILTERS | {"CompanyName", "Balance"},
            numbers="names",
        ),
        Entity(
            "Employee",
            {**PERSON, "PrimaryAddr": "address", "EmployeeNumber": "text:100", "BillableTime": "flag"},
            own=frozenset({"BillRate", "CostRate", "Organization", "ReleasedDate"}),
            defaults={"Active": True},
            filterable=PERSON_FILTERS,
            numbers="names",
        ),
        Entity(
            "Item",
            {
                "Name": "name:100",
                "Type": "text:20",
                "Sku": "text:100",
                "Description": "text:4000",
                "PurchaseDesc": "text:1000",
                "UnitPrice": "number",
                "PurchaseCost": "number",
                "Taxable": "flag",
                "Active": "flag",
                "SubItem": "flag",
                "TrackQtyOnHand": "flag",
                "QtyOnHand": "number",
                "InvStartDate": "date",
                "ParentRef": "ref:Item",
                "IncomeAccountRef": "ref:Account",
                "ExpenseAccountRef": "ref:Account",
                "AssetAccountRef": "ref:Account",
            },
            own=frozenset({"FullyQualifiedName", "Level", "SalesTaxCodeRef", "PurchaseTaxCodeRef"}),
            needs=("Name",),
            defaults={"Active": True, "Taxable": False, "Type": "Service", "UnitPrice": 0, "TrackQtyOnHand": False},
            filterable=LIST_FILTERS | {"Type", "Sku", "UnitPrice", "Description", "FullyQualifiedName"},
            unique="Name",
        ),
        Entity(
            "Account",
            {
                "Name": "name:100",
                "AccountType": "text:100",
                "AccountSubType": "text:100",
                "AcctNum": "text:20",
                "Description": "text:100",
                "Classification": "text:20",
                "Active": "flag",
                "SubAccount": "flag",
                "ParentRef": "ref:Account",
                "CurrencyRef": "currency",
            },
            own=frozenset({"FullyQualifiedName", "CurrentBalance", "CurrentBalanceWithSubAccounts", "TaxCodeRef"}),
            needs=("Name", "AccountType"),
            defaults={"Active": True, "SubAccount": False, "CurrentBalance": 0},
            filterable=LIST_FILTERS | {"AccountType", "AccountSubType", "Classification"},
            unique="Name",
        ),
        Entity(
            "Term",
            {"Name": "name:31", "Active": "flag", "DueDays": "number", "DiscountPercent": "number", "Type": "text:20"},
            needs=("Name",),
            defaults={"Active": True, "Type": "STANDARD"},
            filterable=LIST_FILTERS,
            unique="Name",
        ),
        Entity(
            "PaymentMethod",
            {"Name": "name:31", "Active": "flag", "Type": "text:20"},
            needs=("Name",),
            defaults={"Active": True},
            filterable=LIST_FILTERS,
            unique="Name",
        ),
        Entity("TaxCode", {"Name": "text:20"}, filterable=LIST_FILTERS, is_readonly=True),
        Entity(
            "Invoice",
            {**SALE, "DueDate": "date", "DepositToAccountRef": "ref:Account"},
            own=SALE_OWN,
            needs=("CustomerRef", "Line"),
            defaults={"EmailStatus": "NotSet", "PrintStatus": "NotSet"},
            filterable=SALE_FILTERS,
            numbers="transactions",
            is_list=False,
        ),
        Entity(
            "Estimate",
            {**SALE, "ExpirationDate": "date", "TxnStatus": "text:20"},
            own=SALE_OWN,
            needs=("CustomerRef", "Line"),
            defaults={"EmailStatus": "NotSet", "PrintStatus": "NotSet", "TxnStatus": "Pending"},
            filterable=SALE_FILTERS | {"TxnStatus"},
            numbers="transactions",
            is_list=False,
        ),
        Entity(
            "Payment",
            {
                "CustomerRef": "ref:Customer",
                "TotalAmt": "number",
                "Line": "payments",
                "TxnDate": "date",
                "PaymentRefNum": "text:21",
                "PaymentMethodRef": "ref:PaymentMethod",
                "DepositToAccountRef": "ref:Account",
                "ARAccountRef": "ref:Account",
                "CurrencyRef": "currency",
                "PrivateNote": "text:4000",
            },
            own=frozenset({"UnappliedAmt", "ProcessPayment", "ExchangeRate", "LinkedTxn"}),
            needs=("CustomerRef", "TotalAmt"),
            filterable=STAMPS | {"TxnDate", "CustomerRef", "TotalAmt", "PaymentRefNum"},
            numbers="transactions",
            is_list=False,
        ),
        Entity("CompanyInfo", {}, filterable=STAMPS, is_readonly=True),
        Entity("Preferences", {}, filterable=STAMPS, is_readonly=True),
    )
}
BY_PATH = {name.lower(): made for name, made in ENTITIES.items()}
NAMES = ("Customer", "Vendor", "Employee")
