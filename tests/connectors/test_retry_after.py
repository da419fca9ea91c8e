from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from connectors.retry_after import Headers, asked_wait, backoff, http_date

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": " 7 "}, 7.0),
        ({"retry-after": "0.25"}, 0.25),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "-5"}, 0.0),
        ({"retry-after": "Mon, 02 Mar 2026 09:00:30 GMT"}, 30.0),
        ({"retry-after": "Mon, 02 Mar 2026 08:59:00 GMT"}, 0.0),
        # The tracker's clock runs an hour ahead of ours: its date means 30 s, not an hour.
        (
            {"retry-after": "Mon, 02 Mar 2026 10:00:30 GMT", "date": "Mon, 02 Mar 2026 10:00:00 GMT"},
            30.0,
        ),
        ({"retry-after": "1e300"}, 365 * 86400.0),
        ({}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "Mon, 99 Mar 2026 10:00:30 GMT"}, None),
    ],
)
def test_every_form_of_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert asked_wait(headers, NOW) == expected


def reset(headers: Headers) -> datetime | None:
    text = headers.get("x-ratelimit-reset")
    return datetime.fromisoformat(text) if text else None


def test_the_vendors_own_header_counts_only_where_retry_after_says_nothing() -> None:
    own = {"x-ratelimit-reset": "2026-03-02T09:02Z"}
    assert asked_wait(own, NOW, reset) == timedelta(minutes=2)
    assert asked_wait({**own, "retry-after": "5"}, NOW, reset) == timedelta(seconds=5)
    assert asked_wait({**own, "retry-after": "0"}, NOW, reset) == timedelta(0)
    assert asked_wait({**own, "retry-after": "rubbish"}, NOW, reset) == timedelta(minutes=2)
    assert asked_wait({**own, "date": "Mon, 02 Mar 2026 09:01:00 GMT"}, NOW, reset) == timedelta(minutes=1)
    assert asked_wait({}, NOW, reset) is None


def test_the_backoff_doubles_and_is_jittered_only_upwards() -> None:
    second = timedelta(seconds=1)
    assert [backoff(n, second, 0.0) for n in (1, 2, 3, 4)] == [n * second for n in (1, 2, 4, 8)]
    assert backoff(3, second, 0.999) > backoff(3, second, 0.5) > backoff(3, second, 0.0)


def test_an_http_date_is_aware_and_in_utc() -> None:
    assert http_date("Mon, 02 Mar 2026 11:00:00 +0200") == NOW
    assert http_date("Mon, 02 Mar 2026 09:00:00 -0000") == NOW
    assert http_date("") is None
