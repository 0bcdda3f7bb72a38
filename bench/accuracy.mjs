// How often Surefoot's effects and squawk are right about the one question that matters most, held against measured facts.
//
//   npm run bench:accuracy [-- --version 18] [--show]      --show lists every wrong answer
//
// squawk is the native binary of the npm package squawk-cli. It sees the statement alone, as a file of its own, with the server's
// version; Surefoot sees the same statement after the migration that made the tables.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const DEFINITION = `The question: does the statement block traffic (reads or writes of a table that was there before) for as long as the
table is big?
  Measured "yes": it holds a lock on an existing table that reads or writes wait for (SHARE, SHARE ROW EXCLUSIVE, EXCLUSIVE or
  ACCESS EXCLUSIVE on the table, or ACCESS EXCLUSIVE on one of its indexes), and while it does it rewrites a table, reads one from
  end to end, or builds an index. TRUNCATE is not: it is instant. Row locks are not counted.
  Left out: statements that fail on that version, whatever the data or on the data at hand.
  Surefoot "yes": its effects say the same of locks and work.
  squawk "yes": one of its rules fires that warn of work under a lock: see SQUAWK_DANGER in bench/accuracy.mjs. Its rules on
  timeouts, robustness, naming, types of taste, breaking changes and short locks are no answer to the question, and not counted
  for or against it. A file that it cannot parse is a "no".
  The scenarios lean towards cases that the schema decides: a tool that sees the statement alone cannot be right on all of them.`;

/** squawk's rules whose documentation names a table rewrite, a full scan or an index build under a blocking lock. */
const SQUAWK_DANGER = new Set([
  'adding-field-with-default',
  'adding-foreign-key-constraint',
  'adding-not-nullable-field',
  'adding-serial-primary-key-field',
  'changing-column-type',
  'constraint-missing-not-valid',
  'disallowed-unique-constraint',
  'require-concurrent-index-creation',
  'require-concurrent-reindex',
  'ban-alter-domain-with-add-constraint',
]);

const { values } = parseArgs({ options: { version: { type: 'string' }, show: { type: 'boolean', default: false } } });
const root = fileURLToPath(new URL('..', import.meta.url));
const scenarios = JSON.parse(readFileSync(join(root, 'fixtures/ground-truth/postgres.json'), 'utf8'));
const versions = values.version === undefined ? ['13', '14', '15', '16', '17', '18'] : [values.version];

const surefoot = await loadSurefoot();
const squawk = squawkBinary();
const folder = mkdtempSync(join(tmpdir(), 'surefoot-accuracy-'));
const tally = { Surefoot: counter(), squawk: counter() };
let asked = 0;
try {
  for (const version of versions) {
    const askable = scenarios.filter(scenario => measuredAnswer(scenario, version) !== undefined);
    const warned = squawkAnswers(askable, version);
    askable.forEach((scenario, index) => {
      const truth = measuredAnswer(scenario, version);
      asked++;
      count(tally.Surefoot, truth, surefootAnswer(scenario, version), `${scenario.id} on ${version}`);
      count(tally.squawk, truth, warned[index], `${scenario.id} on ${version}`);
    });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

console.log(`${DEFINITION}\n`);
console.log(
  `${asked} answers: ${scenarios.length} scenarios, PostgreSQL ${versions.join(', ')}; squawk-cli ${squawk.version}\n`,
);
console.log('            precision   recall   true yes   false yes   missed');
for (const [name, { hit, falseAlarm, missed }] of Object.entries(tally)) {
  const percent = (part, whole) => `${((100 * part) / Math.max(whole, 1)).toFixed(1)} %`.padStart(8);
  console.log(
    `${name.padEnd(12)} ${percent(hit, hit + falseAlarm)} ${percent(hit, hit + missed)} ${String(hit).padStart(10)} ${String(falseAlarm).padStart(11)} ${String(missed).padStart(8)}`,
  );
}
if (values.show) {
  for (const [name, { wrong }] of Object.entries(tally)) {
    console.log(`\n${name}, wrong answers:`);
    for (const line of wrong) console.log(`  ${line}`);
  }
}

function counter() {
  return { hit: 0, falseAlarm: 0, missed: 0, wrong: [] };
}

function count(into, truth, answer, what) {
  if (truth && answer) into.hit++;
  if (!truth && answer) into.falseAlarm++;
  if (truth && !answer) into.missed++;
  if (truth !== answer) into.wrong.push(`${truth ? 'missed' : 'false alarm'}: ${what}`);
}

function blocksTraffic(mode, isIndex) {
  return isIndex
    ? mode === 'AccessExclusiveLock'
    : /^(Share|ShareRowExclusive|Exclusive|AccessExclusive)Lock$/.test(mode);
}

/** Undefined where the question cannot be asked: the statement fails. */
function measuredAnswer(scenario, version) {
  const result = scenario.results[version];
  if (result === undefined || result.setupFailed || result.error || result.errorOnRows) return undefined;
  if (result.errorInTransaction && !scenario.autocommit) return undefined;
  const relations = surefoot.relationsOf(scenario);
  const blocks = (result.locks ?? []).some(({ relation, mode }) => {
    const kind = relations.get(relation);
    if (kind === 'index' && scenario.autocommit) return false;
    return (
      (kind === 'table' || kind === 'materialized view' || kind === 'index') && blocksTraffic(mode, kind === 'index')
    );
  });
  const emptied = (result.emptied ?? []).length > 0;
  const built = emptied
    ? []
    : (result.indexBuilt ?? []).filter(name => relations.has(name) || !isOfNewTable(result, relations, name));
  return blocks && ((result.rewrite ?? []).length > 0 || (result.scan ?? []).length > 0 || built.length > 0);
}

/** Whether the only table that an index can be of is one that the statement made. */
function isOfNewTable(result, relations, index) {
  const tables = (result.created ?? []).filter(
    name => !relations.has(name) && name !== index && !(result.indexBuilt ?? []).includes(name),
  );
  return tables.some(table => index.startsWith(`${table}_`));
}

function surefootAnswer(scenario, version) {
  const relations = surefoot.relationsOf(scenario);
  const all = surefoot.judged(scenario, version);
  const locks = all.flatMap(({ locks: taken }) => taken);
  const blocks = locks.some(lock => {
    const kind = relations.get(surefoot.nameOf(lock));
    return (
      !lock.momentary &&
      (kind === 'table' || kind === 'materialized view' || kind === 'index') &&
      blocksTraffic(lock.mode, kind === 'index')
    );
  });
  return (
    blocks && all.some(({ rewrites, scans, indexBuilds }) => rewrites.length + scans.length + indexBuilds.length > 0)
  );
}

function squawkAnswers(asked, version) {
  const files = asked.map((scenario, index) => {
    const file = join(folder, `${version}-${index}.sql`);
    writeFileSync(file, `${scenario.statement};\n`);
    return file;
  });
  const dangerous = new Set();
  let output;
  try {
    output = execFileSync(squawk.path, ['--pg-version', version, '--reporter', 'json', ...files], {
      maxBuffer: 1 << 28,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch (error) {
    // It ends with 1 when it found something.
    output = error.stdout;
  }
  for (const { file, rule_name: rule } of JSON.parse(String(output))) if (SQUAWK_DANGER.has(rule)) dangerous.add(file);
  return files.map(file => dangerous.has(file));
}

function squawkBinary() {
  const require = createRequire(import.meta.url);
  const manifest = require.resolve('squawk-cli/package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8'));
  return { version, path: join(dirname(manifest), 'js/bin/squawk') };
}

/** Surefoot's own sources, bundled to where Node finds the dependencies. */
async function loadSurefoot() {
  const outfile = join(root, 'node_modules/.cache/surefoot/accuracy.mjs');
  mkdirSync(dirname(outfile), { recursive: true });
  await build({
    stdin: {
      contents: `
        export { effects } from './src/effects/index.ts';
        export { postgres } from './src/parsers/postgres/index.ts';
        export { applyStatement, beginTransaction, emptyState } from './src/schema/index.ts';
        export { fragmentOf } from './src/source/fragment.ts';`,
      resolveDir: root,
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    outfile,
    logLevel: 'error',
  });
  const { effects, postgres, applyStatement, beginTransaction, emptyState, fragmentOf } = await import(
    pathToFileURL(outfile).href
  );
  const parse = text => postgres.parse(fragmentOf({ path: '/scenario.sql', text })).statements;
  const states = new Map();
  const setup = text => {
    if (!states.has(text)) {
      const replay = (state, statement, index) => applyStatement(state, statement, { migration: 0, statement: index });
      states.set(text, parse(text).reduce(replay, emptyState('postgres')));
    }
    return states.get(text);
  };
  const nameOf = ({ schema, name }) => (schema === 'public' ? name : `${schema}.${name}`);
  return {
    nameOf,
    relationsOf: scenario =>
      new Map([...setup(scenario.setup).schema.relations.values()].map(relation => [nameOf(relation), relation.kind])),
    judged(scenario, version) {
      let state = scenario.autocommit ? setup(scenario.setup) : beginTransaction(setup(scenario.setup), 'file');
      return parse(scenario.statement).map((statement, index) => {
        const result = effects(statement, state, { dialect: 'postgres', version, versionAssumed: false });
        state = applyStatement(state, statement, { migration: 1, statement: index });
        return result;
      });
    },
  };
}
