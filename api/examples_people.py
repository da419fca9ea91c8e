"""The examples of what is suggested and decided of people: real values of the real types."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import JsonValue

from api.envelope import Answer, Page
from api.examples import ACCOUNT_ID, META, PERSON_ID
from api.people_entry import SuggestionEntry
from portfolio.people_likeness import Evidence
from store.decisions import Decided
from store.people_views import LinkEvidence, LinkView, PersonAccount

OTHER_ID = "b1f8e0c2-7a45-5d3b-9e61-2c7d5a90f413"
DECISION_ID = "7f0c2b1e-1d7e-4a39-9b55-0f6c3e2a8d14"
REQUEST: dict[str, JsonValue] = {"decision": "confirm", "account": OTHER_ID, "person": PERSON_ID}
DECIDED = Answer(
    data=Decided(id=DECISION_ID, account=OTHER_ID, person=PERSON_ID, accounts=[OTHER_ID]), meta=META
)
_NAMES = "the same name: Mira Novak and Novak, Mira"
SUGGESTIONS = Page(
    data=[
        SuggestionEntry(
            account=PersonAccount(
                id=OTHER_ID,
                system="jira",
                remote_id="712020:9c1f0a52-63c1-4b8e-8a55-0d0f5f1c2b3a",
                display_name="Novak, Mira",
                joined="own",
            ),
            person=PERSON_ID,
            other=PersonAccount(
                id=ACCOUNT_ID,
                system="trello",
                remote_id="5f0c1d2e3a4b5c6d7e8f9a0e",
                display_name="Mira Novak",
                handle="miranovak",
                joined="own",
            ),
            score=0.8125,
            evidence=[
                Evidence("name", 0.75, _NAMES),
                Evidence("items", 0.25, "their work meets in one item, by links or mentions"),
            ],
        )
    ],
    meta=META,
)
HISTORY = Page(
    data=[
        LinkView(
            n=42,
            state="confirmed",
            account=OTHER_ID,
            account_name="Novak, Mira",
            system="jira",
            person=PERSON_ID,
            other=ACCOUNT_ID,
            other_name="Mira Novak",
            score=0.75,
            evidence=[LinkEvidence(kind="name", weight=0.75, words=_NAMES)],
            decision=DECISION_ID,
            undone=False,
            decided_by="Ada, PMO",
            decided_at=datetime(2026, 11, 23, 9, 5, tzinfo=UTC),
        )
    ],
    meta=META,
)
