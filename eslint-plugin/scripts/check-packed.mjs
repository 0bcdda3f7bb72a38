// Installs the packed tarballs of surefoot and the plugin with each ESLint in a project of its own and tries there what a user
// does: configs in every module system, TypeScript, places behind emoji and byte order marks, fixes, comments, cache, workers,
// SARIF. Run it after a build: node eslint-plugin/scripts/check-packed.mjs [eslint version …]
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = new URL('../../', import.meta.url).pathname;
const given = process.argv.slice(2);
const versions = given.length > 0 ? given : ['9.15.0', '9.39.5', '10.15.0'];

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'surefoot-packed-')));
try {
  const tarballs = [pack(root), pack(join(root, 'eslint-plugin'))];
  for (const version of versions) check(version, tarballs);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function pack(folder) {
  const [{ filename }] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', scratch], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
  return join(scratch, filename);
}

function check(version, tarballs) {
  const cwd = join(scratch, `eslint-${version}`);
  const write = (path, content) => {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), content);
  };
  const eslint = (...args) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['node_modules/eslint/bin/eslint.js', ...args], {
      cwd,
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  };
  const lint = (...args) => {
    const { stdout, stderr } = eslint('--format', 'json', ...args);
    try {
      return JSON.parse(stdout);
    } catch {
      throw new Error(`eslint ${args.join(' ')}: ${stdout}${stderr}`);
    }
  };
  const places = results =>
    results.flatMap(({ filePath, messages }) =>
      messages.map(
        ({ line, column, endLine, endColumn, ruleId }) =>
          `${filePath.slice(cwd.length + 1)}:${line}:${column}-${endLine}:${endColumn} ${ruleId}`,
      ),
    );

  write('package.json', '{ "private": true }');
  const packages = [...tarballs, `eslint@${version}`, 'typescript@6.0.3', '@types/node@20'];
  execFileSync('npm', ['install', '--no-audit', '--no-fund', ...packages], { cwd, stdio: 'ignore' });

  const settings = "{ files: ['**/*.sql'], settings: { surefoot: { dialect: 'postgres' } } }";
  const esm = (extra = '') =>
    `import surefoot from 'eslint-plugin-surefoot';\nexport default [...surefoot.configs.recommended, ${settings}${extra}];\n`;
  write('migrations/1_users.sql', 'CREATE TABLE users (id bigint PRIMARY KEY, name text, email text);\n');
  write(
    'migrations/2_drop.sql',
    "\uFEFF/* é🎉 */ ALTER TABLE users DROP COLUMN name;\r\n-- ç🎉\r\nSELECT '🎉'; ALTER TABLE users DROP COLUMN email;\r\n",
  );
  const expected = [
    'migrations/2_drop.sql:1:29-1:45 surefoot/no-drop-column',
    'migrations/2_drop.sql:3:32-3:49 surefoot/no-drop-column',
  ];
  const drops = results => places(results).filter(place => place.endsWith('no-drop-column'));

  // ES module, CommonJS, defineConfig with another name.
  write('eslint.config.mjs', esm());
  assert.deepEqual(drops(lint('.')), expected);
  rmSync(join(cwd, 'eslint.config.mjs'));
  write(
    'eslint.config.cjs',
    `module.exports = [...require('eslint-plugin-surefoot').configs.recommended, ${settings}];\n`,
  );
  assert.deepEqual(drops(lint('.')), expected);
  rmSync(join(cwd, 'eslint.config.cjs'));
  if (version !== '9.15.0') {
    write(
      'eslint.config.mjs',
      `import surefoot from 'eslint-plugin-surefoot';\nimport { defineConfig } from 'eslint/config';\nexport default defineConfig([{ files: ['migrations/**'], plugins: { db: surefoot }, extends: ['db/recommended'] }, ${settings}]);\n`,
    );
    assert.deepEqual(
      drops(lint('.')),
      expected.map(place => place.replace('surefoot/', 'db/')),
    );
  }
  write('eslint.config.mjs', esm());

  // Unused comments and their removal.
  write('migrations/3_comment.sql', '-- eslint-disable-next-line surefoot/no-drop-column -- gone\nSELECT 1;\n');
  const unused = lint('--report-unused-disable-directives', 'migrations/3_comment.sql')[0].messages;
  assert.match(unused[0].message, /Unused eslint-disable directive/);
  eslint('--report-unused-disable-directives', '--fix', 'migrations/3_comment.sql');
  assert.equal(readFileSync(join(cwd, 'migrations/3_comment.sql'), 'utf8'), ' \nSELECT 1;\n');

  // The cache looks again when another migration changes, and only then.
  write('migrations/4_add.sql', 'ALTER TABLE users ADD COLUMN nick text;\n');
  const cached = ['--cache', '--cache-location', '.cache', 'migrations'];
  const fails = results => places(results).filter(place => place.endsWith('no-failing-statement'));
  assert.deepEqual(fails(lint(...cached)), []);
  const before = readFileSync(join(cwd, '.cache'), 'utf8');
  lint(...cached);
  assert.equal(readFileSync(join(cwd, '.cache'), 'utf8'), before);
  write('migrations/1_users.sql', 'CREATE TABLE users (id bigint PRIMARY KEY, nick text, email text, name text);\n');
  assert.equal(fails(lint(...cached)).length, 1);

  // Workers change nothing.
  if (version !== '9.15.0') {
    for (let index = 10; index < 40; index++)
      write(`migrations/${index}_x.sql`, `CREATE INDEX x${index} ON users (email);\n`);
    assert.deepEqual(places(lint('--concurrency', '2', '.')), places(lint('.')));
  }

  // SARIF.
  const log = JSON.parse(eslint('--format', './node_modules/surefoot/dist/eslint-formatter-sarif.js', '.').stdout);
  assert.equal(log.version, '2.1.0');
  assert.ok(log.runs[0].results.some(({ ruleId }) => ruleId === 'no-drop-column'));

  // Types, as a user's eslint.config.ts meets them.
  const define =
    version === '9.15.0'
      ? "import type { Linter } from 'eslint';\nconst defineConfig = (config: Linter.Config[]): Linter.Config[] => config;"
      : "import { defineConfig } from 'eslint/config';";
  const extended =
    version === '9.15.0' ? '' : ", { files: ['db/**'], plugins: { surefoot }, extends: ['surefoot/recommended'] }";
  write(
    'eslint.config.ts',
    `${define}
import surefoot, { type SurefootSettings } from 'eslint-plugin-surefoot';
const settings: SurefootSettings = { dialect: 'postgres', serverVersion: '16', startAfter: '1_users' };
export default defineConfig([
  ...surefoot.configs.recommended,
  ...surefoot.configs['multi-tenant'],
  { files: ['**/*.sql'], plugins: { surefoot }, language: 'surefoot/sql', settings: { surefoot: settings } }${extended},
]);
`,
  );
  write(
    'tsconfig.json',
    JSON.stringify({
      compilerOptions: {
        strict: true,
        exactOptionalPropertyTypes: true,
        module: 'NodeNext',
        target: 'ES2022',
        noEmit: true,
        types: ['node'],
        skipLibCheck: true,
      },
      files: ['eslint.config.ts'],
    }),
  );
  const types = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.'], { cwd, encoding: 'utf8' });
  assert.equal(types.stdout, '');
  process.stdout.write(`eslint ${version}: ok\n`);
}
