"""What the form for asking proposes before anything is typed."""

from datetime import UTC, datetime

import pytest

from storage import clock
from webapp.asking_form import AskingForm


@pytest.mark.parametrize(
    ("country", "day", "due"),
    [
        ("FR", "2026-11-25", "2026-11-30"),
        ("FR", "2026-12-24", "2026-12-30"),
        ("GB-ENG", "2026-12-24", "2026-12-31"),
        ("", "2026-12-24", "2026-12-29"),
    ],
)
def test_an_answer_is_asked_for_on_a_day_that_is_worked(country, day, due):
    clock.set_clock(datetime.fromisoformat(f"{day}T10:00").replace(tzinfo=UTC))
    try:
        assert AskingForm.usual(country).due == due
    finally:
        clock.set_clock(None)
