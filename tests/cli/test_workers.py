"""The process that supervises tells the workers what it found, and is kept from its work by none of them."""

import multiprocessing

from service.cli.workers import Worker, hand_on
from service.graph.projection import Mark
from service.operations.changes import Look

LOOK = Look(asked=1.0, feed=Mark(7, "00000000-0000-4000-8000-000000000001"), due=False, jobs=True)


def test_a_worker_that_does_not_read_is_not_waited_for_and_one_that_has_gone_is_passed_over() -> None:
    context = multiprocessing.get_context("spawn")
    (reads, to_reader), (stuck, to_stuck), (gone, to_gone) = [context.Pipe(duplex=False) for _ in range(3)]
    gone.close()
    process = context.Process()
    workers = [Worker(process, tell, context.Event()) for tell in (to_gone, to_stuck, to_reader)]
    sent = 5_000
    for _ in range(sent):
        hand_on(workers, LOOK)
        assert reads.recv() == LOOK
    heard = 0
    while stuck.poll():
        assert stuck.recv() == LOOK
        heard += 1
    assert 0 < heard < sent
