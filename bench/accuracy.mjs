// How often Surefoot's effects, its findings and squawk are right about the one question that matters most, held against measured facts.
//
//   npm run bench:accuracy [-- --version 18] [--show]      --show lists every wrong answer of squawk too
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
  Surefoot's effects "yes": they say the same of locks and work.
  Surefoot's findings "yes": the recommended preset gives an error or a warning of a rule about such work under a lock: see
  ABOUT_SIZE in bench/traffic.ts. Its rules on short locks, on the queue behind a lock, on row locks, loss and breaking changes
  are not counted. The setup is the history, the statement a migration after it, in a transaction where it was measured in one.
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
const tally = { effects: counter(), findings: counter(), squawk: counter() };
let asked = 0;
try {
  for (const version of versions) {
    const askable = scenarios.filter(scenario => surefoot.measuredAnswer(scenario, version) !== undefined);
    const warned = squawkAnswers(askable, version);
    askable.forEach((scenario, index) => {
      const truth = surefoot.measuredAnswer(scenario, version);
      asked++;
      count(tally.effects, truth, surefoot.effectsAnswer(scenario, version), scenario.id, version);
      count(tally.findings, truth, surefoot.findingsAnswer(scenario, version).length > 0, scenario.id, version);
      count(tally.squawk, truth, warned[index], scenario.id, version);
    });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

console.log(`${DEFINITION}\n`);
console.log(
  `${asked} answers: ${scenarios.length} scenarios, PostgreSQL ${versions.join(', ')}; squawk-cli ${squawk.version}\n`,
);
const NAMES = { effects: "Surefoot's effects", findings: "Surefoot's findings", squawk: 'squawk' };
console.log('                     precision   recall   true yes   false yes   missed');
for (const [who, { hit, wrong }] of Object.entries(tally)) {
  const [falseAlarm, missed] = ['false alarm', 'missed'].map(kind => wrong.filter(one => one.kind === kind).length);
  const percent = (part, whole) => `${((100 * part) / Math.max(whole, 1)).toFixed(1)} %`.padStart(8);
  console.log(
    `${NAMES[who].padEnd(21)} ${percent(hit, hit + falseAlarm)} ${percent(hit, hit + missed)} ${String(hit).padStart(10)} ${String(falseAlarm).padStart(11)} ${String(missed).padStart(8)}`,
  );
}
listWrong(NAMES.effects, tally.effects.wrong, () => undefined);
listWrong(NAMES.findings, tally.findings.wrong, ({ kind, id, version }) => surefoot.exceptionFor(id, version, kind));
if (values.show) listWrong(NAMES.squawk, tally.squawk.wrong, () => undefined);

function counter() {
  return { hit: 0, wrong: [] };
}

function count(into, truth, answer, id, version) {
  if (truth && answer) into.hit++;
  if (truth !== answer) into.wrong.push({ kind: truth ? 'missed' : 'false alarm', id, version });
}

/** Prints each scenario once, with its versions, those of one reason together. */
function listWrong(name, wrong, exceptionOf) {
  const groups = groupBy(wrong, one => exceptionOf(one)?.reason ?? '');
  for (const [reason, of] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const number = of.length === 1 ? '1 answer' : `${of.length} answers`;
    console.log(`\n${name} disagree on ${number}, ${reason === '' ? 'not explained' : `explained: ${reason}`}`);
    for (const [line, same] of groupBy(of, ({ kind, id }) => `${kind}: ${id}`)) {
      console.log(`  ${line} on ${same.map(({ version }) => version).join(', ')}`);
    }
  }
}

function groupBy(all, keyOf) {
  const groups = new Map();
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
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

/** Surefoot's answers, from its own sources, bundled to where Node finds the dependencies. */
async function loadSurefoot() {
  const outfile = join(root, 'node_modules/.cache/surefoot/accuracy.mjs');
  mkdirSync(dirname(outfile), { recursive: true });
  await build({
    entryPoints: [join(root, 'bench/traffic.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    outfile,
    logLevel: 'error',
  });
  return await import(pathToFileURL(outfile).href);
}
