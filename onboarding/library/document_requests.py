"""What customers are asked to send in step II, as versioned data: by system and deployment, with who usually has it.

A request keeps the words it was made with; a changed template gets the next version and serves new engagements only.
"""

from __future__ import annotations

from dataclasses import dataclass

from onboarding.library.solutions import SOLUTIONS, solution

MEGABYTE = 1024 * 1024
BOOKKEEPER = "your bookkeeper or accountant"
CRM_ADMIN = "your CRM administrator"
IT = "your IT"
TABLES = ("csv", "xlsx")
PAPERS = ("pdf", "png", "jpg", "jpeg")


@dataclass(frozen=True, kw_only=True)
class RequestTemplate:
    """One thing to ask for. Without `systems` or `deployments` every engagement is asked.

    `example` says in words what a good one looks like; `example_file` is a small one to download (CSV text).
    `limit_bytes` is that of one file; None: the portal's own limit. `days` are calendar days from asking to the due day.
    """

    code: str
    version: int = 1
    title: str
    why: str
    description: str
    example: str = ""
    example_file: str = ""
    usually_with: str
    file_types: tuple[str, ...]
    days: int = 10
    limit_bytes: int | None = None
    asks_expiry: bool = False
    systems: tuple[str, ...] = ()
    deployments: tuple[str, ...] = ()

    def is_for(self, systems: set[str], deployment: str) -> bool:
        """True when an engagement that joins these systems, deployed this way, is asked for it."""
        fits_systems = not self.systems or bool(systems.intersection(self.systems))
        return fits_systems and (not self.deployments or deployment in self.deployments)


TEMPLATES: tuple[RequestTemplate, ...] = (
    RequestTemplate(
        code="chart_of_accounts",
        title="Chart of accounts",
        why="It tells us where money goes: which account each product, tax and payment is booked to.",
        description="An export from your financial application: account names, numbers and types.",
        example="One line an account, with its number, name, type and whether it is active.",
        example_file="number,name,type,active\n1200,Accounts receivable,Asset,yes\n4000,Sales,Income,yes\n"
        "6100,Freight,Expense,no\n",
        usually_with=BOOKKEEPER,
        file_types=(*TABLES, "pdf"),
    ),
    RequestTemplate(
        code="customer_sample",
        title="Sample of your customer list",
        why="Awkward records decide whether an integration holds; we want to meet them before the first run.",
        description="Twenty typical records from your CRM, with the awkward ones: long names, duplicates, missing "
        "addresses.",
        example="One line a customer, with the columns your team fills in; no more than twenty lines.",
        example_file="name,street,city,country,email\nAcme Industrial Supplies Ltd,1 Main Street,Boston,US,"
        "office@acme.example\nAcme Industrial Supplies Limited,,Boston,US,\n",
        usually_with=CRM_ADMIN,
        file_types=TABLES,
    ),
    RequestTemplate(
        code="price_list",
        title="Products and services with their codes",
        why="Orders and invoices meet by product: both sides need the same codes.",
        description="Your price list as both systems should know it: code, name, unit, price, tax category.",
        example="One line a product. Leave out what you no longer sell.",
        example_file="code,name,unit,price,tax\nHX-100,Heat exchanger,piece,1250.00,standard\n"
        "SRV-1,Service hour,hour,95.00,standard\n",
        usually_with=BOOKKEEPER,
        file_types=TABLES,
    ),
    RequestTemplate(
        code="sample_invoices",
        title="Three recent invoices",
        why="They show your numbering, taxes, discounts and terms as they are printed today.",
        description="Three invoices of the last months: an ordinary one, one with a discount, one to another state or "
        "country. You may black out names.",
        example="Each invoice as its own PDF, all sent at once.",
        usually_with=BOOKKEEPER,
        file_types=PAPERS,
    ),
    RequestTemplate(
        code="customer_export",
        title="Full export of your customers",
        why="We look for doubles and for names that the other side can't hold before anything is written.",
        description="Every customer of your financial application with its address, terms and tax settings. It may be "
        "large: a file up to 2 GB is taken, and goes on where it stopped should the line break.",
        example="Reports, Customer contact list, Export. Zip files are not taken; send the table itself.",
        usually_with=BOOKKEEPER,
        file_types=TABLES,
        days=14,
        limit_bytes=2048 * MEGABYTE,
    ),
    RequestTemplate(
        code="resale_certificate",
        title="Resale or tax exemption certificate",
        why="Sales without tax need a certificate that is in force.",
        description="The certificate of your company, both sides, with the day it expires on. If you have none, say "
        "so: the request then does not apply.",
        usually_with=BOOKKEEPER,
        file_types=PAPERS,
        asks_expiry=True,
        systems=("quickbooks_online", "quickbooks_desktop"),
    ),
    RequestTemplate(
        code="network_plan",
        title="Network plan of the server room",
        why="The connector must reach your financial application through your firewall.",
        description="Which machine runs the application, what stands between it and the internet, and who may change "
        "the firewall.",
        example="A drawing with host names and ports is enough; no passwords.",
        usually_with=IT,
        file_types=PAPERS,
        days=14,
        deployments=("on_premises",),
    ),
)


def templates_for(solution_code: str, deployment: str) -> list[RequestTemplate]:
    """What an engagement of this solution and deployment is asked for; an unknown solution joins no known system."""
    known = {one.code for one in SOLUTIONS}
    joined = solution(solution_code) if solution_code in known else None
    systems = {joined.crm, joined.finance} if joined else set()
    return [one for one in TEMPLATES if one.is_for(systems, deployment)]


def template(code: str) -> RequestTemplate | None:
    """The template of this code, or None."""
    return next((one for one in TEMPLATES if one.code == code), None)
