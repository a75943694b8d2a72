"""How a count reads in a sentence."""


def counted(count: int, one: str, many: str | None = None) -> str:
    """The count with its noun: `1 step`, `0 steps`, `2 people`; `many` where it is more than `one` with an s."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def these(count: int) -> str:
    """So many who were just named: `this one`, `these 2`."""
    return "this one" if count == 1 else f"these {count}"
