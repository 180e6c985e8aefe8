import pytest

from onboarding.rendering import marks


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        ("12500", "USD", "USD\xa012,500.00"),
        ("0.5", "EUR", "EUR\xa00.50"),
        ("-40.00", "DKK", "DKK\xa0−40.00"),
        ("1250000", "JPY", "JPY\xa01,250,000"),
    ],
)
def test_money(amount, currency, written):
    assert marks.money(amount, currency) == written


@pytest.mark.parametrize(
    ("value", "written"), [("1", "1"), ("1.50", "1.50"), ("18240.125", "18,240.125"), ("1E+3", "1,000")]
)
def test_figure(value, written):
    assert marks.figure(value) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("2026-11-24T14:03:12Z", "24 November 2026, 14:03:12 UTC"),
        ("2026-11-24T14:03:12.123456+01:00", "24 November 2026, 13:03:12 UTC"),
        ("2026-11-24T14:03:12", "24 November 2026, 14:03:12 UTC"),
        ("", ""),
    ],
)
def test_moment(value, written):
    assert marks.moment(value) == written


@pytest.mark.parametrize(
    ("value", "written"), [("2026-11-24", "24 November 2026"), ("2026-11-24T23:00:00Z", "24 November 2026"), ("", "")]
)
def test_day(value, written):
    assert marks.day(value) == written


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        ("1 Integration Way, Boston MA 02110", ["1 Integration Way", "Boston MA 02110"]),
        (["Nyhavn 71, 3. sal", "1051 København K"], ["Nyhavn 71, 3. sal", "1051 København K"]),
        ("", []),
    ],
)
def test_address_lines(address, lines):
    assert marks.address_lines(address) == lines


@pytest.mark.parametrize(
    ("code", "name"), [("DE", "Germany"), ("us", "United States"), ("Germany", "Germany"), ("", "")]
)
def test_country(code, name):
    assert marks.country(code) == name


@pytest.mark.parametrize(("size", "written"), [(824, "824 B"), (12_410, "12.4 kB"), (1_800_000, "1.8 MB")])
def test_file_size(size, written):
    assert marks.file_size(size) == written


@pytest.mark.parametrize(
    ("code", "words"), [("strip_colons", "strip colons"), ("cut:100", "cut 100"), ("trim", "trim")]
)
def test_spoken(code, words):
    assert marks.spoken(code) == words


@pytest.mark.parametrize(("value", "is_hash"), [("0" * 64, True), ("0" * 63, False), ("G" * 64, False), ("", False)])
def test_is_hash(value, is_hash):
    assert marks.is_hash(value) is is_hash
