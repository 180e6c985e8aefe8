"""What every test stands on, decided before Django reads its settings: pytest loads this module first (-p)."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from scripts import seal_key

# One folder a process, so xdist's workers share nothing.
VAR_DIR = tempfile.mkdtemp(prefix="interweave-tests-")
os.makedirs(f"{VAR_DIR}/static")  # noqa: PTH103 - WhiteNoise warns of a missing folder
atexit.register(shutil.rmtree, VAR_DIR, ignore_errors=True)

os.environ |= {
    "VAR_DIR": VAR_DIR,
    "SECRET_KEY": "tests-only-" + "k" * 50,
    "VAULT_KEYS": "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=",
    "REHEARSAL": "1",
    "DEBUG": "0",
    "BASE_URL": "http://localhost:8000",
    "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
    "CELERY_BROKER_URL": "memory://",
    "CACHE_URL": "locmem://",
    "EMAIL_URL": "memorymail://",
    "PASSWORD_HASHER": "django.contrib.auth.hashers.MD5PasswordHasher",
    "STATICFILES_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
    "OUTBOUND_EXTRA_HOSTS": "localhost,127.0.0.1",
    "OUTBOUND_PRIVATE_ADDRESSES": "127.0.0.1,::1",
    "S3_BUCKET": "",
    "LOG_LEVEL": "WARNING",
    **seal_key.keep(Path(VAR_DIR) / "seal", passphrase="tests only", bits=2048),
    "SEAL_TRUST": "",
    "TSA_URL": "",
    # Playwright's loop runs in the test's thread; Django would refuse every query beside it.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
}
# SQLite unless a PostgreSQL server was named: `make test` names a throwaway one.
if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
    os.environ["DATABASE_URL"] = f"sqlite:///{VAR_DIR}/interweave.sqlite3"
