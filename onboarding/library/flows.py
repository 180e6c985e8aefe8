"""Flow templates: what moves from where to where, and the field mapping a new customer starts from.

Records are flat: a nested field of QuickBooks is written with dots (`BillAddr.City`). Transformations and comparison
rules are names of the engine's closed sets; a mapping is stored as `MappingTemplate.as_dict()`.
"""

from dataclasses import dataclass

CRM_TO_FINANCE = "crm_to_finance"
FINANCE_TO_CRM = "finance_to_crm"


@dataclass(frozen=True, kw_only=True)
class MappingTemplate:
    """One source field to one target field. `transforms` run left to right; `compare` judges the value read back.

    `if_present`: left out, not wrong, where the target has no such field.
    """

    source: str
    target: str
    transforms: tuple[str, ...] = ("trim",)
    required: bool = False
    compare: str = "trim"
    note: str = ""
    if_present: bool = False

    def as_dict(self) -> dict:
        """The mapping as plain JSON values, the shape the engine reads."""
        return {
            "source": self.source,
            "target": self.target,
            "transforms": list(self.transforms),
            "required": self.required,
            "compare": self.compare,
            "note": self.note,
            "if_present": self.if_present,
        }


@dataclass(frozen=True, kw_only=True)
class FlowTemplate:
    """One flow. `legacy_name` is its name on InterWeave's own platform; `master` says which side wins (crm or finance).

    `binding_source_field` holds the target's id on the source record, `binding_target_field` the source's id on the
    target; a source record whose `active_field` says No stays out; `source_rights`/`target_rights` are what the connection must be allowed per object.
    """

    code: str
    name: str
    source_system: str
    source_object: str
    target_system: str
    target_object: str
    legacy_name: str
    mappings: tuple[MappingTemplate, ...]
    name_field: str
    target_name_field: str
    binding_source_field: str
    binding_target_field: str
    stamp_field: str
    stamp_name_field: str
    active_field: str = ""
    direction: str = CRM_TO_FINANCE
    master: str = "crm"
    depends_on: tuple[str, ...] = ()
    source_rights: tuple[tuple[str, tuple[str, ...]], ...] = ()
    target_rights: tuple[tuple[str, tuple[str, ...]], ...] = ()


ACCOUNT_TO_CUSTOMER = FlowTemplate(
    code="account_to_customer",
    name="Account to Customer",
    source_system="salesforce",
    source_object="Account",
    target_system="quickbooks_online",
    target_object="Customer",
    legacy_name="SFAcct2QBCustN",
    name_field="Name",
    target_name_field="DisplayName",
    binding_source_field="QB_Customer_Id__c",
    binding_target_field="AccountID",
    stamp_field="QB_LastModified__c",
    stamp_name_field="QB_Full_Name__c",
    active_field="Active__c",
    source_rights=(("Account", ("read", "create", "update", "remove")),),
    target_rights=(("Customer", ("read", "create", "update", "remove")),),
    mappings=(
        MappingTemplate(
            source="Name",
            target="DisplayName",
            transforms=("trim", "single_spaces", "strip_colons", "cut:100"),
            required=True,
            note="QuickBooks refuses colons, names over 100 characters, and two customers of one name.",
        ),
        MappingTemplate(source="Name", target="CompanyName", transforms=("trim", "single_spaces", "cut:100")),
        MappingTemplate(
            source="Phone", target="PrimaryPhone.FreeFormNumber", transforms=("trim", "cut:30"), compare="digits"
        ),
        MappingTemplate(source="Fax", target="Fax.FreeFormNumber", transforms=("trim", "cut:30"), compare="digits"),
        MappingTemplate(
            source="Website", target="WebAddr.URI", transforms=("trim", "https_url"), compare="ignore_case"
        ),
        MappingTemplate(source="BillingStreet", target="BillAddr.Line1", transforms=("trim", "one_line", "cut:500")),
        MappingTemplate(source="BillingCity", target="BillAddr.City", transforms=("trim", "cut:255")),
        MappingTemplate(
            source="BillingState", target="BillAddr.CountrySubDivisionCode", transforms=("trim", "cut:255")
        ),
        MappingTemplate(source="BillingPostalCode", target="BillAddr.PostalCode", transforms=("trim", "cut:30")),
        MappingTemplate(
            source="BillingCountry", target="BillAddr.Country", transforms=("trim", "country_iso3"), compare="country"
        ),
        MappingTemplate(source="ShippingStreet", target="ShipAddr.Line1", transforms=("trim", "one_line", "cut:500")),
        MappingTemplate(source="ShippingCity", target="ShipAddr.City", transforms=("trim", "cut:255")),
        MappingTemplate(
            source="ShippingState", target="ShipAddr.CountrySubDivisionCode", transforms=("trim", "cut:255")
        ),
        MappingTemplate(source="ShippingPostalCode", target="ShipAddr.PostalCode", transforms=("trim", "cut:30")),
        MappingTemplate(
            source="ShippingCountry", target="ShipAddr.Country", transforms=("trim", "country_iso3"), compare="country"
        ),
        MappingTemplate(source="Description", target="Notes", transforms=("trim", "cut:2000")),
        MappingTemplate(
            source="Id",
            target="AccountID",
            transforms=(),
            compare="exact",
            if_present=True,
            note="Binds the two records. Left out where the company has no customer field of this name.",
        ),
    ),
)

FLOWS: tuple[FlowTemplate, ...] = (ACCOUNT_TO_CUSTOMER,)
# Every flow a customer may ask for; the portal runs those among FLOWS.
NAMES = {
    "account_to_customer": "Account to Customer",
    "contact_to_customer": "Contact to Customer",
    "product_to_item": "Product to Item",
    "opportunity_to_estimate": "Opportunity to Estimate",
    "opportunity_to_sales_order": "Opportunity to Sales Order",
    "opportunity_to_invoice": "Opportunity to Invoice",
    "opportunity_to_sales_receipt": "Opportunity to Sales Receipt",
    "payment_to_crm": "Payment to CRM",
    "account_to_vendor": "Account to Vendor",
    "purchase_order": "Purchase Order",
    "bill": "Bill",
}


def flow(code: str) -> FlowTemplate:
    """The template of this code; KeyError when the library has none."""
    return {template.code: template for template in FLOWS}[code]
