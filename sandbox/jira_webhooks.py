"""Jira's webhooks, of either edition: kept, and told what happens. Jira Cloud tries five times again, Data
Center never.

https://developer.atlassian.com/cloud/jira/platform/webhooks/
https://developer.atlassian.com/server/jira/platform/webhooks/
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from uuid import NAMESPACE_URL, uuid5

from sandbox.jira_catalogue import Body
from sandbox.jira_hook import Form, Hook
from sandbox.jira_hook_events import Told, told
from sandbox.jira_jql import parse
from sandbox.jira_jql_match import Sight, test
from sandbox.jira_site import Site
from sandbox.reworked import Reworks
from sandbox.story import Home, Task
from sandbox.webhook_letters import Letter, Reply
from sandbox.webhook_news import Ear, News
from sandbox.world import World

STRANGER = "somebody else's secret"
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (5, 7, 10, 12, 15))
"""Between the attempts of Jira Cloud."""
WORTHWHILE = frozenset({0, 408, 409, 425, 429})
"""After these, and after any error of the receiver's server, there is another attempt."""
_AGENT: Mapping[Home, str] = {
    "jira_cloud": "Atlassian Webhook HTTP Client",
    "jira_dc": "Atlassian HttpClient / JIRA",
}


@dataclass(slots=True)
class Hooks:
    """Of one site, for its administrators."""

    world: World
    home: Home
    form: Form
    site: Callable[[], Site]
    kept: dict[int, Hook] = field(default_factory=dict)
    made: int = 0
    delivered: int = 0
    ear: Ear = field(init=False)

    def __post_init__(self) -> None:
        reworks = Reworks(self.world, self.home)
        self.ear = Ear(self.world, reworks, lambda: bool(self.kept), self.tell)

    def make(self, given: Body) -> Hook:
        """Raises Refused and JqlError."""
        now = self.world.now(self.home)
        hook = Hook(id=self.made + 1, name="", url="", events=[], updated=now)
        self._fill(hook, given)
        self.made += 1
        self.kept[hook.id] = hook
        self.ear.listen()
        return hook

    def change(self, hook: Hook, given: Body) -> Hook:
        changed = replace(hook, updated=self.world.now(self.home))
        self._fill(changed, given)
        self.kept[hook.id] = changed
        return changed

    def _fill(self, hook: Hook, given: Body) -> None:
        self.form.fill(hook, given)
        self._filter(hook)

    def _filter(self, hook: Hook) -> Callable[[Task], bool]:
        where = parse(hook.jql).where if hook.jql else None
        return (
            test(where, Sight(self.site(), self.world.now(self.home)))
            if where is not None
            else lambda _: True
        )

    def tell(self, news: News) -> None:
        for one in told(self.world, self.site(), news):
            for hook in self.kept.values():
                wanted = hook.enabled and one.event in hook.events
                if wanted and (one.task is None or self._filter(hook)(one.task)):
                    self._deliver(hook, one)

    def _deliver(self, hook: Hook, one: Told) -> None:
        self.delivered += 1
        body = b"" if hook.bare else json.dumps(one.body, ensure_ascii=False).encode()
        letter = Letter(
            tracker=self.home,
            hook=f"{self.home}/{hook.id}",
            url=hook.url,
            headers={
                "user-agent": _AGENT[self.home],
                "content-type": "application/json; charset=UTF-8",
                **(self._identified(one) if self.home == "jira_cloud" else {}),
                **(_signed(hook.secret, body) if hook.secret else {}),
            },
            body=body,
            told=(one.event,),
            forgery=_signed(STRANGER, body),
        )
        self.world.post.deliver(letter, partial(self._heard, hook.id, letter))

    def _identified(self, one: Told) -> Mapping[str, str]:
        """The same for all attempts."""
        return {
            "x-atlassian-webhook-identifier": str(uuid5(NAMESPACE_URL, f"{self.home}/{self.delivered}")),
            "x-atlassian-webhook-flow": "Secondary" if one.fallout else "Primary",
        }

    def _heard(self, id: int, letter: Letter, reply: Reply) -> None:
        hook = self.kept.get(id)
        if hook is None:
            return
        hook.counts["successes" if reply.good else "failures" if reply.status else "errors"] += 1
        worthwhile = reply.status in WORTHWHILE or reply.status >= 500
        if self.home == "jira_cloud" and worthwhile and letter.attempt < len(PAUSES):
            again = replace(
                letter,
                attempt=letter.attempt + 1,
                headers={**letter.headers, "x-atlassian-webhook-retry": str(letter.attempt + 1)},
            )
            self.world.post.at(self.world.now() + PAUSES[letter.attempt], partial(self._try_again, id, again))

    def _try_again(self, id: int, letter: Letter) -> None:
        if id in self.kept:
            self.world.post.send(letter, partial(self._heard, id, letter))


def _signed(secret: str, body: bytes) -> dict[str, str]:
    return {"x-hub-signature": f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"}
