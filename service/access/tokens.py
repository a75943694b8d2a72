"""The tokens of API keys: made here once, kept only as a hash, so that a copy of the database opens nothing."""

import hashlib
import re
import secrets

_PREFIX = "retell_"
_FORM = re.compile(r"retell_[A-Za-z0-9_-]{43}")


def new_token() -> str:
    """A token of 32 random bytes, in a form that secret scanners can recognise."""
    return _PREFIX + secrets.token_urlsafe(32)


def hash_of_token(token: str) -> str:
    """What is stored of a token: its SHA-256. A token has 256 bits of chance, so a slow hash would add nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_token(word: str) -> bool:
    """Whether a word has the form of a token, so that nonsense is refused without asking the database."""
    return _FORM.fullmatch(word) is not None
