"""The words of the story: people, projects, titles. Constants only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sandbox.story import Home, Stage

GIVEN = (
    "Ada", "Aisha", "Amara", "Anna", "Anton", "Björn", "Carla", "Chloé", "Daniel", "Deepa", "Diego",
    "Elif", "Emma", "Farid", "Fiona", "Goran", "Grace", "Hana", "Hugo", "Imran", "Ingrid", "Iris",
    "Ivan", "Jamal", "Jana", "Jonas", "José", "Karin", "Kenji", "Lars", "Leila", "Lena", "Luca",
    "Łukasz", "Maja", "Marco", "María", "Mehmet", "Mia", "Milan", "Nadia", "Nils", "Noor", "Olga",
    "Omar", "Paula", "Pavel", "Priya", "Rafael", "Renée", "Rosa", "Sami", "Sara", "Søren", "Tariq",
    "Tess", "Tomás", "Uma", "Viktor", "Yuki",
)  # fmt: skip
FAMILY = (
    "Abbott", "Akhtar", "Almeida", "Andersson", "Baker", "Bianchi", "Brandt", "Castillo", "Chen",
    "Costa", "Dubois", "Eriksen", "Ferrari", "Fischer", "García", "Gruber", "Haddad", "Hansen",
    "Horváth", "Iyer", "Jansen", "Johnson", "Kaya", "Keller", "Kim", "Kovač", "Kowalski", "Larsen",
    "Lefèvre", "Lindqvist", "Marin", "Mensah", "Meyer", "Moreau", "Müller", "Nakamura", "Nguyen",
    "Novák", "Okafor", "Oliveira", "Patel", "Petrov", "Popescu", "Quinn", "Rahman", "Rossi", "Sato",
    "Schmidt", "Silva", "Singh", "Sørensen", "Suzuki", "Tanaka", "Thomas", "Vasquez", "Virtanen",
    "Wagner", "Walsh", "Weber", "Şahin",
)  # fmt: skip

CUSTOMERS = ("Northwind", "Contoso", "Fabrikam", "Müller & Söhne", "Tailspin", "Internal")
PLACES = ("Leeds", "Zürich", "Kraków", "Lyon", "Porto", "Malmö", "Köln", "Brno", "Bergen", "Cádiz")


@dataclass(frozen=True, slots=True)
class Outline:
    """What is known of a project before its tasks are written. ``short`` is the Jira key; ``components``
    are on Asana the sections of a project whose status is a field."""

    slug: str
    name: str
    short: str
    team: str
    home: Home
    method: Literal["agile", "waterfall", "hybrid", "kanban"]
    declared: Literal["on_track", "at_risk", "off_track"]
    weight: int
    topics: tuple[str, ...]
    components: tuple[str, ...] = ()


TRELLO_LABELS = ("Customer", "Internal", "Quick win", "Ωmega review", "lime")
"""``lime``: a label without a name goes by its colour."""
JIRA_LABELS = ("customer-facing", "tech-debt", "compliance", "quick-win", "größe-xl")

OUTLINES = (
    Outline(
        "dc-move", "Data-centre move Leeds → Zürich", "DCM", "Infrastructure", "trello",
        "waterfall", "on_track",
        16, ("rack migration", "power feed", "SAN replication", "fibre cross-connect", "cut-over rehearsal"),
    ),
    Outline(
        "retail-launch", "Northwind retail launch", "NRL", "Customer Launch", "trello",
        "hybrid", "at_risk", 14,
        ("till software", "store pilot", "payment terminal", "launch comms", "hypercare rota"),
    ),
    Outline(
        "koeln-office", "Köln office fit-out", "KOF", "Workplace", "trello", "waterfall", "on_track", 6,
        ("meeting rooms", "Wi-Fi survey", "badge readers", "möbel order", "moving day"),
    ),
    Outline(
        "partner-onboarding", "Partner onboarding", "PON", "Customer Launch", "trello",
        "kanban", "on_track", 8,
        ("partner contract", "API sandbox access", "data mapping", "training session", "go-live check"),
    ),
    Outline(
        "desk-improvements", "Service desk improvements", "SDI", "Service Desk", "trello",
        "kanban", "on_track", 7,
        ("knowledge article", "call routing", "self-service form", "shift hand-over", "first-line script"),
    ),
    Outline(
        "field-training", "Field engineer training", "FET", "Field Services", "trello",
        "hybrid", "on_track", 5,
        ("safety course", "toolkit video", "ladder certificate", "e-learning module", "assessment day"),
    ),
    Outline(
        "network-refresh", "Network refresh", "NET", "Infrastructure", "jira_cloud",
        "waterfall", "at_risk", 14,
        ("core switch", "branch router", "firewall policy", "wireless controller", "VLAN clean-up"),
        ("Core", "Branches", "Wireless"),
    ),
    Outline(
        "itsm-rollout", "ITSM roll-out", "ITSM", "Service Desk", "jira_cloud", "hybrid", "on_track", 12,
        ("incident form", "change calendar", "CMDB import", "SLA clock", "approval flow"),
        ("Incident", "Change", "CMDB"),
    ),
    Outline(
        "field-app", "Field mobile app", "MOB", "Mobile", "jira_cloud", "agile", "on_track", 16,
        ("offline sync", "photo upload", "signature pad", "route planner", "push notices"),
        ("Android", "iOS", "Backend"),
    ),
    Outline(
        "security-remediation", "Security remediation", "SEC", "Security", "jira_cloud",
        "kanban", "off_track", 9,
        ("TLS certificates", "admin accounts", "patch backlog", "audit log", "phishing drill"),
        ("Identity", "Endpoints"),
    ),
    Outline(
        "cloud-landing", "Cloud landing zone", "CLD", "Platform", "jira_cloud", "agile", "on_track", 11,
        ("account vending", "network hub", "cost guardrails", "backup policy", "Größenplanung"),
        ("Networking", "Accounts", "Cost"),
    ),
    Outline(
        "billing-integration", "Billing integration", "BIL", "Platform", "jira_cloud", "agile", "at_risk", 8,
        ("invoice export", "tax rules", "dunning run", "ledger sync", "rounding of ¢ and ₣"),
        ("Export", "Ledger"),
    ),
)  # fmt: skip

VERBS = ("Plan", "Prepare", "Order", "Configure", "Test", "Document", "Roll out", "Review", "Fix", "Replace")

LISTS: tuple[dict[Stage, str], ...] = (
    {
        "idea": "Ideas", "ready": "To do", "doing": "Doing", "review": "In review", "done": "Done",
        "dropped": "Cancelled", "parked": "Parking lot",
    },
    {
        "idea": "Backlog", "ready": "To Do", "doing": "In Progress", "review": "Review", "done": "Completed",
        "dropped": "Cancelled", "parked": "Parking lot",
    },
    {
        "idea": "Backlog", "ready": "Ready", "doing": "In progress", "review": "Testing", "done": "Done",
        "dropped": "Won't do", "parked": "Parking lot",
    },
)  # fmt: skip
"""Three habits of naming a board's lists."""

ASANA_TAGS = ("customer", "internal", "quick win", "wird geprüft")
SMARTSHEET_TAGS = ("Customer", "Internal", "Union agreement", "Größe XL")
FURTHER: tuple[Outline, ...] = (
    Outline(
        "joiner-journey", "New joiner journey", "NJJ", "Workplace", "asana", "kanban", "at_risk", 9,
        ("laptop order", "badge", "welcome day", "mailbox", "buddy scheme"),
    ),
    Outline(
        "acquisition-it", "Acquisition IT integration: Hollis & Vale", "AIT", "Infrastructure", "asana",
        "waterfall", "on_track", 14,
        ("mail migration", "domain trust", "payroll feed", "laptop swap", "VPN overlap"),
        ("Discovery", "Build", "Hand-over"),
    ),
    Outline(
        "portal-relaunch", "Customer portal relaunch", "CPR", "Customer Launch", "asana", "hybrid", "at_risk",
        11, ("login page", "invoice view", "status page", "search", "accessibility audit"),
    ),
    Outline(
        "depot-cutover", "Depot cut-over Malmö", "DCO", "Field Services", "smartsheet", "waterfall",
        "on_track", 12, ("scanner roll-out", "racking", "label printers", "stock count", "night shift"),
    ),
    Outline(
        "iso-audit", "ISO 27001 audit programme", "ISO", "Security", "smartsheet", "waterfall", "at_risk", 8,
        ("asset register", "access review", "supplier audit", "policy set", "evidence pack"),
    ),
    Outline(
        "vendor-transition", "Service desk vendor transition", "SVT", "Service Desk", "smartsheet",
        "waterfall", "off_track", 9,
        ("knowledge transfer", "shadow shift", "exit plan", "telephony switch", "penalty clause"),
    ),
    Outline(
        "erp-upgrade", "ERP upgrade", "ERP", "Platform", "jira_dc", "waterfall", "at_risk", 24,
        ("ledger patch", "interface test", "batch window", "role model", "month-end rehearsal"),
        ("Finance", "Logistics", "Interfaces"),
    ),
    Outline(
        "plant-control", "Plant control system", "PCS", "Mobile", "jira_dc", "agile", "on_track", 10,
        ("line dashboard", "alarm routing", "recipe editor", "shift log", "PLC gateway"),
        ("Line 1", "Line 2", "Gateway"),
    ),
)  # fmt: skip
"""The projects of the trackers that joined the story later; what they add changes nothing for the others."""
FURTHER_WORDS: dict[Stage, str] = {
    "idea": "Backlog", "ready": "To do", "doing": "In progress", "review": "In review", "done": "Done",
    "dropped": "Cancelled", "vendor": "With vendor",
}  # fmt: skip
"""Of Asana's sections and status options and of Smartsheet's status column."""
MILESTONE = "Milestone"
"""The label by which a Trello card is one."""
