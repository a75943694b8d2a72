"""A network of our own making in which the chance of every uptake is known."""

import numpy as np

from service.measures.ties import SECONDS_A_DAY, Evidence
from service.measures.uptake_signals import STORY, History, Tellings

PEOPLE = 24
DAYS = 540
HORIZON = 30.0


def planted(seed: int, *, base: float = 0.04, keen: float = 6.0) -> tuple[History, np.ndarray]:
    """Everybody tells a story every ten days; everybody has listened to everybody once, long ago.

    Half of the people are keen: they take up what is told with `keen` times the chance of the others, each story on
    its own. The second array is that chance, by person.
    """
    random = np.random.default_rng(seed)
    chances = np.where(np.arange(PEOPLE) % 2 == 0, base * keen, base)
    first = [(v, u, 0.0, -1) for u in range(PEOPLE) for v in range(PEOPLE) if u != v]
    told = [(day + u / PEOPLE, u) for day in range(10, DAYS, 10) for u in range(PEOPLE)]
    acts = list(first)
    for number, (day, teller) in enumerate(told):
        takes = np.flatnonzero(random.random(PEOPLE) < chances)
        acts.extend((int(v), teller, day + random.uniform(0.1, 20), number) for v in takes if v != teller)
    evidence = Evidence(
        listeners=np.array([act[0] for act in acts], dtype=np.int32),
        tellers=np.array([act[1] for act in acts], dtype=np.int32),
        kinds=np.zeros(len(acts), dtype=np.int8),
        times=np.array([act[2] for act in acts]) * SECONDS_A_DAY,
    )
    tellings = Tellings(
        tellers=np.array([one[1] for one in told], dtype=np.int32),
        times=np.array([one[0] for one in told]) * SECONDS_A_DAY,
        kinds=np.full(len(told), STORY, dtype=np.int8),
        answering=np.full(len(told), -1, dtype=np.int64),
    )
    about = np.array([act[3] for act in acts], dtype=np.int64)
    return History(people=PEOPLE, evidence=evidence, about=about, tellings=tellings), chances
