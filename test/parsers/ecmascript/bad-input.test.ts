import { describe, expect, test } from 'vitest';
import type { Script } from '../../../src/operations/statements.ts';
import { ecmascript } from '../../../src/parsers/ecmascript/index.ts';
import { LIBRARIES } from '../../../src/parsers/ecmascript/libraries/index.ts';
import { FRONT_ENDS } from '../../../src/parsers/index.ts';
import { run } from '../../support/command-line.ts';
import { temporaryTree } from '../../support/temporary-tree.ts';

/** A migration of each library that drops `a`, with something before that. */
interface Dialect {
  /** A whole file whose `up` does `body`, then drops a table or collection. */
  readonly file: (body: string) => string;
  /** What drops it. */
  readonly drop: string;
  readonly server?: 'mongodb';
}

const asFunction =
  (parameters: string, drop: string) =>
  (body: string): string =>
    `exports.up = async (${parameters}) => {\n${body}\n${drop}\n};\n`;
const asClass =
  (base: string, drop: string) =>
  (body: string): string =>
    `export class Change extends ${base} {\nasync up(db) {\n${body}\n${drop}\n}\n}\n`;

const RAW = "await db.query('DROP TABLE a');";
const MIGRATIONS: Readonly<Record<string, Dialect>> = {
  knex: { file: asFunction('db', "await db.raw('DROP TABLE a');"), drop: 'DROP TABLE a' },
  typeorm: { file: asClass('Base', RAW), drop: 'DROP TABLE a' },
  sequelize: { file: asFunction('db', "await db.sequelize.query('DROP TABLE a');"), drop: 'DROP TABLE a' },
  'node-pg-migrate': { file: asFunction('db', "db.sql('DROP TABLE a');"), drop: 'DROP TABLE a' },
  kysely: {
    file: body => `import { sql } from 'kysely';\n${asFunction('db', 'await sql`DROP TABLE a`.execute(db);')(body)}`,
    drop: 'DROP TABLE a',
  },
  'mikro-orm': { file: asClass('Migration', "this.addSql('DROP TABLE a');"), drop: 'DROP TABLE a' },
  'db-migrate': { file: asFunction('db', "await db.runSql('DROP TABLE a');"), drop: 'DROP TABLE a' },
  lucid: { file: asClass('BaseSchema', "this.schema.raw('DROP TABLE a');"), drop: 'DROP TABLE a' },
  javascript: { file: asFunction('db', RAW), drop: 'DROP TABLE a' },
  payload: { file: asFunction('{ db }', 'await db.execute(sql`DROP TABLE a`);'), drop: 'DROP TABLE a' },
  prisma: { file: asFunction('db', 'await db.$executeRaw`DROP TABLE a`;'), drop: 'DROP TABLE a' },
  drizzle: { file: asFunction('db', "await db.execute('DROP TABLE a');"), drop: 'DROP TABLE a' },
  'migrate-mongo': { file: asFunction('db', "await db.collection('a').drop();"), drop: 'drop()', server: 'mongodb' },
  mongosh: { file: body => `${body}\ndb.a.drop();\n`, drop: 'drop()', server: 'mongodb' },
};

function read(tool: string, text: string, path = '/m.tsx'): Script {
  const dialect = MIGRATIONS[tool]!.server ?? 'postgres';
  const part = { path, transaction: 'none', entry: 'up' } as const;
  return ecmascript.read({ path, text }, part, { tool, dialect, direction: 'up', sql: FRONT_ENDS[dialect]! });
}

/** The text of each statement's place, and why it could not be read where that is so. */
function seen(tool: string, text: string): readonly string[] {
  return read(tool, text).statements.map(({ operations, range }) => {
    const notes = operations.flatMap(each => (each.kind === 'unreadable' ? [`: ${each.message}`] : []));
    return text.slice(...range) + notes.join('');
  });
}

const TOOLS = Object.keys(LIBRARIES);

test('each library stands here', () => {
  expect(Object.keys(MIGRATIONS).toSorted()).toEqual(TOOLS.toSorted());
});

describe.each(TOOLS)('%s', tool => {
  const { file, drop } = MIGRATIONS[tool]!;
  // The tag of Payload is imported.
  const migration = (body: string): string =>
    tool === 'payload' ? `import { sql } from '@payloadcms/db-postgres';\n${file(body)}` : file(body);

  test('a syntax error is said at its place', () => {
    const text = migration('const x = ;');
    const [statement, ...more] = read(tool, text).statements;
    expect(more).toEqual([]);
    expect(statement?.operations).toMatchObject([{ kind: 'unreadable', reason: 'syntax error' }]);
    expect(text.slice(0, statement!.range[0]).endsWith('const x = ')).toBe(true);
  });

  test.each([
    ['a decorator, on what is no migration', '@Injectable() class Other { @Log() up() {} }', []],
    ['cyclic constants', 'const c = d, d = c;', []],
    ['functions that call each other without end', 'const f = () => g(), g = () => f(); f();', []],
    [
      'spread of unknown objects',
      'const o = { ...unknown, a: 1, ...{ b: 2, ...more } }; f(...list, ...[1, ...rest]);',
      [],
    ],
    ['JSX', 'const x = <div a={1}>{db}</div>;', ['<div a={1}>{db}</div>: JSX is not followed']],
    [
      'another file that is loaded',
      "await import('./other.js');",
      ["await import('./other.js');: what this module does when it is loaded is not in this file"],
    ],
    ['endless loops', 'while (true) { for (;;) {} }', []],
    [
      'labels, regular expressions, big numbers, classes in expressions',
      'a: for (;;) { break a; } /[/]/u.test(1n); (class { static { this.x = 1; } });',
      [],
    ],
    ['emoji and lone surrogates', "const s = '\\ud800 💩 \\u{1F600}';", []],
  ])('%s: the rest is read', (_, body, notes) => {
    const found = seen(tool, migration(body));
    expect(found.filter(text => !text.endsWith('is not in this file') || notes.includes(text as never))).toEqual([
      ...notes.map(note => note),
      drop,
    ]);
  });

  test('a file of 2 MB: what stands at its end is read', () => {
    const rows = Array.from({ length: 15_000 }, (_, id) => `{ a: ${id}, b: [1], c: '${'x'.repeat(110)}' },`).join('\n');
    const text = migration(`const rows = [${rows}];`);
    expect(text.length).toBeGreaterThan(2_000_000);
    expect(seen(tool, text)).toEqual([drop]);
  });

  test('minified: one line', () => {
    const text = migration('const a=1,b=()=>{};b(),a?b():void 0;').replaceAll('\n', ' ');
    expect(seen(tool, text)).toEqual([drop]);
  });

  test('no such function, or no file at all', () => {
    for (const text of ['', 'export {};', ';;;', 'exports.down = () => {};']) {
      expect(read(tool, text).statements.map(({ operations }) => operations.map(({ kind }) => kind))).toEqual([
        ['unreadable'],
      ]);
    }
  });
});

// Each row: a definition of which a part is spread from elsewhere, and what is said besides what is known.
test.each([
  ['sequelize', "await db.createTable('x', { id: 'INTEGER', ...columns });", 'createTable'],
  ['sequelize', "await db.addIndex('x', ['a'], { ...options });", 'createIndex'],
  ['typeorm', "await db.createTable(new Table({ name: 'x', ...rest }));", 'createTable'],
  ['node-pg-migrate', "db.createTable('x', { id: 'id', ...columns });", 'createTable'],
  ['migrate-mongo', "await db.collection('x').createIndex({ a: 1 }, { ...options });", 'createDocumentIndex'],
  ['migrate-mongo', "await db.command({ collMod: 'x', ...rest });", 'modifyCollection'],
])('%s: %s says what is spread', (tool, body, kind) => {
  const spread = /\.\.\.\w+/.exec(body)![0];
  const text = MIGRATIONS[tool]!.file(body);
  const { statements } = read(tool, text);
  expect(
    statements.map(({ operations: [operation], range }) => [operation?.kind, text.slice(...range)]).slice(0, 2),
  ).toEqual([
    [kind, expect.any(String)],
    ['unreadable', spread],
  ]);
});

test('code that TypeScript compiled for engines without async functions', () => {
  const text = `var __awaiter = (this && this.__awaiter) || function () {};
exports.up = up;
function up(knex) { return __awaiter(this, void 0, void 0, function* () { yield knex.schema.dropTable('a'); }); }`;
  expect(seen('knex', text)).toEqual(["dropTable('a')"]);
  expect(read('knex', text).facts).toEqual([]);
});

test('what a module of another file is handed is not read, and said', () => {
  const body = "const m = await import('./c.js'); await m.default(db); require('./d')(db);";
  expect(seen('knex', MIGRATIONS.knex!.file(body)).slice(0, 2)).toEqual([
    'm.default(db): what this call does is not in this file',
    "require('./d')(db): what this call does is not in this file",
  ]);
});

const TEXT =
  "// é\nexports.up = async knex => { await knex.raw('DROP TABLE a'); };\nexports.down = async knex => { await knex.raw('SELECT 1'); };\n";

/** The encodings that a migration may have, and whether one is not read, which is said. */
const ENCODINGS: Readonly<Record<string, { readonly bytes: Buffer; readonly note: boolean }>> = {
  'UTF-8': { bytes: Buffer.from(TEXT), note: false },
  'UTF-8 with a byte order mark': { bytes: Buffer.from(`\uFEFF${TEXT}`), note: false },
  'UTF-16, little end first': { bytes: Buffer.from(`\uFEFF${TEXT}`, 'utf16le'), note: true },
  'UTF-16, big end first': { bytes: Buffer.from(`\uFEFF${TEXT}`, 'utf16le').swap16(), note: true },
  'Latin-1': { bytes: Buffer.from(TEXT, 'latin1'), note: false },
  'a NUL in a name': { bytes: Buffer.from(TEXT.replace('knex', 'kn\0ex')), note: true },
  'lines that end in CR': { bytes: Buffer.from(TEXT.replaceAll('\n', '\r')), note: false },
  'no text at all': { bytes: Buffer.from(Array.from({ length: 4096 }, (_, index) => index % 256)), note: true },
};

test.each(Object.entries(ENCODINGS))(
  'a file in %s is read, or it is said that it is not',
  async (_, { bytes, note }) => {
    const cwd = temporaryTree({
      'package.json': '{ "dependencies": { "knex": "3", "pg": "8" } }',
      'migrations/1_a.js': TEXT,
      'migrations/2_b.js': bytes,
    });
    const { stdout } = await run(cwd, ['migrations/2_b.js', '--format', 'json', '--no-config']);
    const report = JSON.parse(stdout) as {
      readonly migrations: readonly { readonly statements: number }[];
      readonly findings: readonly { readonly rule: string }[];
    };
    expect(report.findings.some(({ rule }) => rule === 'no-unreadable-statement')).toBe(note);
    if (!note) expect(report.migrations.at(-1)?.statements).toBe(2);
  },
);
