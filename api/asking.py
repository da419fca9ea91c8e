"""One request, made ready: who asks, through which reader, in which form; and how the answer leaves.

An ETag stands for (what the store holds, the question, who asks): age alone changes no tag, so that a poller
is answered 304 until something that it may see has changed. Answers that depend on the day also carry it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from hashlib import sha256
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import Depends, Header, Query, Request, Response

from api.access import principal, service
from api.envelope import Answer, Meta, Next, Page, headers, meta, reach
from api.prefer import Wish, made_fresh, preference
from api.problems import Invalid, ParameterError
from api.tables import JSON, to_csv
from store import views
from store.principal import Principal
from store.reader import Reader

Form = Literal["json", "csv"]
HEADERS = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Accept, Prefer"}


class NotModified(Exception):
    """What the caller holds is still true."""

    def __init__(self, tag: str, applied: Mapping[str, str]) -> None:
        super().__init__(tag)
        self.headers = {**HEADERS, **applied, "ETag": tag}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A question that may be asked, not yet answered."""

    reader: Reader
    now: datetime
    form: Form
    tag: str
    path: str
    query: Sequence[tuple[str, str]]
    applied: Mapping[str, str]
    """The header field that says which preference was met."""

    def meta(self, coverage: views.Coverage) -> Meta:
        return meta(reach(coverage), self.now)

    def next(self, name: str, cursor: str) -> Next:
        """The same question from ``cursor`` on, handed in as the parameter ``name``."""
        kept = [(key, value) for key, value in self.query if key != name]
        return Next(cursor=cursor, link=f"{self.path}?{urlencode([*kept, (name, cursor)])}")

    def answer(self, said: Answer[Any] | Page[Any]) -> Response:
        more = {}
        if isinstance(said, Page) and said.next is not None:
            more = {"Link": f'<{said.next.link}>; rel="next"'}
        return Response(JSON.encode(said), 200, self._headers(more), "application/json")

    def table(self, columns: Sequence[str], rows: Iterable[Mapping[str, Any]], said: Page[Any]) -> Response:
        """``said`` as CSV: its envelope and the way on go into the headers."""
        more = {
            **headers(said.meta),
            "Content-Disposition": f'attachment; filename="{self.path.rpartition("/")[2]}.csv"',
        }
        if said.next is not None:
            more["Link"] = f'<{said.next.link}>; rel="next"'
        return Response(
            to_csv(columns, rows), 200, self._headers(more), "text/csv; charset=utf-8; header=present"
        )

    def _headers(self, more: Mapping[str, str]) -> dict[str, str]:
        return {**HEADERS, **self.applied, "ETag": self.tag, **more}


def form(
    format: Annotated[
        Form | None, Query(description="`csv` for a table; also by `Accept: text/csv`.", examples=["csv"])
    ] = None,
    accept: Annotated[str, Header(include_in_schema=False)] = "*/*",
) -> Form:
    """The parameter wins over the header; a header that does not put CSV first means JSON."""
    if format is not None:
        return format
    return "csv" if _weight(accept, "text/csv") > _weight(accept, "application/json") else "json"


def _weight(accept: str, media_type: str) -> float:
    """The quality that ``accept`` gives a media type named in full, 0 where it is not named."""
    for part in accept.lower().split(","):
        name, *settings = (word.strip() for word in part.split(";"))
        if name == media_type:
            quality = next((word[2:] for word in settings if word.startswith("q=")), "1")
            return float(quality) if quality.replace(".", "", 1).isdigit() else 0.0
    return 0.0


@dataclass(frozen=True, slots=True)
class Question:
    """A request, who asks, and how fresh the answer should be."""

    request: Request
    who: Principal
    wish: Wish | None


def question(
    request: Request,
    who: Annotated[Principal, Depends(principal)],
    wish: Annotated[Wish | None, Depends(preference)],
) -> Question:
    return Question(request, who, wish)


Asked = Annotated[Question, Depends(question)]


async def ask(asked: Asked) -> Ask:
    return await _ask(asked, "json", daily=False)


async def ask_table(asked: Asked, form: Annotated[Form, Depends(form)]) -> Ask:
    return await _ask(asked, form, daily=False)


async def ask_today(asked: Asked) -> Ask:
    return await _ask(asked, "json", daily=True)


async def ask_table_today(asked: Asked, form: Annotated[Form, Depends(form)]) -> Ask:
    return await _ask(asked, form, daily=True)


async def _ask(asked: Question, form: Form, *, daily: bool) -> Ask:
    """Raises Invalid on a parameter that the operation does not have, NotFresh on a preference that cannot be
    met, NotModified on a tag that fits."""
    request, who = asked.request, asked.who
    refuse_unknown(request)
    built = service(request)
    reader = built.store.reader(who, built.clock)
    applied = {}
    if asked.wish is not None:
        await made_fresh(request, built, reader, asked.wish)
        applied = {"Preference-Applied": f"fresh={asked.wish.fresh}"}
    now = built.clock()
    query = sorted(request.query_params.multi_items())
    parts = (request.url.path, query, form, now.date() if daily else None)
    answerer = (built.options.version, await reader.revision(), who.role, who.team, who.person)
    tag, path = _tag((parts, answerer)), request.url.path
    made = Ask(reader=reader, now=now, form=form, tag=tag, path=path, query=query, applied=applied)
    return _unless_held(request, made)


def tagged(ask: Ask, request: Request, counted: Any) -> Ask:
    """For an answer that also says what no revision of the store counts. Raises NotModified."""
    return _unless_held(request, replace(ask, tag=_tag((ask.tag, counted))))


def _tag(of: Any) -> str:
    return f'W/"{sha256(JSON.encode(of)).hexdigest()[:32]}"'


def _unless_held(request: Request, ask: Ask) -> Ask:
    if ask.tag in (held.strip() for held in request.headers.get("if-none-match", "").split(",")):
        raise NotModified(ask.tag, ask.applied)
    return ask


def refuse_unknown(request: Request) -> None:
    """Raises Invalid: a parameter that is spelt wrong and passed over would answer another question than was
    asked."""
    operation = request.app.openapi()["paths"][request.scope["route"].path]
    parameters = operation[request.method.lower()].get("parameters", ())
    known = [entry["name"] for entry in parameters if entry["in"] == "query"]
    unknown = [name for name in dict.fromkeys(request.query_params) if name not in known]
    if unknown:
        raise Invalid(*(_unknown(name, known) for name in unknown))


def _unknown(name: str, known: Sequence[str]) -> ParameterError:
    near = get_close_matches(name, known, n=2, cutoff=0.5) or known
    expected = " or ".join(near) or "no parameters"
    return ParameterError(location="query", name=name, expected=expected, got="an unknown name")
