import base64
import os
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

from portal import start_up
from scripts import seal_key
from scripts.check import PRODUCTION
from scripts.setup import ROOT

SECRET = "never to be shown"
NOW = datetime.now(tz=UTC)


@pytest.fixture
def production(settings):
    """The settings of a server, with the tests' own good key."""
    settings.REHEARSAL = settings.DEBUG = False
    return settings


def made(**wishes):
    return base64.b64encode(seal_key.make(passphrase=SECRET, bits=2048, **wishes)[0]).decode()


def test_a_good_key_lets_it_start(production):
    start_up.require_fit()

    assert start_up.sealing_check() == []


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"SEAL_PKCS12": ""}, "There is no sealing key"),
        ({"SEAL_PKCS12": "/nowhere/seal.p12"}, "SEAL_PKCS12 names no file"),
        ({"SEAL_PASSPHRASE": SECRET}, "The sealing key can't be read"),
        ({"SEAL_CHAIN": "/nowhere/chain.pem"}, "SEAL_CHAIN names no file"),
        ({"SEAL_TRUST": "-----BEGIN nothing"}, "SEAL_TRUST can't be read"),
        ({"TSA_URL": "https://tsa.example/"}, "SEAL_TRUST holds no root"),
    ],
    ids=["missing", "no such file", "wrong passphrase", "no chain", "no trust", "stamps nobody could judge"],
)
def test_whatever_is_wrong_with_it_is_said_and_stops_the_start(production, values, words):
    for name, value in values.items():
        setattr(production, name, value)
    if "SEAL_TRUST" in values:
        production.TSA_URL = "https://tsa.example/"

    with pytest.raises(ImproperlyConfigured, match=words) as stopped:
        start_up.require_fit()

    (told,) = start_up.sealing_check()
    assert (told.level, told.id) == (checks.ERROR, "portal.E001")
    assert words in told.msg
    assert SECRET not in str(stopped.value) + told.msg


@pytest.mark.parametrize(
    ("dates", "words"),
    [
        ({"since": NOW - timedelta(days=9), "until": NOW - timedelta(days=1)}, "expired on"),
        ({"since": NOW + timedelta(days=1)}, "valid only from"),
    ],
    ids=["expired", "not yet valid"],
)
def test_a_certificate_of_another_time_stops_the_start(production, dates, words):
    production.SEAL_PKCS12, production.SEAL_PASSPHRASE = made(**dates), SECRET

    with pytest.raises(ImproperlyConfigured, match=words):
        start_up.require_fit()


def test_a_rehearsal_starts_without(production):
    production.REHEARSAL, production.SEAL_PKCS12 = True, ""

    start_up.require_fit()

    assert start_up.sealing_check() == []


@pytest.mark.parametrize(
    "command",
    [["python", "-c", "import portal.wsgi"], ["celery", "--app", "portal", "worker", "--pool", "solo"]],
    ids=["web", "worker"],
)
def test_neither_web_nor_worker_starts_without_a_key(command, tmp_path):
    """The very programs, as a server would start them."""
    environment = os.environ | PRODUCTION | {"SEAL_PKCS12": "", "VAR_DIR": str(tmp_path)}
    program = ROOT / ".venv" / "bin" / command[0]

    done = subprocess.run(
        [program, *command[1:]], cwd=ROOT, env=environment, capture_output=True, timeout=120, check=False
    )

    assert done.returncode == 1
    assert b"There is no sealing key: set SEAL_PKCS12" in done.stderr


def test_a_machine_without_fonts_is_warned_and_starts_all_the_same(tmp_path):
    bare = tmp_path / "fonts.conf"
    bare.write_text(f"<?xml version='1.0'?><fontconfig><cachedir>{tmp_path}</cachedir></fontconfig>")
    told = os.environ | {"FONTCONFIG_FILE": str(bare), "CELERY_BROKER_URL": "memory://", "VAR_DIR": str(tmp_path)}
    told.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # a browser test may have set it, which is an error in deployment

    done = subprocess.run(
        [ROOT / ".venv/bin/python", "manage.py", "check", "--deploy"],
        cwd=ROOT,
        env=told,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "(portal.W001) Documents can't print names in Armenian, Georgian, Hebrew, Arabic," in done.stderr
    assert "HINT: On Debian: apt-get install fonts-noto-core" in done.stderr
