"""Start the stand-ins: python -m integrations.sandbox --port 9100 --dir var/sandbox"""

import argparse
import signal
import sys
import threading
from dataclasses import asdict
from pathlib import Path

from integrations.sandbox.server import build


def main() -> int:
    parser = argparse.ArgumentParser(prog="integrations.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=9100, help="control port; the doors are those after it")
    parser.add_argument("--dir", type=Path, default=Path("var/sandbox"), help="certificate and state live here")
    parser.add_argument("--host", default="127.0.0.1", help="address to bind")
    parser.add_argument("--name", default="localhost", help="name clients call us by")
    options = parser.parse_args()
    sandbox = build(directory=options.dir, port=options.port, host=options.host, name=options.name)
    asked_to_stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked_to_stop.set())
    sandbox.start()
    doors = " ".join(f"{name} {address}" for name, address in asdict(sandbox.world.addresses).items())
    sys.stdout.write(f"sandbox ready: {doors} ca {options.dir / 'ca.pem'}\n")
    sys.stdout.flush()
    asked_to_stop.wait()
    sandbox.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
