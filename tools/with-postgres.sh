#!/usr/bin/env bash
# Runs a command with DATABASE_URL pointing at a private PostgreSQL server that lives in a folder and dies with the command.
set -euo pipefail
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || { echo "No hay PostgreSQL: se omite «$*»."; exit 0; }
home=$(mktemp -d)
owner=()
if [ "$(id -u)" = 0 ]; then
  id postgres >/dev/null 2>&1 || useradd --system postgres
  chown postgres "$home"
  owner=(setpriv --reuid postgres --regid postgres --clear-groups)
fi
stop() { "${owner[@]}" "$bin/pg_ctl" -D "$home/data" -m immediate -w stop >/dev/null 2>&1 || true; rm -rf "$home"; }
trap stop EXIT
"${owner[@]}" "$bin/initdb" -D "$home/data" -U creo --auth=trust --encoding=UTF8 --locale=C.UTF-8 >/dev/null
# Private and short-lived: listens on its folder's socket only, and skips the disk syncs that production needs.
"${owner[@]}" "$bin/pg_ctl" -D "$home/data" -w -l "$home/log" \
  -o "-c listen_addresses='' -c unix_socket_directories='$home' -c fsync=off -c full_page_writes=off -c max_connections=60" start >/dev/null
chmod 755 "$home"
export DATABASE_URL="postgres://creo@${home//\//%2F}/postgres"
"$@"
