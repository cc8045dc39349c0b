#!/usr/bin/env bash
# From nothing to a working .venv: finds Python 3.12-3.14, installs pinned and hashed requirements, links the `creo` command.
# Usage: tools/bootstrap.sh [run|dev|bench]. A stamp named by the lock's hash makes the second start instant.
set -euo pipefail
cd "$(dirname "$0")/.."
kind="${1:-run}"
case "$kind" in
  run) lock=requirements.txt ;;
  dev) lock=requirements-dev.txt ;;
  bench) lock=requirements-bench.txt ;;
  *) echo "bootstrap: uso: tools/bootstrap.sh [run|dev|bench]" >&2; exit 2 ;;
esac

# A variable of the machine must never send the installation into another interpreter.
unset UV_PYTHON PYTHONPATH PYTHONHOME VIRTUAL_ENV

good() { "$1" -c 'import sys; sys.exit(not (3, 12) <= sys.version_info[:2] <= (3, 14))' >/dev/null 2>&1; }

find_python() {
  local name path
  for name in "${CREO_PYTHON:-}" python3.13 python3.14 python3.12 python3; do
    [ -n "$name" ] || continue
    if path=$(command -v "$name" 2>/dev/null) && good "$path"; then echo "$path"; return 0; fi
  done
  for name in 3.13 3.14 3.12; do
    for path in "$HOME"/.pyenv/versions/"$name".*/bin/python /opt/python/"$name"*/bin/python; do
      if [ -x "$path" ] && good "$path"; then echo "$path"; return 0; fi
    done
  done
  return 1
}

python=.venv/bin/python
if ! { [ -x "$python" ] && good "$python"; }; then
  if ! base=$(find_python); then
    cat >&2 <<'TXT'
CREO necesita Python 3.12, 3.13 o 3.14 y no lo encontró.
Instálelo (por ejemplo: apt-get install python3.13 python3.13-venv, o pyenv install 3.13) y repita el comando.
Si está en otra carpeta: CREO_PYTHON=/ruta/a/python3.13 make run
TXT
    exit 1
  fi
  rm -rf .venv
  if ! "$base" -m venv .venv; then
    echo "No se pudo crear .venv con $base: instale el paquete venv de esa versión (python3.13-venv) y repita." >&2
    exit 1
  fi
fi

stamp=".venv/.creo-$kind-$(cat "$lock" pyproject.toml | sha256sum | cut -c1-16)"
if [ ! -e "$stamp" ]; then
  echo "Instalando requisitos de $lock …"
  if ! .venv/bin/uv --version >/dev/null 2>&1; then
    # uv only makes it faster; plain pip does the same with the same hashes.
    "$python" -m pip install --quiet --disable-pip-version-check --require-hashes -r tools/uv.txt 2>/dev/null || true
  fi
  if .venv/bin/uv --version >/dev/null 2>&1; then
    .venv/bin/uv pip install --quiet --python "$python" --require-hashes -r "$lock"
    .venv/bin/uv pip install --quiet --python "$python" --no-deps --no-build-isolation --offline -e .
  else
    "$python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
    "$python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
  fi
  touch "$stamp"
fi
