"""The web server of a container: threads for waiting, processes for cores."""

import os

bind = "0.0.0.0:8000"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))
preload_app = True
control_socket_disable = True
accesslog = None
worker_tmp_dir = "/dev/shm"  # noqa: S108 - the heartbeat file; a slow disk would look like a dead worker
max_requests = 20_000
max_requests_jitter = 2_000
graceful_timeout = 30
# The proxy in front speaks for the client; nobody else is believed.
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
