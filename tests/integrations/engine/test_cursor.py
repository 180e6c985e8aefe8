"""Reading goes on without gaps, also within one second."""

from hypothesis import given
from hypothesis import strategies as st

from integrations.engine.connector import Record
from integrations.engine.cursor import Cursor, page_after


class Table:
    """Rows as a vendor keeps them: an id, a whole second, a value."""

    def __init__(self) -> None:
        self.kept: dict[str, Record] = {}

    def write(self, record_id: str, *, second: int, value: int = 0) -> None:
        self.kept[record_id] = Record(record_id, {"value": value}, modified_at=f"2026-11-22T10:00:{second:02}Z")

    def rows(self, moment: str, most: int) -> list[Record]:
        later = [record for record in self.kept.values() if record.modified_at >= moment]
        return sorted(later, key=lambda record: (record.modified_at, record.id))[:most]

    def read(self, cursor: str | None, limit: int = 2) -> tuple[list[str], str]:
        seen, more = [], True
        while more:
            page = page_after(cursor, beginning="1970", limit=limit, rows=self.rows)
            seen += [record.id for record in page.records]
            cursor, more = page.cursor, page.has_more
        return seen, cursor


def test_a_cursor_survives_being_stored():
    assert Cursor.parsed(str(Cursor("2026-11-22T10:00:00Z", 3, "abc"))) == Cursor("2026-11-22T10:00:00Z", 3, "abc")


def test_everything_is_read_once_in_stretches():
    table = Table()
    for number in range(7):
        table.write(str(number), second=number // 3)

    seen, cursor = table.read(None)

    assert seen == ["0", "1", "2", "3", "4", "5", "6"]
    assert table.read(cursor) == ([], cursor)


def test_a_change_within_the_last_second_is_not_lost():
    table = Table()
    for record_id in "abc":
        table.write(record_id, second=1)
    _, cursor = table.read(None, limit=10)

    table.write("a", second=1, value=7)

    assert "a" in table.read(cursor, limit=10)[0]


def test_a_newcomer_within_the_last_second_is_not_lost():
    table = Table()
    table.write("b", second=1)
    _, cursor = table.read(None)

    table.write("a", second=1)

    assert "a" in table.read(cursor)[0]


def test_nothing_at_all():
    assert Table().read(None) == ([], "1970 0 ")


steps = st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 2)), max_size=25)


@given(steps, st.integers(1, 4))
def test_a_reader_always_ends_up_with_the_latest_of_everything(changes, limit):
    """Whatever is written between readings, with time standing still or going on: the reader's copy is right."""
    table, copy, cursor, second = Table(), {}, None, 0
    for value, (record_id, forward) in enumerate(changes):
        second = min(59, second + forward)
        table.write(record_id, second=second, value=value)
        if value % 3 == 0:
            seen, cursor = table.read(cursor, limit)
            copy |= {name: table.kept[name] for name in seen}

    seen, cursor = table.read(cursor, limit)
    copy |= {name: table.kept[name] for name in seen}

    assert copy == table.kept
    assert table.read(cursor, limit)[0] == []
