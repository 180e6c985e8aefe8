"""The environment as the settings read it: the process's own variables, then the file .env beside manage.py."""

from pathlib import Path

import environ

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
environ.Env.read_env(BASE_DIR / ".env")

VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)
# Rehearsal: other systems are our sandbox on this machine; relaxes only what plain http on localhost needs.
REHEARSAL = env.bool("REHEARSAL", default=False)
