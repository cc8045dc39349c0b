#!/usr/bin/env bash
# The whole suite: style, types, contracts, sizes, then every test on SQLite and the database tests again on PostgreSQL.
set -euo pipefail
cd "$(dirname "$0")/.."
bash tools/bootstrap.sh dev
bash tools/services.sh

export CREO_DATA_DIR="${CREO_DATA_DIR:-var/test}"
unset DATABASE_URL CREO_MODE CREO_SECRET_KEY
step() { printf '\n== %s\n' "$1"; }

step "estilo";    .venv/bin/ruff check .; .venv/bin/ruff format --check .
step "tipos";     .venv/bin/mypy $(tools/strict-modules.sh)
step "contratos"; .venv/bin/lint-imports --no-cache
step "catálogo";  .venv/bin/python -c 'from creo.site.translations import compile_catalogues as c; import pathlib; c([pathlib.Path("src/creo/locale")])'
step "pruebas en SQLite"
.venv/bin/pytest -n 2 --dist loadfile "$@"
if command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
  step "pruebas en PostgreSQL"
  bash tools/with-postgres.sh .venv/bin/pytest -n 2 --dist loadfile -m "not browser and not national" "$@"
else
  echo "PostgreSQL no está instalado y no se pudo instalar: se omiten las pruebas sobre él."
fi
