"""Which Cypher statements may run as reads: a lexer that denies on doubt.

The server's READ access mode is not enough: in it LOAD CSV, SHOW, TERMINATE and many procedures still run, and a plan
hides what stands inside expressions. So a statement is cut into tokens here, and one word of the lists below, a call
outside the allowed ones, or anything that this lexer might read otherwise than the server does, refuses it whole. What
is sent to the server is what was read here: comments are blanked out, not interpreted twice.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from service.model.errors import Invalid

MOST_CHARACTERS = 100_000
DEEPEST = 200
"""How many brackets and operators may stand inside each other: at some 400 the server's parser overflows in silence."""

FIRST = frozenset({"MATCH", "OPTIONAL", "WITH", "UNWIND", "RETURN", "CALL"})
"""What a statement may begin with; every administration command begins otherwise."""

DENIED = {
    **dict.fromkeys(("CREATE", "MERGE", "SET", "REMOVE", "DELETE", "DETACH", "NODETACH", "INSERT"), "writes"),
    **dict.fromkeys(("FOREACH", "DROP"), "writes"),
    "LOAD": "reads files and other hosts",
    "SHOW": "reads the server's settings, users and transactions",
    "TERMINATE": "ends other people's transactions",
    "USE": "leaves this database",
    **dict.fromkeys(("TRANSACTION", "TRANSACTIONS"), "opens transactions of its own"),
    **dict.fromkeys(("EXPLAIN", "PROFILE", "CYPHER"), "changes how a statement is run"),
    **dict.fromkeys(("ALTER", "GRANT", "REVOKE", "DENY", "RENAME", "ENABLE"), "administers the server"),
    **dict.fromkeys(("DEALLOCATE", "REALLOCATE", "DRYRUN"), "administers the server"),
}
"""Words that are refused wherever they stand outside quotes, with what they do."""

PROCEDURES = frozenset(
    {
        "db.labels",
        "db.relationshipTypes",
        "db.propertyKeys",
        "db.schema.visualization",
        "db.schema.nodeTypeProperties",
        "db.schema.relTypeProperties",
        "db.index.fulltext.queryNodes",
        "db.index.fulltext.queryRelationships",
    }
)
"""The procedures that may be called, spelt exactly; they read this database and nothing else."""

_STEPS = frozenset({"NOT", "XOR", "IN", "IS", "CASE", "CONTAINS", "STARTS", "ENDS"})
_RESTS = frozenset({"AND", "OR", "AS", "MATCH", "WHERE", "RETURN", "WITH", "UNWIND", "YIELD", "UNION", "ORDER", "CALL"})
"""Words that take an expression one level deeper, and words after which another expression begins."""

_CLOCKS = ("date", "datetime", "localdatetime", "localtime", "time")
FUNCTIONS = frozenset(
    {f"{clock}.{function}" for clock in _CLOCKS for function in ("realtime", "statement", "transaction", "truncate")}
    | {"datetime.fromepoch", "datetime.fromepochmillis"}
    | {f"duration.{function}" for function in ("between", "indays", "inmonths", "inseconds")}
    | {"point.distance", "point.withinbbox", "vector.similarity.cosine", "vector.similarity.euclidean"}
)
"""The functions with a namespace that may be called, in small letters; plugins' functions can run whole statements."""

_TOKEN = re.compile(
    r"""
    (?P<comment> //[^\n\r]* | /\*.*?\*/ )
  | (?P<space> [ \t\n\r\f\v]+ )
  | (?P<text> '(?:[^'\\]|\\[\\'"`bfnrt])*+' | "(?:[^"\\]|\\[\\'"`bfnrt])*+" )
  | (?P<quoted> `(?:[^`]|``)*+`(?!`) )
  | (?P<unclosed> /\* | ['"`] )
  | (?P<number> (?: 0x[0-9A-Fa-f]+ | 0o[0-7]+ | [0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)? )(?![A-Za-z0-9_]) )
  | (?P<word> [A-Za-z_][A-Za-z0-9_]* )
  | (?P<symbol> \.\. | [-+*/%^=<>!|&:.,(){}\[\]$;~] )
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\[uU]")
_UNSENDABLE = re.compile(r"[\x00\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a statement: its sort (a group of the lexer), its words and the offset at which it begins."""

    sort: str
    text: str
    offset: int

    def is_word(self, word: str) -> bool:
        """Whether it is this keyword, in any case."""
        return self.sort == "word" and self.text.upper() == word

    def is_symbol(self, symbols: str) -> bool:
        """Whether it is one of these signs."""
        return self.sort == "symbol" and self.text in symbols


@dataclass(frozen=True, slots=True)
class ReadStatement:
    """A statement that was read and not refused."""

    text: str
    """What to send: as given, each comment and a closing semicolon made blanks, so that positions stay."""
    shape: str
    """What to remember of it: literals left out, on one line."""


def admitted(statement: str) -> ReadStatement:
    """The statement as it may be sent to the server; raises Invalid, with the place, for what is not surely a read."""
    if len(statement) > MOST_CHARACTERS:
        raise _refused(
            statement, MOST_CHARACTERS, "the statement goes on", f"Write at most {MOST_CHARACTERS:,} characters."
        )
    for pattern, wrong in ((_ESCAPE, "a unicode escape"), (_UNSENDABLE, "a character that cannot be sent")):
        if found := pattern.search(statement):
            right = "Write the character itself, or pass the text as a parameter."
            raise _refused(statement, found.start(), f"{wrong} stands here", right)
    pieces = list(_pieces(statement))
    tokens = [piece for piece in pieces if piece.sort not in {"comment", "space"}]
    if tokens and tokens[-1].is_symbol(";"):
        pieces[pieces.index(tokens.pop())] = Token("space", " ", 0)
    _check(statement, tokens)
    return ReadStatement(text="".join(_sent(piece) for piece in pieces), shape=_shape(tokens))


def _pieces(statement: str) -> Iterator[Token]:
    offset = 0
    while offset < len(statement):
        match = _TOKEN.match(statement, offset)
        if match is None:
            raise _refused(
                statement,
                offset,
                f"{statement[offset]!r} stands outside quotes",
                "Put names that need other characters than A to Z, digits and _ in backticks, and words in quotes.",
            )
        if match.lastgroup == "unclosed":
            raise _refused(
                statement, offset, f"{match[0]} is never closed", "Close it, and escape only \\ ' \" ` b f n r t."
            )
        yield Token(str(match.lastgroup), match[0], offset)
        offset = match.end()


def _check(statement: str, tokens: list[Token]) -> None:
    if not tokens or tokens[0].sort != "word" or tokens[0].text.upper() not in FIRST:
        first = "nothing" if not tokens else tokens[0].text if tokens[0].sort in {"word", "symbol"} else "a literal"
        offset = tokens[0].offset if tokens else 0
        raise _refused(statement, offset, f"it begins with {first}", f"Begin with one of {', '.join(sorted(FIRST))}.")
    for index, token in enumerate(tokens):
        if token.sort == "word":
            _check_word(statement, tokens, index)
        elif token.is_symbol("("):
            _check_function(statement, tokens, index)
        elif token.is_symbol(";"):
            raise _refused(statement, token.offset, "a second statement follows", "Send one statement at a time.")
    _check_depth(statement, tokens)


def _check_depth(statement: str, tokens: list[Token]) -> None:
    """Refuse expressions and patterns that the server's parser might not come back from."""
    levels = [0]
    for token in tokens:
        word = token.text.upper() if token.sort == "word" else ""
        if token.is_symbol("([{"):
            levels.append(0)
        elif token.is_symbol(")]}") and len(levels) > 1:
            levels.pop()
        elif token.is_symbol(",") or word in _RESTS:
            levels[-1] = 0
        elif token.is_symbol("+-*/%^=<>.") or word in _STEPS:
            levels[-1] += 1
        if sum(levels) + len(levels) > DEEPEST:
            right = f"Nest at most {DEEPEST} brackets and operators; pass long lists as parameters."
            raise _refused(statement, token.offset, "the expression or pattern is too deep", right)


def _check_word(statement: str, tokens: list[Token], index: int) -> None:
    word = tokens[index].text.upper()
    if word in DENIED:
        right = f"This door only reads. If it is meant as a name, put it in backticks: `{tokens[index].text}`."
        raise _refused(statement, tokens[index].offset, f"{word} {DENIED[word]}", right)
    if word != "CALL":
        return
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    if following is not None and following.is_symbol("({"):
        return
    name = "".join(_name_from(tokens, index + 1))
    if name not in PROCEDURES:
        right = f"Call a subquery, or one of {', '.join(sorted(PROCEDURES))}; a name `call` goes in backticks."
        raise _refused(statement, tokens[index].offset, f"CALL {name or 'of nothing'} is not allowed here", right)


def _check_function(statement: str, tokens: list[Token], index: int) -> None:
    """Refuse what stands before an opening bracket and may be a function of a plugin."""
    start = index
    while start > 0 and (tokens[start - 1].sort in {"word", "quoted"} or tokens[start - 1].is_symbol(".")):
        joins = start == index or tokens[start].is_symbol(".") != tokens[start - 1].is_symbol(".")
        if not joins:
            break
        start -= 1
    chain = tokens[start:index]
    name = "".join(token.text for token in chain)
    plain = len(chain) <= 1 and all(token.sort == "word" for token in chain)
    called = start > 0 and tokens[start - 1].is_word("CALL") and name in PROCEDURES
    if not (plain or called or name.lower() in FUNCTIONS):
        right = f"Call a function of Cypher itself; with a namespace, one of {', '.join(sorted(FUNCTIONS))}."
        raise _refused(statement, chain[0].offset, f"the function {name} is not allowed here", right)


def _name_from(tokens: list[Token], index: int) -> Iterator[str]:
    """A dotted name without quotes, piece by piece."""
    wants_word = True
    for token in tokens[index:]:
        if not (token.sort == "word" if wants_word else token.is_symbol(".")):
            return
        yield token.text
        wants_word = not wants_word


def _sent(piece: Token) -> str:
    if piece.sort == "comment":
        return re.sub(r"[^\n]", " ", piece.text)
    if piece.sort == "space":
        return re.sub(r"[^\n]", " ", piece.text.replace("\r\n", " \n").replace("\r", "\n"))
    return piece.text


def _shape(tokens: list[Token]) -> str:
    return " ".join("…" if token.sort in {"text", "number"} else token.text for token in tokens)


def _refused(statement: str, offset: int, wrong: str, right: str) -> Invalid:
    before = statement[:offset]
    line, column = before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
    return Invalid(f"Line {line}, column {column}: {wrong}.", right=right, field="statement")
