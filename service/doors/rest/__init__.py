"""The REST door: nouns, cursor pages, ETags, idempotency keys, problem+json."""
