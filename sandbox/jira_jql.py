"""JQL as text: reads a query into a tree. What the tree means is in jira_jql_match.

A small part of the language (support.atlassian.com/jira-software-cloud/docs/jql-fields and -operators):
AND, OR, NOT, brackets, = != < > <= >= ~ !~ IN, NOT IN, IS, IS NOT, ORDER BY. No WAS, no CHANGED.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sandbox.jira_jql_tokens import JqlError, Token, place, tokens

Operator = Literal["=", "!=", "<", ">", "<=", ">=", "~", "!~", "in", "not in", "is", "is not"]

_SYMBOLS: tuple[Operator, ...] = ("=", "!=", "<", ">", "<=", ">=", "~", "!~")


@dataclass(frozen=True, slots=True)
class Value:
    """``quoted`` decides whether digits mean milliseconds; ``function`` is a call without arguments."""

    text: str
    quoted: bool = False
    function: bool = False

    @property
    def empty(self) -> bool:
        return not self.quoted and self.text.lower() in ("empty", "null")


@dataclass(frozen=True, slots=True)
class Clause:
    field: str
    operator: Operator
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Every:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Node


Node = Clause | Every | Either | Not


@dataclass(frozen=True, slots=True)
class Order:
    field: str
    descending: bool


@dataclass(frozen=True, slots=True)
class Query:
    """``where`` is None for an unbounded query."""

    where: Node | None
    orders: tuple[Order, ...]


def parse(text: str) -> Query:
    """Raises JqlError."""
    return _Parser(text).query()


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = tokens(text)
        self._next = 0

    def query(self) -> Query:
        where = None if self._peek().kind == "end" or self._peek().is_word("order") else self._any()
        orders = self._orders() if self._take_word("order") else ()
        if self._peek().kind != "end":
            raise self._expected("either 'OR' or 'AND'")
        return Query(where, orders)

    def _any(self) -> Node:
        parts = [self._all()]
        while self._take_word("or"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _all(self) -> Node:
        parts = [self._one()]
        while self._take_word("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def _one(self) -> Node:
        if self._take_word("not"):
            return Not(self._one())
        if self._take_symbol("("):
            inner = self._any()
            self._close()
            return inner
        field = self._field()
        operator = self._operator()
        return Clause(field, operator, self._values(operator))

    def _field(self) -> str:
        token = self._take()
        if token.kind not in ("word", "quoted"):
            raise self._expected("a field name", token)
        return token.meaning()

    def _operator(self) -> Operator:
        token = self._take()
        for symbol in _SYMBOLS:
            if token.is_symbol(symbol):
                return symbol
        if token.is_word("in"):
            return "in"
        if token.is_word("is"):
            return "is not" if self._take_word("not") else "is"
        if token.is_word("not") and self._take_word("in"):
            return "not in"
        raise self._expected("operator", token)

    def _values(self, operator: Operator) -> tuple[Value, ...]:
        if operator not in ("in", "not in") or not self._peek().is_symbol("("):
            return (self._value(),)
        self._take()
        values = [self._value()]
        while self._take_symbol(","):
            values.append(self._value())
        self._close()
        return tuple(values)

    def _value(self) -> Value:
        token = self._take()
        if token.kind == "quoted":
            return Value(token.meaning(), quoted=True)
        if token.kind != "word":
            raise self._expected("either a value, list or function", token)
        if self._take_symbol("("):
            self._close()
            return Value(token.text, function=True)
        if token.is_word("empty", "null"):
            return Value(token.text)
        return Value(token.meaning())

    def _orders(self) -> tuple[Order, ...]:
        if not self._take_word("by"):
            raise self._expected("'by'")
        orders = [self._order()]
        while self._take_symbol(","):
            orders.append(self._order())
        return tuple(orders)

    def _order(self) -> Order:
        field = self._field()
        descending = self._take_word("desc")
        if not descending:
            self._take_word("asc")
        return Order(field, descending)

    def _peek(self) -> Token:
        return self._tokens[self._next]

    def _take(self) -> Token:
        token = self._peek()
        self._next = min(self._next + 1, len(self._tokens) - 1)
        return token

    def _take_word(self, word: str) -> bool:
        return self._peek().is_word(word) and bool(self._take())

    def _take_symbol(self, symbol: str) -> bool:
        return self._peek().is_symbol(symbol) and bool(self._take())

    def _close(self) -> None:
        if not self._take_symbol(")"):
            raise self._expected("')'")

    def _expected(self, what: str, token: Token | None = None) -> JqlError:
        found = token or self._peek()
        if found.kind == "end":
            return JqlError(f"Error in the JQL Query: Expecting {what} before the end of the query.")
        return JqlError(f"Error in the JQL Query: Expecting {what} but got '{found.text}'. {place(found)}")
