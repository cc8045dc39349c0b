#!/usr/bin/env bash
# Debian's Chromium and PostgreSQL for the tests that need them: installed when root and absent, else said plainly.
set -u
missing=()
command -v chromium >/dev/null 2>&1 || missing+=(chromium)
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Instalando ${missing[*]} …"
  apt-get update -qq >/dev/null 2>&1
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null 2>&1 ||
    echo "No se pudo instalar ${missing[*]}: las pruebas que lo necesitan se omiten."
else
  echo "Faltan ${missing[*]} (se instalan con apt-get como root): las pruebas que los necesitan se omiten."
fi
exit 0
