#!/usr/bin/env bash
# The modules that mypy reads strictly: kernel and support (but their pages); rules, engines, queries and commands of every chapter.
cd "$(dirname "$0")/.."
find src/creo/kernel src/creo/support -name '*.py' -not -path '*/tests/*' -not -path '*/migrations/*' \
  -not -name '*pages.py' -not -path '*/pages/*' -not -name 'middleware.py'
find src/creo -mindepth 2 \( -name 'rules.py' -o -name 'engine.py' -o -name 'queries.py' -o -name 'commands.py' -o -name 'facts.py' \
  -o -path '*/rules/*.py' -o -path '*/engine/*.py' -o -path '*/queries/*.py' -o -path '*/commands/*.py' \) \
  -not -path '*/tests/*' -not -path 'src/creo/support/*' -not -path 'src/creo/kernel/*'
