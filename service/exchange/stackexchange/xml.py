"""Reading a dump's XML a record at a time, without a tree and without entities, however large the file is."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.parsers import expat

from service.exchange.rows import Advance, Origin
from service.model.errors import Invalid

CHUNK: Final = 256 * 1024
LONGEST_RECORD: Final = 16 * 1024 * 1024
"""Bytes without the end of a record after which a file is not a dump."""

_DEEPEST: Final = 2
_CUT = frozenset(
    expat.errors.codes[words]
    for words in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
    )
)
_WHOLE = "Copy or unpack the file again, and run the same command: what was imported stays and is not imported twice."


@dataclass(frozen=True, slots=True)
class Record:
    """One `<row …/>` of a dump's file."""

    origin: Origin
    fields: dict[str, str]


def records(path: Path, root: str, advance: Advance) -> Iterator[Record]:
    """The records of a file whose outermost element is `root`, in their order; memory does not grow with the file.

    Raises Invalid, naming file, line and byte, where the XML is broken or cut, declares a document type (and with it
    entities), or is not of a dump. Records before that place have been handed on by then.
    """
    found: list[Record] = []
    parser = _parser(path, root, found)
    fed = last = 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            _feed(parser, chunk, path, final=False)
            fed += len(chunk)
            advance(len(chunk))
            if found:
                last = fed
                yield from found
                found.clear()
            elif fed - last > LONGEST_RECORD:
                raise _broken(path, parser, "a record is longer than 16 MiB", "A dump's record is one <row …/>.")
    _feed(parser, b"", path, final=True)
    yield from found


def _parser(path: Path, root: str, found: list[Record]) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    depth = 0

    def started(name: str, fields: dict[str, str]) -> None:
        nonlocal depth
        if depth == 0 and name != root:
            raise _broken(path, parser, f"it holds <{name}>", f"{path.name} of a Stack Exchange dump holds <{root}>.")
        if depth == 1 and name == "row":
            origin = Origin(path.name, parser.CurrentLineNumber, fields.get("Id"))
            found.append(Record(origin, fields))
        if depth >= _DEEPEST:
            raise _broken(path, parser, f"<{name}> stands inside a record", "A dump's records hold nothing inside.")
        depth += 1

    def ended(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def declared(*_declaration: object) -> None:
        raise _broken(
            path,
            parser,
            "it declares a document type or an entity, which is refused unread",
            "A Stack Exchange dump has no <!DOCTYPE …>: remove it, with the entities that it declares.",
        )

    parser.StartElementHandler = started
    parser.EndElementHandler = ended
    parser.StartDoctypeDeclHandler = declared
    parser.EntityDeclHandler = declared
    return parser


def _feed(parser: expat.XMLParserType, chunk: bytes, path: Path, *, final: bool) -> None:
    try:
        parser.Parse(chunk, final)
    except expat.ExpatError as error:
        if error.code in _CUT:
            raise _broken(path, parser, "the XML ends in the middle", _WHOLE) from None
        raise _broken(path, parser, f"the XML is broken ({expat.ErrorString(error.code)})", _WHOLE) from None


def _broken(path: Path, parser: expat.XMLParserType, wrong: str, right: str) -> Invalid:
    line, byte = parser.CurrentLineNumber, max(parser.CurrentByteIndex, 0)
    return Invalid(f"{path.name}, line {line}, byte {byte}: {wrong}", right=right, field=path.name)
