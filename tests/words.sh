#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Fails on words that have no place in the repository: marks of unfinished work, paths of somebody's machine, hosts of
# package registries. Written so that this file does not find itself.
#
#   words.sh [ROOT]
set -euo pipefail
cd "${1:-$(dirname "${BASH_SOURCE[0]}")/..}"

words=(
  '\bTO''DO\b' '\bFIX''ME\b' '\bXX''X\b' '\bHA''CK\b'
  '(^|[^[:alnum:]_.$}])/wo''rk/' '\.\./sha''red\b' '(^|[^[:alnum:]_$}])/ho''me/[a-z]'
  'registry\.np''mjs' 'deb\.deb''ian\.org' 'pypi\.o''rg' 'crates\.i''o\b' 'proxy\.gol''ang'
)
pattern=$(IFS='|'; echo "${words[*]}")

if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
  files=(git ls-files -z --cached --others --exclude-standard)
else
  files=(find . -path ./build -prune -o -type f -print0)
fi
# Data sets are other people's words.
if "${files[@]}" | grep -zvE '(^|/)examples/data/' | xargs -0 -r grep -nHIE -- "$pattern" 2>/dev/null; then
  echo "words.sh: the lines above hold words that do not belong here" >&2
  exit 1
fi
echo "no such word"
