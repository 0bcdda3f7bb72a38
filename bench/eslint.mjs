// How fast ESLint is with the plugin, for both majors: one SQL file in a fresh process beside bare ESLint on one JavaScript file,
// and a re-lint at each keystroke, over the fixtures in SQL, over those in JavaScript and TypeScript, and at the end of a history of 2,000 migrations. Needs a build of both
// packages. Exit status 1 where a bar is missed.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as parser from '@typescript-eslint/parser';

/** Milliseconds: what a cold run may take above bare ESLint; medians of a warm re-lint. */
const BARS = { cold: 250, fixtures: 10, code: 20, history: 20 };
/** Keystrokes in each file of code: there are few. */
const ROUNDS = 10;
const RUNS = 11;
const MIGRATIONS = 2000;
const KEYSTROKES = 200;

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL('..', import.meta.url));
const plugin = pathToFileURL(join(root, 'eslint-plugin/dist/index.js')).href;
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'surefoot-bench-')));
const SETTINGS = "{ files: ['**/*.sql'], settings: { surefoot: { dialect: 'postgres' } } }";

const results = [];
try {
  writeProjects();
  for (const name of ['eslint9', 'eslint']) {
    const folder = dirname(require.resolve(`${name}/package.json`));
    const { version } = require(join(folder, 'package.json'));
    const { bare, withSql } = cold(join(folder, 'bin/eslint.js'));
    results.push({
      version,
      what: 'cold, above bare',
      ms: withSql - bare,
      bar: BARS.cold,
      note: `${Math.round(bare)} → ${Math.round(withSql)} ms`,
    });
    const { ESLint } = await import(pathToFileURL(require.resolve(name)).href);
    const { default: surefoot } = await import(plugin);
    const fixtures = await warm(ESLint, surefoot, join(root, 'fixtures'), fixtureFiles(/\.sql$/));
    results.push({ version, what: 'warm, fixtures in SQL', bar: BARS.fixtures, ...fixtures });
    const codeFiles = Array(ROUNDS)
      .fill(fixtureFiles(/migrations[/\\][^/\\]+\.[cm]?[jt]s$/))
      .flat();
    const code = await warm(ESLint, surefoot, join(root, 'fixtures'), codeFiles);
    results.push({ version, what: 'warm, fixtures in code', bar: BARS.code, ...code });
    const history = join(scratch, 'history');
    const last = join(history, 'migrations', `${MIGRATIONS}_last.sql`);
    const long = await warm(ESLint, surefoot, history, Array(KEYSTROKES).fill(last));
    results.push({ version, what: `warm, ${MIGRATIONS} migrations`, bar: BARS.history, ...long });
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

for (const { version, what, ms, bar, note } of results) {
  const verdict = ms <= bar ? 'ok' : 'MISSED';
  process.stdout.write(
    `eslint ${version.padEnd(8)} ${what.padEnd(24)} ${ms.toFixed(1).padStart(7)} ms  (bar ${bar})  ${verdict}  ${note}\n`,
  );
}
process.exitCode = results.every(({ ms, bar }) => ms <= bar) ? 0 : 1;

function writeProjects() {
  write('bare/eslint.config.mjs', 'export default [{}];\n');
  write('bare/a.js', 'export const a = 1;\n');
  const config = `import surefoot from ${JSON.stringify(plugin)};\nexport default [...surefoot.configs.recommended, ${SETTINGS}];\n`;
  write('sql/eslint.config.mjs', config);
  write('sql/migrations/1_users.sql', 'CREATE TABLE users (id bigint PRIMARY KEY, name text);\n');
  write('sql/migrations/2_index.sql', 'CREATE INDEX users_name ON users (name);\n');
  for (let index = 1; index < MIGRATIONS; index++) {
    write(
      `history/migrations/${index}_table.sql`,
      `CREATE TABLE table_${index} (id bigint PRIMARY KEY, name text NOT NULL, owner_id bigint);\nCREATE INDEX table_${index}_owner ON table_${index} (owner_id);\nALTER TABLE table_${Math.max(1, index - 1)} ADD COLUMN extra_${index} text;\n`,
    );
  }
  write(
    `history/migrations/${MIGRATIONS}_last.sql`,
    'CREATE INDEX table_7_name ON table_7 (name);\nALTER TABLE table_9 DROP COLUMN name;\n',
  );
}

function write(path, content) {
  mkdirSync(dirname(join(scratch, path)), { recursive: true });
  writeFileSync(join(scratch, path), content);
}

/** Medians of whole processes, taken in turns. */
function cold(bin) {
  const times = { bare: [], sql: [] };
  for (let run = 0; run <= RUNS; run++) {
    for (const [folder, file] of [
      ['bare', 'a.js'],
      ['sql', 'migrations/2_index.sql'],
    ]) {
      const started = performance.now();
      try {
        execFileSync(process.execPath, [bin, file], { cwd: join(scratch, folder), stdio: 'ignore' });
      } catch (error) {
        // Findings are meant to be there; a run that failed is not.
        if (error.status !== 1) throw error;
      }
      if (run > 0) times[folder].push(performance.now() - started);
    }
  }
  return { bare: median(times.bare), withSql: median(times.sql) };
}

/** A long-lived ESLint that lints each file once, and then again as if a key had been pressed in it. */
async function warm(ESLint, surefoot, cwd, files) {
  const eslint = new ESLint({
    cwd,
    overrideConfigFile: true,
    overrideConfig: [
      ...surefoot.configs.recommended,
      { files: ['**/*.sql'], settings: { surefoot: { dialect: 'postgres' } } },
      { files: ['**/*.ts'], languageOptions: { parser } },
    ],
  });
  const texts = new Map(files.map(file => [file, readFileSync(file, 'utf8')]));
  const started = performance.now();
  let findings = 0;
  for (const [filePath, text] of texts) {
    const [{ messages }] = await eslint.lintText(text, { filePath });
    findings += messages.length;
  }
  if (findings === 0) throw new Error(`nothing found in ${cwd}: the bench measures nothing`);
  const first = performance.now() - started;
  const times = [];
  for (const [index, filePath] of files.entries()) {
    const comment = filePath.endsWith('.sql') ? '--' : '//';
    const text = `${texts.get(filePath)}${comment} ${'x'.repeat(index % 60)}\n`;
    const begun = performance.now();
    await eslint.lintText(text, { filePath });
    times.push(performance.now() - begun);
  }
  return {
    ms: median(times),
    note: `${times.length} re-lints, first ${Math.round(first)} ms, slowest ${Math.max(...times).toFixed(1)} ms`,
  };
}

function fixtureFiles(names) {
  const folder = join(root, 'fixtures');
  return readdirSync(folder, { recursive: true })
    .filter(path => names.test(path))
    .map(path => join(folder, path));
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
