"""Randomness that a seed fixes: each roll depends on its own circumstances alone.

Adding a fault, a query or a scenario re-rolls no other.
"""

from hashlib import blake2b


def roll(seed: int, *circumstances: object) -> float:
    """A number in [0, 1) for these circumstances, the same for the same seed on any machine."""
    text = "\x1f".join(str(part) for part in (seed, *circumstances))
    digest = blake2b(text.encode("utf-8", "surrogateescape"), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64
