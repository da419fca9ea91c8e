"""What in an exchange does not follow the vendor's own description.

openapi-core judges parameters, body, status and answer. It is told not to judge the descriptions themselves:
several break the rules of OpenAPI, and are the best there is all the same. Credentials are not judged here.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from jsonschema.exceptions import ValidationError, best_match
from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.templating.media_types.exceptions import MediaTypeNotFound
from openapi_core.templating.responses.exceptions import ResponseNotFound
from openapi_core.validation.request.exceptions import InvalidParameter, ParameterValidationError
from werkzeug.datastructures import Headers, ImmutableMultiDict

from tests.conformance.descriptions import HOST, Description, Operation, is_deprecated
from tests.conformance.exchanges import Exchange

Part = Literal["operation", "path", "query", "header", "body", "status", "answer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that a description does not allow. ``where`` is a JSON path with every index as ``[*]``, the
    name of a parameter (with ``=`` and what is wrong of a list in it), a path with every id as ``{id}``, or a
    status. ``rule`` is the schema that was broken, None where it is no schema.
    ``found`` is the first that was, and ``at`` its exact path: two problems are one but for them."""

    operation: str
    part: Part
    where: str
    expected: str
    rule: str | None = None
    found: str = field(compare=False)
    at: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Judgement:
    """``shaped`` is whether the description says what the answer looks like at all."""

    problems: Sequence[Problem]
    shaped: bool


class Specification:
    """The files that together describe one tracker."""

    def __init__(self, descriptions: Sequence[Description]) -> None:
        self._descriptions = descriptions
        plain = Config(spec_validator_cls=None)
        # A name that the vendor does not know is a mistake in what we send, and never in what a vendor sends.
        strict = Config(spec_validator_cls=None, additional_properties_default_policy="forbid")
        self._answers = [OpenAPI(one.spec, plain) for one in descriptions]
        self._requests = [OpenAPI(one.spec, strict) for one in descriptions]

    def judge(self, exchange: Exchange) -> Judgement:
        for number, description in enumerate(self._descriptions):
            operation = description.operation(exchange)
            if operation is not None:
                return Judgement(
                    problems=[
                        *_unknown(operation, description, exchange),
                        *self._refused(number, operation, exchange),
                    ],
                    shaped=operation.shapes(exchange.status),
                )
        return Judgement(problems=[self._nowhere(exchange)], shaped=False)

    def operation(self, exchange: Exchange) -> Operation | None:
        found = (one.operation(exchange) for one in self._descriptions)
        return next((one for one in found if one is not None), None)

    def _nowhere(self, exchange: Exchange) -> Problem:
        known = any(one.knows(exchange.path) for one in self._descriptions)
        path = re.sub(r"/\d{4,}(?=/|$)", "/{id}", exchange.path)
        return Problem(
            operation=f"{exchange.method} {path}",
            part="operation",
            where=exchange.method if known else path,
            expected="a method that the path has" if known else "a path that the vendor describes",
            found=f"{exchange.method} {exchange.path}",
        )

    def _refused(self, number: int, operation: Operation, exchange: Exchange) -> Iterator[Problem]:
        asked, answered = _Asked(exchange), _Answered(exchange)
        with warnings.catch_warnings():
            # Told by our own code, so that it can be told apart.
            warnings.simplefilter("ignore", DeprecationWarning)
            for error in [*self._requests[number].iter_request_errors(asked)]:
                yield from _problems(error, operation.name, "body", exchange)
            for error in [*self._answers[number].iter_response_errors(asked, answered)]:
                yield from _problems(error, operation.name, "answer", exchange)


class _Asked:
    """A request as openapi-core wants to see it."""

    def __init__(self, exchange: Exchange) -> None:
        self.host_url = HOST
        self.path = exchange.path.rstrip("/")
        self.method = exchange.method.lower()
        self.body = exchange.sent or None
        self.content_type = exchange.headers.get("content-type", "")
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(exchange.query), header=Headers(dict(exchange.headers))
        )


class _Answered:
    """An answer as openapi-core wants to see it."""

    def __init__(self, exchange: Exchange) -> None:
        self.status_code = exchange.status
        self.data = exchange.answer
        self.content_type = exchange.answer_headers.get("content-type", "")
        self.headers = Headers(dict(exchange.answer_headers))


def _unknown(operation: Operation, description: Description, exchange: Exchange) -> Iterator[Problem]:
    """What openapi-core lets pass: parameters without a description, and what is going to be removed."""
    if operation.deprecated:
        yield Problem(
            operation=operation.name,
            part="operation",
            where="deprecated",
            expected="an operation that will stay",
            found="one that the vendor is removing",
        )
    for name in dict.fromkeys(name for name, _ in exchange.query):
        described = operation.parameters.get(("query", name))
        if described is None and name not in description.keys_in_query:
            expected, found = "a parameter that the vendor describes", f"{name}={dict(exchange.query)[name]}"
        elif described is not None and is_deprecated(described):
            expected, found = "a parameter that will stay", "one that is deprecated"
        else:
            continue
        yield Problem(
            operation=operation.name, part="query", where=name, expected=expected, found=_short(found)
        )


def _problems(error: Exception, operation: str, part: Part, exchange: Exchange) -> Iterator[Problem]:
    if isinstance(error, ResponseNotFound):
        yield Problem(
            operation=operation,
            part="status",
            where=str(exchange.status),
            expected=f"one of {', '.join(error.availableresponses)}",
            found=_short(f"{exchange.status} {exchange.answer[:80].decode(errors='replace')}"),
        )
        return
    where, place = "$", part
    if isinstance(error, InvalidParameter) and _untold(error, exchange):
        return  # The default that the file gives breaks its own schema; nobody sent it.
    if isinstance(error, ParameterValidationError):
        where, place = error.name, _PLACES.get(error.location, "header")
    broken = getattr(error.__cause__, "schema_errors", ())
    cause = error.__cause__
    if isinstance(cause, MediaTypeNotFound):
        where, expected = "content-type", f"one of {', '.join(cause.availableMimetypes)}"
        yield Problem(operation=operation, part=part, where=where, expected=expected, found=cause.mimetype)
    elif not broken:
        expected, found = _short(str(error)), _short(str(cause))
        yield Problem(operation=operation, part=place, where=where, expected=expected, found=found)
    told = (each for one in broken for each in _broken(one, operation, place, where))
    yield from dict.fromkeys(told)


_PLACES: dict[str, Part] = {"path": "path", "query": "query", "header": "header"}


def _broken(error: ValidationError, operation: str, part: Part, where: str) -> Iterator[Problem]:
    """Of several alternatives that all failed, what came nearest; of a single one, everything."""
    if error.validator in ("oneOf", "anyOf") and len(error.validator_value) == 1:
        for inner in error.context:
            yield from _broken(inner, operation, part, where)
        return
    nearest = best_match([error]) or error
    path = re.sub(r"\[\d+\]", "[*]", nearest.json_path)
    if where != "$" and nearest.path:
        where = f"{where}={nearest.instance}"  # one of a list in a parameter: others are other problems
    yield Problem(
        operation=operation,
        part=part,
        where=path if where == "$" else where,
        expected=f"{nearest.validator}: {_short(str(nearest.validator_value))}",
        rule=repr(nearest.schema),
        found=_short(nearest.message if nearest.validator in _OF_NAMES else repr(nearest.instance)),
        at=nearest.json_path if where == "$" else where,
    )


_OF_NAMES = {"additionalProperties", "required"}
"""Rules that the whole object breaks: the message names the name."""


def _short(text: str) -> str:
    return text if len(text) <= 120 else f"{text[:117]}..."


def _untold(error: InvalidParameter, exchange: Exchange) -> bool:
    return error.location == "query" and error.name not in {name for name, _ in exchange.query}
