// Measures the scenarios of fixtures/ground-truth on a server and reports where the server and the file differ.
//
//   npm run ground-truth -- --server pglite
//   npm run ground-truth -- --server postgres://postgres@127.0.0.1:5432/postgres [--only <text in the id>] [--scenarios <file>] [--write]
//   npm run ground-truth -- --server mariadb://root:secret@127.0.0.1:3306
//   npm run ground-truth -- --server mysql://root:secret@127.0.0.1:3306
//
// --write stores the results under the server's major version (or `pglite`): a new release is one run. MySQL's file holds the
// cells of its manual: there the results are stored beside them, under `measured`.
// The role must be a superuser on a server that is yours: the probe makes and drops databases, roles and tablespaces.
// MariaDB and MySQL are asked through the client `mariadb` or `mysql`, which must be on the path.
// Exit status: 0 the file and the server agree, 1 they differ, 2 the run failed.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { differences } from './ground-truth/compare.mjs';
import { mariadbDifferences, measureOnlineDdl, mysqlDifferences, onlineDdlServer } from './ground-truth/online-ddl.mjs';
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
  console.error('usage: npm run ground-truth -- --server pglite | postgres://… | mariadb://… | mysql://…');
  process.exit(2);
}

const intoResults = (scenario, key, result) => {
  scenario.results[key] = result;
};
/** How each kind of server is measured, held against its file, and written into it. */
const FLAVORS = {
  postgres: { run: measure, compare: differences, store: intoResults },
  mariadb: { run: measureOnlineDdl, compare: mariadbDifferences, store: intoResults },
  mysql: {
    run: measureOnlineDdl,
    compare: mysqlDifferences,
    store: (scenario, key, result) => {
      scenario.measured = { ...scenario.measured, [key]: result };
    },
  },
};

let server;
try {
  if (/^(?:mariadb|mysql):/.test(values.server)) server = await onlineDdlServer(values.server);
  else server = values.server === 'pglite' ? await pgliteServer() : await postgresServer(values.server);
} catch (error) {
  console.error(`ground-truth: cannot reach ${values.server.replace(/:[^:@/]*@/, '@')}: ${error.message}`);
  process.exit(2);
}

const flavor = server.flavor ?? 'postgres';
const { run, compare, store } = FLAVORS[flavor];
const scenarios = values.scenarios ?? new URL(`../fixtures/ground-truth/${flavor}.json`, import.meta.url).pathname;
const all = JSON.parse(readFileSync(scenarios, 'utf8'));
const chosen = all.filter(scenario => values.only === undefined || scenario.id.includes(values.only));
let agree = 0;
let differ = 0;
let added = 0;
try {
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
    if (values.write && (flavor === 'mysql' || found === undefined || found.length > 0)) {
      store(scenario, server.key, result);
    }
  });
} catch (error) {
  console.error(`ground-truth: ${error.message}`);
  process.exit(2);
} finally {
  await server.close?.();
}
if (values.write) writeFileSync(scenarios, `${JSON.stringify(all, null, 1)}\n`);
console.log(
  `${server.key}: ${agree} agree, ${differ} differ, ${added} not in the file${values.write ? ' (written)' : ''}`,
);
process.exitCode = differ > 0 || (added > 0 && !values.write) ? 1 : 0;
