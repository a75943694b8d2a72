"""Tokens: recognisable, never the same twice, and kept as a hash."""

from service.access.tokens import hash_of_token, is_token, new_token


def test_a_token_is_recognised_and_another_word_is_not() -> None:
    token = new_token()
    assert token.startswith("retell_")
    assert is_token(token)
    for word in (
        "",
        "retell_",
        token[:-1],
        token + "x",
        token.replace("retell_", "Retell_"),
        f" {token}",
        f"{token}\n",
    ):
        assert not is_token(word)


def test_no_two_tokens_are_alike() -> None:
    assert len({new_token() for _ in range(1000)}) == 1000


def test_what_is_kept_does_not_hold_the_token() -> None:
    token = new_token()
    kept = hash_of_token(token)
    assert len(kept) == 64
    assert token.removeprefix("retell_") not in kept
    assert kept == hash_of_token(token) != hash_of_token(new_token())
