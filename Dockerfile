# syntax=docker/dockerfile:1
# Two stages: packages are installed, by hash, in the first; the second carries no compiler, no cache and no root.

FROM python:3.11-slim-bookworm AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
COPY requirements/ /requirements/
# `embedded` adds the sandbox's packages for a rehearsal; production builds with LOCK=runtime.
ARG LOCK=runtime
RUN /opt/venv/bin/pip install --require-hashes --no-deps -r /requirements/${LOCK}.txt

FROM python:3.11-slim-bookworm
# Pango draws the PDFs; these fonts hold the letters of names that the documents' own font lacks (scripts/setup.py).
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 fonts-dejavu-core fonts-noto-core \
        fonts-symbola fonts-droid-fallback fonts-hanazono fonts-nanum \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /srv/portal --shell /usr/sbin/nologin portal
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 VAR_DIR=/srv/var
WORKDIR /srv/portal
COPY --from=packages /opt/venv /opt/venv
COPY . .
# Static files are gathered, named by content and compressed here, once, not at every start.
RUN mkdir -p /srv/var/files /srv/sandbox && SECRET_KEY=build VAULT_KEYS=YnVpbGQtYnVpbGQtYnVpbGQtYnVpbGQtYnVpbGQtYnU= \
    BASE_URL=https://build.invalid CELERY_BROKER_URL=memory:// EMAIL_URL=consolemail:// \
    python manage.py collectstatic --noinput \
    && chown -R portal:portal /srv/var /srv/sandbox
USER portal
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "docker/healthcheck.py", "http://127.0.0.1:8000/healthz"]
CMD ["gunicorn", "portal.wsgi", "--config", "docker/gunicorn.conf.py"]
