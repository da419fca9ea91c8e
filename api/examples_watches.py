"""The example of webhooks in the documentation: real values too."""

from __future__ import annotations

from datetime import timedelta

from api.envelope import Page
from api.examples import META, READ, SCOPE_ID
from api.watch_entry import HearingEntry, WatchEntry, WatchingEntry

WATCHES = Page(
    data=[
        WatchingEntry(
            connection="boards",
            tracker="trello",
            polling=None,
            waiting=2,
            waiting_since=READ + timedelta(minutes=2),
            watches=[
                WatchEntry(
                    scope=SCOPE_ID,
                    name="Website",
                    active=True,
                    health="",
                    expires_at=None,
                    checked_at=READ,
                    last_at=READ + timedelta(minutes=2),
                    deliveries=418,
                    hints=530,
                    ignored=12,
                    refused=1,
                    unknown={"updateSomethingNew": 1},
                )
            ],
            scopes=[
                HearingEntry(
                    scope=SCOPE_ID,
                    name="Website",
                    told=17,
                    heard=96,
                    lost=4,
                    loss=0.04,
                    reckoned_at=READ,
                )
            ],
        )
    ],
    meta=META,
)
