// Measures the scenarios of fixtures/ground-truth on a server and reports where the server and the file differ.
//
//   npm run ground-truth -- --server pglite
//   npm run ground-truth -- --server postgres://postgres@127.0.0.1:5432/postgres [--only <text in the id>] [--scenarios <file>] [--write]
//   npm run ground-truth -- --server mariadb://root:secret@127.0.0.1:3306
//
// --write stores the results under the server's major version (or `pglite`): a new release is one run.
// The role must be a superuser on a server that is yours: the probe makes and drops databases, roles and tablespaces.
// MariaDB is asked through its client `mariadb`, which must be on the path.
// Exit status: 0 the file and the server agree, 1 they differ, 2 the run failed.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { differences } from './ground-truth/compare.mjs';
import { mariadbDifferences, mariadbServer, measureMariadb } from './ground-truth/mariadb.mjs';
import { measure } from './ground-truth/probe.mjs';
import { pgliteServer, postgresServer } from './ground-truth/servers.mjs';

const { values } = parseArgs({
  options: {
    server: { type: 'string' },
    scenarios: { type: 'string' },
    only: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
if (values.server === undefined) {
  console.error('usage: npm run ground-truth -- --server pglite | postgres://… | mariadb://…');
  process.exit(2);
}

const isMariadb = values.server.startsWith('mariadb:');
const usual = `../fixtures/ground-truth/${isMariadb ? 'mariadb' : 'postgres'}.json`;
const scenarios = values.scenarios ?? new URL(usual, import.meta.url).pathname;
const all = JSON.parse(readFileSync(scenarios, 'utf8'));
const chosen = all.filter(scenario => values.only === undefined || scenario.id.includes(values.only));
let server;
try {
  if (isMariadb) server = mariadbServer(values.server);
  else server = values.server === 'pglite' ? await pgliteServer() : await postgresServer(values.server);
} catch (error) {
  console.error(`ground-truth: cannot reach ${values.server}: ${error.message}`);
  process.exit(2);
}

let agree = 0;
let differ = 0;
let added = 0;
try {
  const compare = isMariadb ? mariadbDifferences : differences;
  const run = isMariadb ? measureMariadb : measure;
  await run(server, chosen, (scenario, result) => {
    const found = compare(scenario, result, server.key);
    if (found === undefined) {
      added++;
      if (!values.write) console.log(`? ${scenario.id}: not in the file for ${server.key}: ${JSON.stringify(result)}`);
    } else if (found.length === 0) agree++;
    else {
      differ++;
      console.log(`✗ ${scenario.id}\n    ${found.join('\n    ')}`);
    }
    if (values.write && (found === undefined || found.length > 0)) scenario.results[server.key] = result;
  });
} finally {
  await server.close?.();
}
if (values.write) writeFileSync(scenarios, `${JSON.stringify(all, null, 1)}\n`);
console.log(
  `${server.key}: ${agree} agree, ${differ} differ, ${added} not in the file${values.write ? ' (written)' : ''}`,
);
process.exitCode = differ > 0 || (added > 0 && !values.write) ? 1 : 0;
