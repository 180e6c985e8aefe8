#!/bin/bash
# First start of the database: the owner makes tables; web and workers own none, so row-level security binds them.
set -euo pipefail
psql --username "$POSTGRES_USER" --set ON_ERROR_STOP=1 \
    --set owner="$OWNER_DATABASE_PASSWORD" --set web="$WEB_DATABASE_PASSWORD" --set worker="$WORKER_DATABASE_PASSWORD" <<'SQL'
CREATE ROLE interweave_owner LOGIN PASSWORD :'owner';
CREATE ROLE interweave_web LOGIN NOBYPASSRLS PASSWORD :'web';
CREATE ROLE interweave_worker LOGIN NOBYPASSRLS PASSWORD :'worker';
CREATE DATABASE interweave OWNER interweave_owner ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
REVOKE ALL ON DATABASE interweave FROM PUBLIC;
GRANT CONNECT ON DATABASE interweave TO interweave_web, interweave_worker;
\connect interweave
ALTER SCHEMA public OWNER TO interweave_owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
SQL
