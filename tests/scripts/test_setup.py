import base64

import pytest

from scripts import setup


def test_the_first_env_has_fresh_secrets_for_this_user_only(tmp_path):
    setup.write_env(tmp_path / "one")
    setup.write_env(tmp_path / "two")

    first = dict(line.split("=", 1) for line in (tmp_path / "one").read_text().splitlines())
    second = dict(line.split("=", 1) for line in (tmp_path / "two").read_text().splitlines())
    assert first.keys() == {"SECRET_KEY", "VAULT_KEYS", "REHEARSAL"}
    assert first["SECRET_KEY"] != second["SECRET_KEY"]
    assert len(base64.b64decode(first["VAULT_KEYS"])) == 32
    assert oct((tmp_path / "one").stat().st_mode & 0o777) == "0o600"


def test_an_env_that_is_there_stays_as_it_is(tmp_path):
    (tmp_path / ".env").write_text("SECRET_KEY=mine\n")

    setup.write_env(tmp_path / ".env")

    assert (tmp_path / ".env").read_text() == "SECRET_KEY=mine\n"


def test_a_lock_counts_as_installed_until_it_changes(tmp_path, monkeypatch):
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    monkeypatch.setattr(setup, "VENV", tmp_path)
    (tmp_path / "requirements").mkdir()
    setup.lock_file("dev").write_text("")
    (tmp_path / ".installed-dev").write_text("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    before = setup.is_installed("dev")

    setup.lock_file("dev").write_text("django==5.2.19\n")

    assert (before, setup.is_installed("dev")) == (True, False)


def test_without_root_missing_libraries_are_named_and_nothing_starts(monkeypatch):
    monkeypatch.setattr(setup.os, "geteuid", lambda: 1000)

    with pytest.raises(SystemExit, match=r"sudo apt-get install -y --no-install-recommends libpango-1\.0-0"):
        setup.install_packages(["libpango-1.0-0"])


def test_without_root_the_tests_go_on_without_a_browser_and_say_so(monkeypatch, capsys):
    monkeypatch.setattr(setup.os, "geteuid", lambda: 1000)

    setup.install_packages(["chromium"])

    assert "Going on without: what needs them will say so." in capsys.readouterr().err


def test_a_machine_without_a_font_for_eastern_names_gets_one(tmp_path, monkeypatch):
    monkeypatch.setattr(setup, "FONT_FOLDERS", [tmp_path])
    (tmp_path / "DejaVuSans.ttf").write_bytes(b"")
    before = setup.missing_packages("embedded")
    (tmp_path / "NotoSansCJK-Regular.ttc").write_bytes(b"")

    assert {"fonts-droid-fallback", "fonts-nanum"} <= set(before)
    assert {"fonts-droid-fallback", "fonts-nanum"} & set(setup.missing_packages("embedded")) == set()


def test_a_font_without_korean_letters_is_not_enough(tmp_path, monkeypatch):
    monkeypatch.setattr(setup, "FONT_FOLDERS", [tmp_path])
    (tmp_path / "DroidSansFallbackFull.ttf").write_bytes(b"")

    missing = [one for one in setup.missing_packages("embedded") if one.startswith("fonts-")]
    assert missing == ["fonts-noto-core", "fonts-symbola", "fonts-hanazono", "fonts-nanum"]
