"""How a loop over arrays becomes machine code."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import numba

P = ParamSpec("P")
R = TypeVar("R")


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile at the first call, off the interpreter lock, and keep the machine code for later starts."""
    compiled: Callable[P, R] = numba.njit(cache=True, nogil=True)(function)
    return compiled


def is_compiled(function: Callable[..., object]) -> bool:
    """Whether the machine code of a kernel is there: the first call makes it, or loads it."""
    return bool(function.signatures)  # type: ignore[attr-defined]
