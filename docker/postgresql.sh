#!/bin/sh
# Run once by the image of PostgreSQL, on an empty data directory: an owner who migrates, and a role
# for the application that owns nothing (procurement/database_roles.py).
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  --set owner_password="$(cat /run/secrets/database_owner_password)" \
  --set password="$(cat /run/secrets/database_password)" <<'SQL'
CREATE ROLE daylight_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE daylight LOGIN PASSWORD :'password';
CREATE DATABASE daylight OWNER daylight_owner ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
SQL
