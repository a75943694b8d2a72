"""Progress: parts of parts count as what they are of the whole, and it never goes back."""

import pytest

from service.measures.progress import Cancelled, part, report, watched


def test_what_a_part_reports_is_counted_as_a_part_of_the_whole() -> None:
    with watched() as progress:
        with part(0.5, 1.0):
            report(0.5)
            assert progress.share == 0.75
            with part(0.5, 0.75):
                report(1.0)
                assert progress.share == 0.875
        report(0.2)
        assert progress.share == 0.875
        report(1.5)
        assert progress.share == 1.0


def test_a_part_ends_where_it_raises_and_a_cancelled_computation_ends_in_it() -> None:
    with watched() as progress:
        with pytest.raises(ZeroDivisionError), part(0.5, 0.6):
            raise ZeroDivisionError
        report(0.1)
        assert progress.share == 0.1
        progress.cancelled = True
        with pytest.raises(Cancelled), part(0.5, 0.6):
            report(0.1)
    with part(0.0, 1.0):
        report(0.5)
