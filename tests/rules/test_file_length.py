"""A file that has outgrown one reading has outgrown its name."""

from itertools import chain

from tests.rules.sources import ROOT, files, name

LONGEST = 400
FOLDERS = ("service", "cypher", "schema", "tests", "benchmarks", "pages")


def test_no_file_is_longer_than_one_reading() -> None:
    written = chain.from_iterable(files(ROOT / folder, ".py", ".cypher", ".ts", ".js") for folder in FOLDERS)
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in written}
    assert {path: length for path, length in lengths.items() if length > LONGEST} == {}
