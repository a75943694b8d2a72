"""The pages of the package load nothing from another host."""

import re

from tests.rules.sources import SERVICE

STATIC = SERVICE / "doors" / "explorer" / "static"
LOADS = {
    ".html": re.compile(r"""(?:src|href|action)\s*=\s*["']?(?!/pages/)([^"'\s>]+)"""),
    ".css": re.compile(r"""(?:url\(\s*["']?|@import\s+["'])(?!data:)((?:[a-z]+:)?//[^"')\s]+)"""),
    ".js": re.compile(r"""\b(?:import|importScripts|fetch|Worker|WebSocket)\(\s*["'`]((?:\w+:)?//[^"'`]+)"""),
}


def loaded_from_elsewhere(ending: str, text: str) -> list[str]:
    return LOADS[ending].findall(text)


def test_no_page_loads_from_another_host() -> None:
    built = [path for path in sorted(STATIC.iterdir()) if path.suffix in LOADS]
    assert {path.suffix for path in built} == set(LOADS)
    found = {path.name: loaded_from_elsewhere(path.suffix, path.read_text(encoding="utf-8")) for path in built}
    assert {name: addresses for name, addresses in found.items() if addresses} == {}


def test_the_rule_sees_what_would_be_loaded() -> None:
    assert loaded_from_elsewhere(".html", '<script src="https://unpkg.example/a.js">')
    assert loaded_from_elsewhere(".css", "@font-face{src:url(//fonts.example/a.woff2)}")
    assert loaded_from_elsewhere(".js", 'await import("https://esm.example/react")')
    assert not loaded_from_elsewhere(".css", "src:url(data:font/woff2;base64,d09) url(./codicon.ttf)")
