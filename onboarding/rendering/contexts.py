"""What each document is made from: plain JSON values, so that a context can be stored beside the document it made.

Amounts are decimal strings ("12500.00") beside one ISO 4217 code, dates "2026-11-24", times ISO 8601 in UTC
("2026-11-24T14:03:12Z"), hashes lower-case hex. A document prints what it is given: it adds nothing up, reads no
clock, and refuses a context that lacks a required value.
"""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

Kind = Literal[
    "solutions_definition",
    "technical_details",
    "msa",
    "invoice",
    "credit_note",
    "receipt",
    "statement",
    "project_plan",
    "blueprint",
    "evidence_pack",
]
Address = list[str] | str  # lines; a string is one line per comma


class Attestation(TypedDict):
    """Who agreed or confirmed, and when: the words under a plan or a blueprint."""

    by: str
    at: str


class Person(TypedDict):
    """Somebody who can sign for a party."""

    name: str
    title: str
    email: str


class Party(TypedDict):
    """One side of an agreement or an invoice. `country` is an ISO 3166 code.

    Without a `signatory` the agreement leaves name and title under the signature line empty.
    """

    legal_name: str
    address: Address
    country: str
    registration_number: NotRequired[str]
    tax_id: NotRequired[str]
    email: NotRequired[str]
    signatory: NotRequired[Person]


class Solution(TypedDict):
    """Which systems are joined. `deployment` in words ("cloud"); `flows` by their names for people."""

    name: str
    crm: str
    finance: str
    deployment: str
    flows: NotRequired[list[str]]


# --- Doc 1 and Doc 2 ----------------------------------------------------------------------------------------------


class Table(TypedDict):
    """The rows of an answer, each with a cell for every column."""

    columns: list[str]
    rows: list[list[str]]


class Answer(TypedDict):
    """One question. An empty `answer` prints as "Not answered", a list as a list; a `table` stands in its place."""

    question: str
    answer: str | list[str]
    table: NotRequired[Table]
    unit: NotRequired[str]
    comment: NotRequired[str]


class Section(TypedDict):
    """Questions under one heading."""

    title: str
    answers: list[Answer]


class Questionnaire(TypedDict):
    """Kinds `solutions_definition` and `technical_details`: the immutable snapshot of a submission."""

    reference: str  # of the engagement
    number: NotRequired[str]  # of the document
    company: str
    title: str
    schema_version: str | int
    version: int  # which submission this is, from 1
    sha256: NotRequired[str]  # of the answers
    submitted_at: str
    submitted_by: str
    sections: list[Section]


# --- Master Services Agreement ---------------------------------------------------------------------------------------


class Fee(TypedDict):
    """One line of Annex B."""

    description: str
    amount: str


class Signature(TypedDict):
    """One signature as it was made, with the evidence for it.

    `seen_sha256` is the hash of the PDF the signer read, `consent_sha256` that of the `consent` words;
    `authentication` says in words how the signer's identity was confirmed.
    """

    party: Literal["customer", "interweave"]
    name: str
    title: str
    email: str
    signed_at: str
    typed_name: str
    consent: str
    consent_sha256: str
    seen_sha256: str
    ip: str
    user_agent: str
    authentication: str
    # From template version 2 on.
    position: NotRequired[int]  # whose signature it is, among `signers`
    kind: NotRequired[Literal["typed", "drawn"]]
    drawing: NotRequired[list[list[list[float]]]]  # strokes of points within 600 × 200
    asked_at: NotRequired[str]
    viewed_at: NotRequired[str]
    authenticated_at: NotRequired[str]
    consented_at: NotRequired[str]


class Signer(TypedDict):
    """Who has to sign, in the order of `position`, from 1."""

    position: int
    party: Literal["customer", "interweave"]
    name: str
    title: str
    email: str


class Clause(TypedDict):
    """One set of terms of Annex D; see onboarding.library.clauses."""

    code: str
    title: str
    template: str


class Envelope(TypedDict):
    """How the agreement came to be executed. The certificate is the one whose key seals the file; empty: unsealed."""

    created_at: str
    sent_at: str
    completed_at: str
    original_sha256: str
    certificate_subject: str
    certificate_serial: str
    verify_url: str


class LoggedEvent(TypedDict):
    """One entry of the audit chain, as the certificate of completion lists it."""

    at: str
    kind: str
    words: str
    by: str
    hash: str


class Agreement(TypedDict):
    """Kind `msa`. Without signatures it is the version to be signed; with them the executed one and its certificate.

    `template_version` picks the words: "1" is templates/documents/msa/v1.html. `chain_head`, `events` and `envelope`
    are printed in the certificate only, so they may be empty before anybody signed. Version 2 adds Annex D (`clauses`)
    and any number of `signers`.
    """

    number: str
    reference: str
    template_version: str | int
    company: Party
    seller: Party
    solution: Solution
    fees: list[Fee]
    currency: str
    total: str
    issued_on: str
    valid_until: str
    signatures: list[Signature]
    events: list[LoggedEvent]
    chain_head: str
    signers: NotRequired[list[Signer]]
    clauses: NotRequired[list[Clause]]
    envelope: NotRequired[Envelope]
    governing_law: NotRequired[str]  # "the laws of …"; default: the place of InterWeave's registered office
    verify_url: NotRequired[str]


# --- Project plan -----------------------------------------------------------------------------------------------------------


class Milestone(TypedDict):
    """One step in the plan. `owner_side` is "customer", "interweave" or "both"."""

    number: int
    numeral: str
    title: str
    starts_on: str
    due_on: str
    owner: str
    owner_side: str


class ScopeItem(TypedDict):
    """One agreed requirement. `priority` is must, should, could or wont; `flow` is a name, a code, or empty."""

    text: str
    priority: str
    flow: str


class Assignment(TypedDict):
    """Who answers for what."""

    responsibility: str
    name: str


class ProjectPlan(TypedDict):
    """Kind `project_plan`. `agreed` is None until the customer agreed."""

    reference: str
    company: str
    version: int
    go_live_on: str
    milestones: list[Milestone]
    scope: list[ScopeItem]
    assignments: list[Assignment]
    agreed: Attestation | None
    made_at: NotRequired[str]


# --- Blueprint --------------------------------------------------------------------------------------------------------------


class Registration(TypedDict, total=False):
    """The company on the Solutions Portal; rows without a value are left out."""

    number: str
    workspace: str
    administrator: str
    time_zone: str
    base_currency: str
    fiscal_year_start: str


class Mapping(TypedDict):
    """One field to one field. `transforms` run left to right; `rule` is how the value read back is judged."""

    source: str
    target: str
    transforms: list[str]
    required: bool
    rule: str


class Flow(TypedDict):
    """One flow as it will run. `direction`, `interval` and `master` are words for people ("every 10 minutes")."""

    code: str
    name: str
    direction: str
    operations: list[str]
    interval: str
    master: str
    mappings: list[Mapping]


class Connection(TypedDict):
    """One system the flows reach. `identity` is what it said it is (organisation, company, realm), never a secret."""

    system: str
    environment: str
    identity: str


class Readiness(TypedDict):
    """The last scan: of `total` sample records, `passing` would be taken as they are."""

    total: int
    passing: int


class Blueprint(TypedDict):
    """Kind `blueprint`. `confirmed` is None until the customer confirmed; `readiness` None until a scan ran."""

    reference: str
    company: str
    registration: Registration
    solution: Solution
    flows: list[Flow]
    connections: list[Connection]
    readiness: Readiness | None
    confirmed: Attestation | None
    made_at: NotRequired[str]


# --- Evidence pack -------------------------------------------------------------------------------------------------------------


class Proof(TypedDict):
    """One fact: an id, a hash, an amount, a time."""

    label: str
    value: str


class Evidence(TypedDict):
    """What proved one exit criterion."""

    code: str
    title: str
    proof: list[Proof]


class ClosedStep(TypedDict):
    """One step with the evidence frozen when it closed. Both `closed_*` are empty while it is open."""

    numeral: str
    title: str
    closed_at: str
    closed_by: str
    evidence: list[Evidence]


class ListedDocument(TypedDict):
    """One document of the engagement; `size` in bytes."""

    kind: str
    title: str
    version: int
    sha256: str
    size: int


class EvidencePack(TypedDict):
    """Kind `evidence_pack`: how the engagement came to be live, provable after the portal is gone."""

    reference: str
    company: str
    made_at: str
    steps: list[ClosedStep]
    documents: list[ListedDocument]
    chain_head: str
    event_count: int
