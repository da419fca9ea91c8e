"""The vendor's own signature and a recorded delivery, as our receiver takes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from connectors import jira_cloud_webhooks, jira_dc_webhooks
from connectors.base import Delivery, Hint, Received, Watch
from connectors.errors import Unauthorized, Unexpected


def vectors(shared: Path) -> list[dict[str, Any]]:
    told = json.loads((shared / "recorded" / "webhooks" / "vectors.json").read_text(encoding="utf-8"))
    return [one for one in told if one["tracker"] == "jira"]


def delivery(body: bytes, **headers: str) -> Delivery:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return Delivery(method="POST", path="/webhooks/jira/token", headers=told, body=body)


def watch(secret: str) -> Watch:
    return Watch(callback_url="https://pmo.example/webhooks/jira/token", secret=secret)


@pytest.mark.parametrize("receive", [jira_cloud_webhooks.receive, jira_dc_webhooks.receive])
def test_the_signature_on_the_vendors_page_is_good_for_its_body_alone(shared: Path, receive: Any) -> None:
    (vector,) = [one for one in vectors(shared) if one["header"] == "X-Hub-Signature"]
    body, signature, known = vector["body"].encode(), vector["signature"], watch(vector["secret"])
    with pytest.raises(Unexpected, match="is not JSON"):  # it is let in, and says "Hello World!"
        receive(delivery(body, x_hub_signature=signature), known)
    for changed, told in ((body + b" ", signature), (body, signature[:-1] + "0")):
        with pytest.raises(Unauthorized):
            receive(delivery(changed, x_hub_signature=told), known)


def test_a_recorded_delivery_of_an_apps_webhook_hints_at_its_issue(shared: Path) -> None:
    (vector,) = [one for one in vectors(shared) if "jwt" in one]
    body = (shared / "recorded" / "webhooks" / "jira-fusebit" / "mock" / "webhook-event.json").read_bytes()
    came = delivery(body, authorization=f"Bearer {vector['jwt']}")
    made = jira_cloud_webhooks.receive(came, watch(vector["secret"]))
    assert made == Received(hints=(Hint(scope_id="10000", item_id="10000"),))
    with pytest.raises(Unauthorized):
        jira_cloud_webhooks.receive(came, watch(vector["secret"][::-1]))
