"""Make this machine ready: the virtual environment, the locked packages, the system's libraries, a first .env.

Runs on the system's own Python with nothing installed, and again before every `make` target: when nothing is
missing it does nothing.
"""

import base64
import ctypes
import hashlib
import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

from scripts import chromium

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PDF_LIBRARIES = {"libpango-1.0.so.0": "libpango-1.0-0", "libpangoft2-1.0.so.0": "libpangoft2-1.0-0"}
FONT_FOLDERS = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts"]
# Other people's readers of PDF, which judge ours in the tests.
JUDGES = {"pdfsig": "poppler-utils", "qpdf": "qpdf", "exempi": "exempi", "gs": "ghostscript", "mutool": "mupdf-tools"}
# Fonts for the letters that the documents' own font lacks, and how files that do as well are named: any at all, most
# scripts of the world, signs and pictures, Chinese and Japanese, rare Chinese letters of names, Korean.
FONTS = {
    "fonts-dejavu-core": ("*.[to]tf",),
    "fonts-noto-core": ("NotoSansThai*",),
    "fonts-symbola": ("Symbola*",),
    "fonts-droid-fallback": ("*CJK*", "*DroidSansFallback*", "wqy-*", "*Unifont*"),
    "fonts-hanazono": ("HanaMin*",),
    "fonts-nanum": ("*CJK*", "Nanum*", "UnDotum*", "*Unifont*"),
}


def main() -> None:
    lock = sys.argv[1] if len(sys.argv) > 1 else "embedded"
    if sys.version_info < (3, 11):  # noqa: UP036 - the system's Python may be any
        sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.11 …")
    install_packages(missing_packages(lock))
    make_venv()
    if not is_installed("dev"):  # which holds all of the others
        install_lock(lock)
    write_env(ROOT / ".env")


def say(sentence: str) -> None:
    """To standard error: standard output belongs to the command that follows."""
    print(sentence, file=sys.stderr, flush=True)


def missing_packages(lock: str) -> list[str]:
    """Debian packages this machine lacks; WeasyPrint draws with Pango, and with a font for each alphabet of a name."""
    missing = [package for library, package in PDF_LIBRARIES.items() if not loads(library)]
    for package, names in FONTS.items():
        if not any(font for folder in FONT_FOLDERS for name in names for font in folder.rglob(name)):
            missing.append(package)
    if not VENV.exists() and not has_venv():
        missing.append(f"python3.{sys.version_info.minor}-venv")
    if lock == "dev":
        missing += [] if chromium.program() else ["chromium"]
        missing += [] if postgres_programs() else ["postgresql"]
        missing += [package for program, package in JUDGES.items() if not shutil.which(program)]
    return missing


def loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_venv() -> bool:
    try:
        import ensurepip  # noqa: F401, PLC0415 - Debian ships Python without it
    except ImportError:
        return False
    return True


def postgres_programs() -> Path | None:
    """The newest folder with PostgreSQL's server programs, or None."""
    folders = [Path(path).resolve().parent for path in [shutil.which("initdb")] if path]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: -int(folder.parent.name))
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


def install_packages(packages: list[str]) -> None:
    """Install with apt-get as root; without it say what to install, and stop only where nothing can run."""
    if not packages:
        return
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say(f"Installing {', '.join(packages)}")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-q"], check=False, env=environment, stdout=subprocess.DEVNULL)
        if subprocess.run(command, check=False, env=environment, stdout=subprocess.DEVNULL).returncode == 0:
            return
    sentence = f"This machine lacks {', '.join(packages)}. Install with: sudo {' '.join(command)}"
    optional = {"chromium", "postgresql", *FONTS, *JUDGES.values()}
    if not set(packages) <= optional:
        sys.exit(sentence)
    say(f"{sentence}\nGoing on without: what needs them will say so.")


def make_venv() -> None:
    """The environment, with pip in it (some tools make one without)."""
    python = VENV / "bin" / "python"
    if not python.exists():
        say(f"Making {VENV.name} with Python {sys.version.split()[0]}")
        subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
    if not any(VENV.glob("lib/python3*/site-packages/pip")):
        subprocess.run([python, "-m", "ensurepip", "--upgrade"], check=True, stdout=subprocess.DEVNULL)


def lock_file(lock: str) -> Path:
    return ROOT / "requirements" / f"{lock}.txt"


def is_installed(lock: str) -> bool:
    """The stamp of the last installation carries this very lock's hash."""
    stamp = VENV / f".installed-{lock}"
    return stamp.exists() and stamp.read_text() == hashlib.sha256(lock_file(lock).read_bytes()).hexdigest()


def install_lock(lock: str) -> None:
    """Install exactly what the lock says, by hash, unless that was done."""
    if is_installed(lock):
        return
    say(f"Installing requirements/{lock}.txt")
    python, path = VENV / "bin" / "python", lock_file(lock)
    if subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", path], check=False
    ).returncode:
        sys.exit(f"pip could not install requirements/{lock}.txt; what it said stands above.")
    (VENV / f".installed-{lock}").write_text(hashlib.sha256(path.read_bytes()).hexdigest())


def write_env(path: Path) -> None:
    """A first .env with fresh secrets, for this machine's eyes only."""
    if path.exists():
        return
    vault_key = base64.b64encode(secrets.token_bytes(32)).decode()
    path.touch(mode=0o600)
    path.write_text(f"SECRET_KEY={secrets.token_urlsafe(64)}\nVAULT_KEYS={vault_key}\nREHEARSAL=1\n")
    say("Wrote .env with fresh secrets")


if __name__ == "__main__":
    main()
