"""Which methods an address answers: the framework knows it of each route alone, the contract of the address."""

import re
from functools import lru_cache

from fastapi import FastAPI
from starlette.routing import compile_path


def documented_methods(app: FastAPI, path: str) -> list[str]:
    """The methods that the contract names for an address, in order; none where it does not name the address."""
    return sorted({method for address, methods in _documented(app) if address.fullmatch(path) for method in methods})


@lru_cache(maxsize=4)
def _documented(app: FastAPI) -> list[tuple[re.Pattern[str], list[str]]]:
    paths = app.openapi()["paths"].items()
    return [(compile_path(path)[0], [method.upper() for method in methods]) for path, methods in paths]
