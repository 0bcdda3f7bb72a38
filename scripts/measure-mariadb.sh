#!/usr/bin/env bash
# Measures fixtures/ground-truth/mariadb.json on a MariaDB server of its own, started on loopback with an empty data folder and
# stopped afterwards. Says so in a line and ends well where no MariaDB is installed or will start.
# --install: installs it first where it is missing and can be had (Debian and Ubuntu, as root; CI runs in such containers).
# Other arguments go to npm run ground-truth: --only index/, --write. Exit status: 1 where the file and the server differ.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

skip() {
  echo "measure-mariadb: $1; nothing measured"
  exit 0
}
missing() {
  for command in mariadbd mariadb-install-db mariadb; do
    command -v "$command" >/dev/null || return 0
  done
  return 1
}

if [[ "${1:-}" == --install ]]; then
  shift
  if missing && [[ "$(id -u)" == 0 ]] && command -v apt-get >/dev/null; then
    # The packages of the binaries alone: nothing is set up as a service.
    export DEBIAN_FRONTEND=noninteractive
    { timeout 40 apt-get -qq update && timeout 60 apt-get -qq install -y --no-install-recommends mariadb-server-core mariadb-client-core; } \
      >/dev/null 2>&1 || skip 'MariaDB could not be installed'
  fi
fi
missing && skip 'MariaDB is not installed (Debian: apt-get install mariadb-server-core mariadb-client-core)'

# In memory where that can be: what is measured makes and drops thousands of files.
folder=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d) || skip 'there is no folder for its data'
port=$(node -e "const s = require('net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close(); })") ||
  skip 'no port is free'
server=
trap '[[ -z "$server" ]] || { kill "$server" && wait "$server"; } 2>/dev/null || true; rm -rf "$folder"' EXIT
mariadb-install-db --no-defaults --datadir="$folder/data" --user="$(id -un)" --auth-root-authentication-method=normal \
  --skip-test-db >"$folder/install.log" 2>&1 || { tail -3 "$folder/install.log"; skip 'MariaDB cannot make its data folder'; }
# What is measured outlives no crash, so nothing waits for the disk.
mariadbd --no-defaults --user="$(id -un)" --datadir="$folder/data" --socket="$folder/socket" --port="$port" \
  --bind-address=127.0.0.1 --pid-file="$folder/pid" --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 \
  --innodb-flush-method=nosync --character-set-server=utf8mb4 --collation-server=utf8mb4_general_ci >"$folder/server.log" 2>&1 &
server=$!

up=no
for _ in $(seq 60); do
  mariadb --no-defaults -h 127.0.0.1 -P "$port" -u root -e 'SELECT 1' >/dev/null 2>&1 && { up=yes; break; }
  kill -0 "$server" 2>/dev/null || break
  sleep 0.5
done
[[ "$up" == yes ]] || { tail -3 "$folder/server.log"; skip 'MariaDB does not start'; }
node scripts/ground-truth.mjs --server "mariadb://root@127.0.0.1:$port" "$@"
