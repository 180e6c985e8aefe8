"""Set-up tasks of step VII, per workstream: what must exist in each product, and how a person makes it there."""

from dataclasses import dataclass

CRM = "crm"
FINANCE = "finance"


@dataclass(frozen=True, kw_only=True)
class FieldTemplate:
    """One custom field. `type` is one of text, datetime, date, picklist, checkbox, number, currency; `length` in characters."""

    object: str
    name: str
    label: str
    type: str
    length: int | None = None
    unique: bool = False
    external_id: bool = False
    values: tuple[str, ...] = ()
    help_text: str = ""

    def as_dict(self) -> dict:
        """The field as plain JSON values."""
        return {
            "object": self.object,
            "name": self.name,
            "label": self.label,
            "type": self.type,
            "length": self.length,
            "unique": self.unique,
            "external_id": self.external_id,
            "values": list(self.values),
            "help_text": self.help_text,
        }


@dataclass(frozen=True, kw_only=True)
class SetupTaskTemplate:
    """One thing to prepare.

    `field` is None when nothing of a schema proves the task: then a person states it. `optional_because` names the
    way round when the customer's edition can't have the field.
    """

    code: str
    workstream: str
    system: str
    title: str
    why: str
    field: FieldTemplate | None = None
    instructions: tuple[str, ...] = ()
    can_be_automated: bool = False
    optional_because: str = ""
    flows: tuple[str, ...] = ("account_to_customer",)

    @property
    def object(self) -> str:
        return self.field.object if self.field else ""


def _salesforce_steps(field_type: str, label: str, settings: str) -> tuple[str, ...]:
    return (
        "In Salesforce, open Setup, then Object Manager, then Account.",
        "Choose Fields & Relationships, then New.",
        f"Pick the data type {field_type} and press Next.",
        f"Field Label: {label}. {settings}",
        "Make the field visible for the integration user's profile or permission set, with edit access.",
        "Add it to the page layouts your team uses, then Save.",
    )


QB_FULL_NAME = FieldTemplate(
    object="Account",
    name="QB_Full_Name__c",
    label="QB Full Name",
    type="text",
    length=210,
    help_text="The customer's full name in QuickBooks. Kept by InterWeave.",
)
QB_LAST_MODIFIED = FieldTemplate(
    object="Account",
    name="QB_LastModified__c",
    label="QB LastModified",
    type="datetime",
    help_text="When QuickBooks last changed this customer. Kept by InterWeave.",
)
ACTIVE = FieldTemplate(
    object="Account",
    name="Active__c",
    label="Active",
    type="picklist",
    values=("Yes", "No"),
    help_text="Whether the account takes part in the integration.",
)
QB_CUSTOMER_ID = FieldTemplate(
    object="Account",
    name="QB_Customer_Id__c",
    label="QB Customer Id",
    type="text",
    length=50,
    unique=True,
    external_id=True,
    help_text="The customer's id in QuickBooks: binds the two records. Kept by InterWeave.",
)
ACCOUNT_ID = FieldTemplate(
    object="Customer",
    name="AccountID",
    label="AccountID",
    type="text",
    length=31,
    help_text="The Salesforce account's id: binds the two records. Kept by InterWeave.",
)

TASKS: tuple[SetupTaskTemplate, ...] = (
    SetupTaskTemplate(
        code="salesforce.integration_user",
        workstream=CRM,
        system="salesforce",
        title="Create an integration user with its own app credentials",
        why="A user of its own keeps the integration working when people leave, and shows its changes under its name.",
        instructions=(
            "In Salesforce, open Setup, then Users, and create the user InterWeave Integration.",
            "Give it a permission set with API Enabled, and read, create, edit and delete on Accounts (delete removes our own test records).",
            "To let the portal create fields for you, add Customize Application and Manage Profiles and Permission Sets.",
            "Open External Client App Manager, create an app with OAuth, scope api, and enable Client Credentials Flow.",
            "Under Policies choose the integration user as the Run As user.",
            "Keep the consumer key and secret at hand: step VIII asks for them.",
        ),
    ),
    SetupTaskTemplate(
        code="salesforce.account.qb_full_name",
        workstream=CRM,
        system="salesforce",
        title="Account: field QB Full Name",
        why="Shows on the account which QuickBooks customer it became.",
        field=QB_FULL_NAME,
        instructions=_salesforce_steps("Text", "QB Full Name", "Length: 210. Field Name: QB_Full_Name."),
        can_be_automated=True,
    ),
    SetupTaskTemplate(
        code="salesforce.account.qb_last_modified",
        workstream=CRM,
        system="salesforce",
        title="Account: field QB LastModified",
        why="Tells the flow which side changed last.",
        field=QB_LAST_MODIFIED,
        instructions=_salesforce_steps("Date/Time", "QB LastModified", "Field Name: QB_LastModified."),
        can_be_automated=True,
    ),
    SetupTaskTemplate(
        code="salesforce.account.active",
        workstream=CRM,
        system="salesforce",
        title="Account: field Active",
        why="Lets your team take single accounts out of the integration.",
        field=ACTIVE,
        instructions=_salesforce_steps("Picklist", "Active", "Values, one a line: Yes, No. Field Name: Active."),
        can_be_automated=True,
    ),
    SetupTaskTemplate(
        code="salesforce.account.qb_customer_id",
        workstream=CRM,
        system="salesforce",
        title="Account: field QB Customer Id, unique and external",
        why="The key that ties an account to its customer, so that nothing is ever created twice.",
        field=QB_CUSTOMER_ID,
        instructions=_salesforce_steps(
            "Text", "QB Customer Id", "Length: 50. Tick Unique and External ID. Field Name: QB_Customer_Id."
        ),
        can_be_automated=True,
    ),
    SetupTaskTemplate(
        code="quickbooks_online.customer.account_id",
        workstream=FINANCE,
        system="quickbooks_online",
        title="Customer: custom field AccountID",
        why="Shows on each customer which Salesforce account it came from, and binds the two.",
        field=ACCOUNT_ID,
        instructions=(
            "In QuickBooks Online, open the gear menu, then Lists, then Custom fields.",
            "Press Add custom field, name it AccountID and choose the type Text.",
            "Under Category choose Customer.",
            "Press Save.",
        ),
        can_be_automated=True,
        optional_because="Editions without customer fields bind by the id kept in Salesforce (QB Customer Id).",
    ),
    SetupTaskTemplate(
        code="quickbooks_online.administrator",
        workstream=FINANCE,
        system="quickbooks_online",
        title="Have a company administrator ready to connect",
        why="Intuit lets only an administrator of the company consent to a connection.",
        instructions=(
            "In QuickBooks Online, open the gear menu, then Manage users.",
            "Check that the person who will press Connect in step VIII is a primary or company administrator.",
            "Better still: a user of its own, so that the connection outlives a person's leaving.",
        ),
    ),
)


def tasks_for(*, systems: tuple[str, ...], flows: tuple[str, ...]) -> tuple[SetupTaskTemplate, ...]:
    """The tasks that these systems (codes) need for these flows (codes), in the order people do them."""
    return tuple(task for task in TASKS if task.system in systems and set(task.flows) & set(flows))
