"""What a JQL tree means for the issues of a site: a test per issue, and an order.

Sentences of refusal follow the vendor's (support.atlassian.com/jira-software-cloud/docs/jql-fields).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sandbox.conditions import Conditions
from sandbox.jira_jql import Clause, Either, Every, Node, Not, Order, Value
from sandbox.jira_jql_dates import MOMENTS, moment
from sandbox.jira_jql_tokens import JqlError
from sandbox.jira_jql_values import SETS, SetField
from sandbox.jira_site import Site
from sandbox.jira_text import epoch_ms
from sandbox.story import Task

Test = Callable[[Task], bool]

_ISSUE_FIELDS = ("id", "key", "issue", "issuekey")
_RELATIONS: dict[str, Callable[[float, float], bool]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


@dataclass(frozen=True, slots=True)
class Sight:
    """Who asks, of which site, and when. A strict site refuses issues that it does not know. ``known`` are
    the issues as an index that lags behind has them."""

    site: Site
    now: datetime
    strict: bool = False
    known: Sequence[Task] | None = None
    conditions: Conditions = field(default_factory=Conditions)

    @property
    def here(self) -> datetime:
        """Now, in the time zone of who asks."""
        return self.now.astimezone(ZoneInfo(self.site.zone))

    def searchable(self) -> Iterable[Task]:
        return self.site.searchable(self.known)


def test(node: Node, sight: Sight) -> Test:
    """Raises JqlError where the query names something that is not there or not to be seen."""
    match node:
        case Every(parts):
            every = _tests(parts, sight)
            return lambda task: all(check(task) for check in every)
        case Either(parts):
            either = _tests(parts, sight)
            return lambda task: any(check(task) for check in either)
        case Not(part):
            inner = test(part, sight)
            return lambda task: not inner(task)
        case Clause():
            return _clause(node, sight)


def _tests(parts: tuple[Node, ...], sight: Sight) -> list[Test]:
    """All complaints of all parts together, as the vendor lists them."""
    tests: list[Test] = []
    messages: list[str] = []
    for part in parts:
        try:
            tests.append(test(part, sight))
        except JqlError as error:
            messages += error.args
    if messages:
        raise JqlError(*messages)
    return tests


def _clause(clause: Clause, sight: Sight) -> Test:
    name = clause.field.lower()
    if name in _ISSUE_FIELDS:
        return _issue_test(clause, sight)
    if name in MOMENTS:
        return _moment_test(clause, sight)
    if name in SETS:
        return _set_test(clause, SETS[name], sight)
    if name == "summary":
        return _text_test(clause)
    raise JqlError(f"Field '{clause.field}' does not exist or you do not have permission to view it.")


def _issue_test(clause: Clause, sight: Sight) -> Test:
    """``search/jql`` passes over issues it does not know, which the removed search refused: ``id > 123``
    finds nothing where 123 is no issue (cdn.cdata.com/help/BJM/py/RSBJira_p_KeyColumnOperators.htm).

    Greater and less compare key numbers within the named issue's project.
    """
    if sight.strict:
        _refuse_unknown(clause, sight.site)
    known = [task for value in clause.values if (task := sight.site.issue(value.text))]
    numbers = {task.number for task in known}
    match clause.operator:
        case "=" | "in":
            return lambda task: task.number in numbers
        case "!=" | "not in":
            return lambda task: task.number not in numbers
        case "<" | ">" | "<=" | ">=":
            relation = _RELATIONS[clause.operator]
            return lambda task: any(
                task.project == other.project and relation(task.position, other.position) for other in known
            )
        case _:
            raise _unsupported(clause)


def _refuse_unknown(clause: Clause, site: Site) -> None:
    """support.atlassian.com/jira/kb/how-to-handle-http-400-bad-request-errors-on-jira-search-rest-api-endpoint"""
    words = [value.text for value in clause.values if site.issue(value.text) is None]
    if words:
        raise JqlError(
            *(
                f"A value with ID '{word}' does not exist for the field '{clause.field}'."
                if word.isdigit()
                else f"An issue with key '{word}' does not exist for field '{clause.field}'."
                for word in words
            )
        )


def _moment_test(clause: Clause, sight: Sight) -> Test:
    read, value, here = MOMENTS[clause.field.lower()], clause.values[0], sight.here
    if clause.operator in ("is", "is not"):
        if not value.empty:
            raise _unsupported(clause)
        return lambda task: (read(task, here) is None) == (clause.operator == "is")
    relation = _RELATIONS.get(clause.operator)
    if relation is None:
        raise _unsupported(clause)
    bound = moment(clause.field, value, here)

    def holds(task: Task) -> bool:
        at = read(task, here)
        return at is not None and relation(epoch_ms(at), bound)

    return holds


def _set_test(clause: Clause, field: SetField, sight: Sight) -> Test:
    if clause.operator not in ("=", "!=", "in", "not in", "is", "is not"):
        raise _unsupported(clause)
    empty = any(field.means_empty(value) for value in clause.values)
    wanted = _wanted(clause, field, sight)

    def among(task: Task) -> bool:
        own = field.read(sight.site, task)
        return bool(own & wanted) if own else empty

    if clause.operator in ("=", "in", "is"):
        return among
    # As on the real site, an issue without a value is not "!=" anything.
    return lambda task: bool(field.read(sight.site, task)) and not among(task)


def _wanted(clause: Clause, field: SetField, sight: Sight) -> set[str]:
    wanted: set[str] = set()
    messages = []
    for value in clause.values:
        if field.means_empty(value):
            continue
        found = field.find(sight.site, value)
        if found is None:
            messages.append(_unknown(clause.field, value))
        else:
            wanted |= found
    if messages:
        raise JqlError(*messages)
    return wanted


def _unknown(field: str, value: Value) -> str:
    if value.function:
        return f"Unable to find JQL function '{value.text}()'."
    if value.text.isdigit():
        return f"A value with ID '{value.text}' does not exist for the field '{field}'."
    return f"The value '{value.text}' does not exist for the field '{field}'."


def _text_test(clause: Clause) -> Test:
    words = clause.values[0].text.lower().split()
    if clause.operator not in ("~", "!~"):
        raise _unsupported(clause)
    return lambda task: all(word in task.title.lower() for word in words) == (clause.operator == "~")


def _unsupported(clause: Clause) -> JqlError:
    return JqlError(f"The operator '{clause.operator}' is not supported by the '{clause.field}' field.")


Keys = list[list[float | str]]
"""One comparable list per ORDER BY field; of numbers and text, so that it fits a page token."""

_RANKED = ("urgent", "high", "medium", "low", "none")


def sort_keys(orders: tuple[Order, ...], sight: Sight) -> Callable[[Task], Keys]:
    """Raises JqlError for a field that cannot be sorted by."""
    readers = [_sort_reader(order, sight) for order in orders]
    return lambda task: [read(task) for read in readers]


def _sort_reader(order: Order, sight: Sight) -> Callable[[Task], list[float | str]]:
    name = order.field.lower()
    if name in MOMENTS:
        read, here = MOMENTS[name], sight.here
        return lambda task: [1, 0] if (at := read(task, here)) is None else [0, epoch_ms(at)]
    if name in _ISSUE_FIELDS:
        return lambda task: [sight.site.project_of(task).key, task.position]
    if name == "priority":
        return lambda task: [_RANKED.index(task.priority)]
    if name in ("rank", "cf[10019]"):
        return lambda task: [task.number]
    if name == "summary":
        return lambda task: [task.title.lower()]
    if name == "project":
        return lambda task: [sight.site.project_of(task).name.lower()]
    raise JqlError(f"Not able to sort using field '{order.field}'.")
