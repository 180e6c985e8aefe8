"""The standard objects an InterWeave integration meets, and their standard fields."""

from dataclasses import dataclass

from integrations.sandbox.salesforce.fields import (
    Field,
    address,
    area,
    fixed,
    money,
    number,
    phone,
    picklist,
    read_only,
    reference,
    text,
    whole,
    yes_no,
)


@dataclass(frozen=True)
class SObject:
    """One object. `children` names the lists a parent row may be asked for: relationship -> (object, field)."""

    name: str
    plural: str
    prefix: str
    own: tuple[Field, ...]
    children: tuple[tuple[str, str, str], ...] = ()
    createable: bool = True
    updateable: bool = True
    deletable: bool = True

    @property
    def fields(self) -> tuple[Field, ...]:
        return (*SYSTEM[:1], *self.own, *SYSTEM[1:])


SYSTEM = (
    read_only(Field("Id", "Record ID", "id", 18)),
    read_only(yes_no("IsDeleted", "Deleted")),
    read_only(Field("CreatedDate", "Created Date", "datetime")),
    read_only(reference("CreatedById", "Created By ID", "User")),
    read_only(Field("LastModifiedDate", "Last Modified Date", "datetime")),
    read_only(reference("LastModifiedById", "Last Modified By ID", "User")),
    read_only(Field("SystemModstamp", "System Modstamp", "datetime")),
)
OWNER = reference("OwnerId", "Owner ID", "User")
INDUSTRIES: tuple[str, ...] = (
    "Agriculture",
    "Construction",
    "Consulting",
    "Education",
    "Electronics",
    "Engineering",
    "Finance",
)
INDUSTRIES += (
    "Food & Beverage",
    "Healthcare",
    "Manufacturing",
    "Retail",
    "Shipping",
    "Technology",
    "Utilities",
    "Other",
)
STAGES = {
    "Prospecting": 10,
    "Qualification": 10,
    "Needs Analysis": 20,
    "Value Proposition": 50,
    "Proposal/Price Quote": 75,
    "Negotiation/Review": 90,
    "Closed Won": 100,
    "Closed Lost": 0,
}

ACCOUNT = SObject(
    "Account",
    "Accounts",
    "001",
    (
        text("Name", "Account Name", required=True),
        picklist("Type", "Account Type", "Prospect", "Customer - Direct", "Customer - Channel", "Other"),
        reference("ParentId", "Parent Account ID", "Account"),
        *address("Billing"),
        *address("Shipping"),
        phone("Phone", "Account Phone"),
        phone("Fax", "Account Fax"),
        text("AccountNumber", "Account Number", 40),
        Field("Website", "Website", "url", 255),
        picklist("Industry", "Industry", *INDUSTRIES),
        money("AnnualRevenue", "Annual Revenue"),
        whole("NumberOfEmployees", "Employees"),
        area("Description", "Account Description"),
        picklist("Rating", "Account Rating", "Hot", "Warm", "Cold"),
        text("Site", "Account Site", 80),
        OWNER,
    ),
    (
        ("Contacts", "Contact", "AccountId"),
        ("Opportunities", "Opportunity", "AccountId"),
        ("ChildAccounts", "Account", "ParentId"),
    ),
)
CONTACT = SObject(
    "Contact",
    "Contacts",
    "003",
    (
        reference("AccountId", "Account ID", "Account"),
        text("LastName", "Last Name", 80, required=True),
        text("FirstName", "First Name", 40),
        read_only(text("Name", "Full Name", 121)),
        *address("Mailing"),
        phone("Phone", "Business Phone"),
        phone("Fax", "Business Fax"),
        phone("MobilePhone", "Mobile Phone"),
        Field("Email", "Email", "email", 80),
        text("Title", "Title", 128),
        text("Department", "Department", 80),
        area("Description", "Contact Description"),
        OWNER,
    ),
)
OPPORTUNITY = SObject(
    "Opportunity",
    "Opportunities",
    "006",
    (
        reference("AccountId", "Account ID", "Account"),
        text("Name", "Name", 120, required=True),
        area("Description", "Description"),
        picklist("StageName", "Stage", *STAGES, required=True),
        money("Amount", "Amount"),
        Field("Probability", "Probability (%)", "percent", precision=3),
        Field("CloseDate", "Close Date", "date", required=True),
        picklist("Type", "Opportunity Type", "Existing Business", "New Business"),
        text("NextStep", "Next Step"),
        read_only(yes_no("IsClosed", "Closed")),
        read_only(yes_no("IsWon", "Won")),
        reference("Pricebook2Id", "Price Book ID", "Pricebook2"),
        read_only(yes_no("HasOpportunityLineItem", "Has Line Item")),
        OWNER,
    ),
    (("OpportunityLineItems", "OpportunityLineItem", "OpportunityId"),),
)
LINE_ITEM = SObject(
    "OpportunityLineItem",
    "Opportunity Products",
    "00k",
    (
        fixed(reference("OpportunityId", "Opportunity ID", "Opportunity", required=True)),
        fixed(reference("PricebookEntryId", "Price Book Entry ID", "PricebookEntry", required=True)),
        read_only(reference("Product2Id", "Product ID", "Product2", relation="Product2")),
        read_only(text("ProductCode", "Product Code")),
        number("Quantity", "Quantity", required=True),
        money("UnitPrice", "Sales Price"),
        money("TotalPrice", "Total Price"),
        Field("ServiceDate", "Date", "date"),
        text("Description", "Line Description"),
    ),
)
PRODUCT = SObject(
    "Product2",
    "Products",
    "01t",
    (
        text("Name", "Product Name", required=True),
        text("ProductCode", "Product Code"),
        area("Description", "Product Description", 4000),
        yes_no("IsActive", "Active"),
        picklist("Family", "Product Family", "Hardware", "Services", "Software"),
        text("StockKeepingUnit", "Product SKU", 180),
    ),
    (("PricebookEntries", "PricebookEntry", "Product2Id"),),
)
PRICE_BOOK = SObject(
    "Pricebook2",
    "Price Books",
    "01s",
    (
        text("Name", "Price Book Name", required=True),
        yes_no("IsActive", "Active"),
        read_only(yes_no("IsStandard", "Is Standard Price Book")),
        text("Description", "Description"),
    ),
)
PRICE_BOOK_ENTRY = SObject(
    "PricebookEntry",
    "Price Book Entries",
    "01u",
    (
        read_only(text("Name", "Product Name")),
        fixed(reference("Pricebook2Id", "Price Book ID", "Pricebook2", required=True, relation="Pricebook2")),
        fixed(reference("Product2Id", "Product ID", "Product2", required=True, relation="Product2")),
        money("UnitPrice", "List Price", required=True),
        yes_no("IsActive", "Active"),
        read_only(text("ProductCode", "Product Code")),
    ),
)
USER = SObject(
    "User",
    "Users",
    "005",
    (
        text("Username", "Username", 80),
        text("LastName", "Last Name", 80),
        text("FirstName", "First Name", 40),
        read_only(text("Name", "Full Name", 121)),
        text("Alias", "Alias", 8),
        Field("Email", "Email", "email", 128),
        yes_no("IsActive", "Active"),
        text("UserType", "User Type", 40),
        reference("ProfileId", "Profile ID", "Profile"),
    ),
    createable=False,
    updateable=False,
    deletable=False,
)
ORGANIZATION = SObject(
    "Organization",
    "Organizations",
    "00D",
    (
        text("Name", "Name", 80),
        text("OrganizationType", "Edition", 40),
        yes_no("IsSandbox", "Is Sandbox"),
        text("InstanceName", "Instance Name", 5),
        text("Country", "Country", 80),
        text("LanguageLocaleKey", "Language", 40),
        text("TimeZoneSidKey", "Time Zone", 40),
        text("NamespacePrefix", "Namespace Prefix", 15),
        Field("TrialExpirationDate", "Trial Expiration Date", "datetime"),
    ),
    createable=False,
    updateable=False,
    deletable=False,
)
PROFILE = SObject(
    "Profile", "Profiles", "00e", (text("Name", "Name"),), createable=False, updateable=False, deletable=False
)
PERMISSION_SET = SObject(
    "PermissionSet",
    "Permission Sets",
    "0PS",
    (
        text("Name", "Permission Set Name", 80, required=True),
        text("Label", "Permission Set Label", 80, required=True),
        text("Description", "Description"),
        read_only(yes_no("IsOwnedByProfile", "Is Owned By Profile")),
        read_only(yes_no("IsCustom", "Custom", default=True)),
        read_only(reference("ProfileId", "Profile ID", "Profile")),
    ),
    (("FieldPerms", "FieldPermissions", "ParentId"), ("Assignments", "PermissionSetAssignment", "PermissionSetId")),
)
ASSIGNMENT = SObject(
    "PermissionSetAssignment",
    "Permission Set Assignments",
    "0Pa",
    (
        fixed(reference("AssigneeId", "Assignee ID", "User", required=True)),
        fixed(reference("PermissionSetId", "PermissionSet ID", "PermissionSet", required=True)),
    ),
    updateable=False,
)
FIELD_PERMISSIONS = SObject(
    "FieldPermissions",
    "Field Permissions",
    "01k",
    (
        fixed(reference("ParentId", "Parent ID", "PermissionSet", required=True)),
        fixed(text("SobjectType", "SObject Type Name", 40, required=True)),
        fixed(text("Field", "Field Name", 241, required=True)),
        yes_no("PermissionsRead", "Read"),
        yes_no("PermissionsEdit", "Edit"),
    ),
)
OBJECTS = {
    made.name: made
    for made in (
        ACCOUNT,
        CONTACT,
        OPPORTUNITY,
        LINE_ITEM,
        PRODUCT,
        PRICE_BOOK,
        PRICE_BOOK_ENTRY,
        USER,
        ORGANIZATION,
        PROFILE,
        PERMISSION_SET,
        ASSIGNMENT,
        FIELD_PERMISSIONS,
    )
}
