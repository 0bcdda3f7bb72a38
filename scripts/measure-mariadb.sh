#!/usr/bin/env bash
# Measures fixtures/ground-truth/mariadb.json on a MariaDB server of its own, started on loopback with an empty data folder and
# stopped afterwards. Says so and ends well where no MariaDB is installed (Debian: apt-get install mariadb-server).
# Arguments go to npm run ground-truth: --only index/, --write.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

for command in mariadbd mariadb-install-db mariadb mariadb-admin; do
  if ! command -v "$command" >/dev/null; then
    echo "measure-mariadb: $command is not installed; nothing measured"
    exit 0
  fi
done

folder=$(mktemp -d)
port=${SUREFOOT_MARIADB_PORT:-33316}
mariadb-install-db --no-defaults --datadir="$folder/data" --user="$(id -un)" --auth-root-authentication-method=normal \
  >"$folder/install.log" 2>&1 || { cat "$folder/install.log"; exit 2; }
# What is measured outlives no crash, so nothing waits for the disk.
mariadbd --no-defaults --user="$(id -un)" --datadir="$folder/data" --socket="$folder/socket" --port="$port" \
  --bind-address=127.0.0.1 --pid-file="$folder/pid" --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 \
  --character-set-server=utf8mb4 --collation-server=utf8mb4_general_ci >"$folder/server.log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT

for _ in $(seq 60); do
  mariadb-admin --no-defaults -h 127.0.0.1 -P "$port" -u root ping >/dev/null 2>&1 && break
  sleep 0.5
done
node scripts/ground-truth.mjs --server "mariadb://root@127.0.0.1:$port" "$@"
