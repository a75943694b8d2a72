"""A network of stories in health and care of our own making, with facts planted in it.

Every name and every story is invented. `rows` is what is imported; `planted` lists what is true in it.
"""

from service.exchange.demo.generation import Demo, demo, rows, without
from service.exchange.demo.planted import KEYS, Planted

__all__ = ["KEYS", "Demo", "Planted", "demo", "rows", "without"]
