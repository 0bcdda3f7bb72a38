/** What a call takes in place of a clause of SQL. */
export type Change =
  /**
   * `key: true` among the options, the argument of that index; of a `new Thing({ … })` there, among the thing's. `orAt` is where
   * they stand in calls of one argument less.
   */
  | { readonly how: 'option'; readonly at: number; readonly key: string; readonly orAt?: number }
  /** A call behind the one that names the object. */
  | { readonly how: 'chain'; readonly text: string }
  /** Another method. */
  | { readonly how: 'method'; readonly name: string };

/** How a migration says that it runs outside of the tool's transaction. */
export type Outside =
  /** A statement at the file's end, in files of either kind of modules. */
  | { readonly where: 'file'; readonly modules: string; readonly commonjs: string }
  /** A member of the migration's class. */
  | { readonly where: 'class'; readonly text: string }
  /** The first statement of the function; `$` is its parameter. */
  | { readonly where: 'function'; readonly text: string };

/** How a library's users write what the server is to get. */
export interface CodeStyle {
  /** What SQL is sent by, where the library's object is `on`. */
  send(on: string, literal: string): string;
  /** It takes template literals only, by a tag. */
  readonly tag?: 'sql';
  /** What the library's object is called where the file does not tell. */
  readonly on: string;
  /** Its calls give promises. */
  readonly awaits: boolean;
  /** Left out where a migration cannot say it. */
  readonly outside?: Outside;
  /** By method and clause: `createIndex CONCURRENTLY`. */
  readonly changes: Readonly<Record<string, Change>>;
  /**
   * How SQL takes the place of a call that has no option for what is wanted: of the `call`; of a `command` in the callback of a
   * table, by `raw` beside that; of the `chain` up to `execute`.
   */
  readonly replaces?: 'call' | 'command' | 'chain';
  /** One session runs the whole migration, so that what SET sets holds for what follows. */
  readonly session: boolean;
}

const option = (at: number, key: string): Change => ({ how: 'option', at, key });
const method = (name: string): Change => ({ how: 'method', name });

const GUARDED_IN_KNEX = ['Table', 'View', 'MaterializedView', 'Schema', 'Extension'].flatMap(
  (kind): readonly (readonly [string, Change])[] => [
    [`drop${kind} IF EXISTS`, method(`drop${kind}IfExists`)],
    ...(/Schema|Extension/.test(kind)
      ? [[`create${kind} IF NOT EXISTS`, method(`create${kind}IfNotExists`)] as const]
      : []),
  ],
);

const IN_KNEX: Pick<CodeStyle, 'send' | 'changes' | 'replaces' | 'session'> = {
  send: (on, literal) => `${on}.raw(${literal})`,
  changes: Object.fromEntries(GUARDED_IN_KNEX),
  replaces: 'command',
  session: true,
};

/** Where node-pg-migrate's calls have their options (its `operations/*.ts`). */
const OPTIONS_IN_PGM: Readonly<Record<string, number>> = {
  ...{ createIndex: 2, dropIndex: 2, createTable: 2, dropTable: 1, addColumns: 2, addColumn: 2, dropColumns: 2 },
  ...{ dropColumn: 2, dropConstraint: 2, dropView: 1, dropMaterializedView: 1, createSequence: 1, dropSequence: 1 },
  ...{ dropType: 1, addTypeValue: 2, createSchema: 1, dropSchema: 1, createExtension: 1, dropExtension: 1 },
  ...{ dropFunction: 2, dropTrigger: 2, dropPolicy: 2, createMaterializedView: 1, dropDomain: 1, dropRole: 1 },
};

const IN_PGM = Object.entries(OPTIONS_IN_PGM).flatMap(([name, at]): readonly (readonly [string, Change])[] =>
  name.startsWith('drop')
    ? [[`${name} IF EXISTS`, option(at, 'ifExists')]]
    : [[`${name} IF NOT EXISTS`, option(at, 'ifNotExists')]],
);

const BY_CHAIN: Readonly<Record<string, Change>> = Object.fromEntries(
  ['Table', 'Index', 'View', 'Schema', 'Type'].flatMap((kind): readonly (readonly [string, Change])[] => [
    [`drop${kind} IF EXISTS`, { how: 'chain', text: '.ifExists()' }],
    ...(kind === 'Type' ? [] : [[`create${kind} IF NOT EXISTS`, { how: 'chain', text: '.ifNotExists()' }] as const]),
  ]),
);

/** The styles by the migration tool's id. */
export const CODE_STYLES: Readonly<Record<string, CodeStyle>> = {
  knex: {
    ...IN_KNEX,
    on: 'knex',
    awaits: true,
    outside: {
      where: 'file',
      modules: 'export const config = { transaction: false };',
      commonjs: 'exports.config = { transaction: false };',
    },
  },
  lucid: {
    ...IN_KNEX,
    on: 'this.schema',
    awaits: false,
    outside: { where: 'class', text: 'static disableTransactions = true;' },
  },
  typeorm: {
    send: (on, literal) => `${on}.query(${literal})`,
    on: 'queryRunner',
    awaits: true,
    outside: { where: 'class', text: 'transaction = false;' },
    changes: {
      'createIndex CONCURRENTLY': option(1, 'isConcurrent'),
      'dropIndex CONCURRENTLY': option(1, 'isConcurrent'),
    },
    replaces: 'call',
    session: true,
  },
  sequelize: {
    send: (on, literal) => `${on}.sequelize.query(${literal})`,
    on: 'queryInterface',
    awaits: true,
    changes: {
      'addIndex CONCURRENTLY': { how: 'option', at: 2, orAt: 1, key: 'concurrently' },
      'removeIndex CONCURRENTLY': option(2, 'concurrently'),
    },
    replaces: 'call',
    session: false,
  },
  'node-pg-migrate': {
    send: (on, literal) => `${on}.sql(${literal})`,
    on: 'pgm',
    awaits: false,
    outside: { where: 'function', text: '$.noTransaction();' },
    changes: {
      ...Object.fromEntries(IN_PGM),
      'createIndex CONCURRENTLY': option(2, 'concurrently'),
      'addIndex CONCURRENTLY': option(2, 'concurrently'),
      'dropIndex CONCURRENTLY': option(2, 'concurrently'),
    },
    replaces: 'call',
    session: true,
  },
  kysely: {
    send: (on, literal) => `sql${literal}.execute(${on})`,
    tag: 'sql',
    on: 'db',
    awaits: true,
    changes: BY_CHAIN,
    replaces: 'chain',
    session: true,
  },
  'mikro-orm': {
    send: (_on, literal) => `this.addSql(${literal})`,
    on: 'this',
    awaits: false,
    outside: { where: 'class', text: 'isTransactional() {\n    return false;\n  }' },
    changes: {},
    session: true,
  },
  'db-migrate': {
    send: (on, literal) => `${on}.runSql(${literal})`,
    on: 'db',
    awaits: true,
    changes: {
      'createTable IF NOT EXISTS': option(1, 'ifNotExists'),
      'dropTable IF EXISTS': option(1, 'ifExists'),
    },
    replaces: 'call',
    session: true,
  },
  // A pool may send what follows over another connection, and most clients take one statement at a time.
  javascript: {
    send: (on, literal) => `${on}.query(${literal})`,
    on: 'client',
    awaits: true,
    changes: {},
    session: false,
  },
  prisma: {
    send: (on, literal) => `${on}.$executeRawUnsafe(${literal})`,
    on: 'prisma',
    awaits: true,
    changes: {},
    session: false,
  },
  drizzle: {
    send: (on, literal) => `${on}.execute(sql${literal})`,
    tag: 'sql',
    on: 'db',
    awaits: true,
    changes: {},
    session: false,
  },
  payload: {
    send: (on, literal) => `${on}.execute(sql${literal})`,
    tag: 'sql',
    on: 'db',
    awaits: true,
    changes: {},
    session: true,
  },
};
