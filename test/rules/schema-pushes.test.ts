import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { findSchemaPushes } from '../../src/rules/shared/schema-pushes.ts';
import { temporaryTree } from '../support/temporary-tree.ts';

/** What is found in files given by name, as `file: words`. */
function pushes(files: Readonly<Record<string, string>>): readonly string[] {
  const sources = Object.entries(files).map(([name, text]) => ({ path: join('/repo', name), text }));
  return findSchemaPushes(sources).map(({ file, range, what }) => {
    expect(file.text.slice(...range)).toBe(what);
    return `${file.path.slice('/repo/'.length)}: ${what}`;
  });
}

describe('commands', () => {
  test.each([
    ['Dockerfile', 'CMD npx prisma db push --accept-data-loss && node .', 'prisma db push'],
    ['Procfile', 'release: npx prisma@6.1.0 db push', 'prisma@6.1.0 db push'],
    ['docker-entrypoint.sh', '#!/bin/sh\nnpx drizzle-kit push:pg\n', 'drizzle-kit push:pg'],
    ['fly.toml', '[deploy]\n  release_command = "npx typeorm schema:sync"', 'typeorm schema:sync'],
    ['docker-compose.yml', 'command: npx mikro-orm schema:update --run', 'mikro-orm schema:update'],
    ['deploy.sh', 'php bin/console doctrine:schema:update --force', 'doctrine:schema:update'],
    ['start.sh', 'python manage.py migrate --noinput --run-syncdb', 'migrate --noinput --run-syncdb'],
  ])('%s: %s', (name, text, what) => {
    expect(pushes({ [name]: text })).toEqual([`${name}: ${what}`]);
  });

  test.each([
    ['Dockerfile', '# npx prisma db push\nCMD npx prisma migrate deploy'],
    ['Dockerfile.dev', 'CMD npx prisma db push'],
    ['docker-compose.test.yml', 'command: npx prisma db push'],
    ['setup-dev.sh', 'npx prisma db push'],
    ['scripts/reset.sh', 'npx prisma db push'],
    ['Procfile', 'release: supabase db push'],
  ])('silent: %s: %s', (name, text) => {
    expect(pushes({ [name]: text })).toEqual([]);
  });
});

describe('scripts of a package', () => {
  const file = (scripts: Readonly<Record<string, string>>): string => JSON.stringify({ name: 'x', scripts }, null, 2);

  test('those of a deploy, also through others; not those of developers', () => {
    expect(
      pushes({
        'package.json': file({
          'db:push': 'prisma db push',
          sync: 'pnpm db:push',
          dev: 'prisma db push && next dev',
          test: 'prisma db push && vitest',
          'start:dev': 'npm run sync && next dev',
          build: 'yarn sync && next build',
          postinstall: 'prisma db push',
          prestart: 'npm run db:push-not',
        }),
      }),
    ).toEqual(['package.json: yarn sync', 'package.json: prisma db push']);
  });

  test('the nearest package says what a script is', () => {
    expect(
      pushes({
        'a/package.json': file({ up: 'drizzle-kit push' }),
        'a/Dockerfile': 'CMD pnpm run up && node .',
        'b/package.json': file({ up: 'drizzle-kit migrate' }),
        'b/Dockerfile': 'CMD pnpm run up && node .',
      }),
    ).toEqual(['a/Dockerfile: pnpm run up']);
  });

  test('a file that is cut off or holds no scripts is passed over', () => {
    expect(pushes({ 'package.json': '{ "scripts": { "start": "prisma db', 'x/package.json': '[]' })).toEqual([]);
  });
});

test('of CI only jobs that deploy count', () => {
  const workflow = `name: main
on: push
jobs:
  unit:
    runs-on: ubuntu-latest
    steps:
      - run: npx prisma db push
  ship:
    runs-on: ubuntu-latest
    environment: production
    steps:
      - run: npx prisma db push --skip-generate
`;
  expect(pushes({ '.github/workflows/ci.yml': workflow })).toEqual(['.github/workflows/ci.yml: prisma db push']);
  expect(pushes({ '.github/workflows/deploy.yml': workflow })).toHaveLength(2);
  expect(
    pushes({
      '.gitlab-ci.yml': 'test:\n  script: npx prisma db push\nlive:\n  stage: deploy\n  script: prisma db push\n',
    }),
  ).toEqual(['.gitlab-ci.yml: prisma db push']);
});

describe('application code', () => {
  const typeorm = { 'package.json': '{"dependencies":{"typeorm":"0.3.20","sequelize":"6.37.0"}}' };

  test('options and calls, where the package has the library', () => {
    expect(pushes({ ...typeorm, 'src/data-source.ts': 'new DataSource({ synchronize: true })' })).toEqual([
      'src/data-source.ts: synchronize: true',
    ]);
    expect(pushes({ ...typeorm, 'src/db.js': 'await db.sync({ logging, alter: true });' })).toEqual([
      'src/db.js: .sync({ logging, alter: true',
    ]);
    expect(pushes({ 'package.json': '{}', 'src/data-source.ts': 'new Store({ synchronize: true })' })).toEqual([]);
  });

  test.each([
    ['a condition before it', "if (process.env.NODE_ENV === 'development') await db.sync({ force: true });"],
    ['an option that the environment decides', 'new DataSource({ synchronize: env.isLocal })'],
    ['a comment', '  // synchronize: true'],
    ['sync without changes', 'await db.sync({ force: false });'],
  ])('silent: %s', (_, text) => {
    expect(pushes({ ...typeorm, 'src/db.ts': text })).toEqual([]);
  });

  test('Hibernate, but not in the settings of tests', () => {
    expect(pushes({ 'application.yml': 'spring:\n  jpa:\n    hibernate:\n      ddl-auto: update\n' })).toHaveLength(1);
    expect(pushes({ 'application.properties': 'spring.jpa.hibernate.ddl-auto=validate\n' })).toEqual([]);
  });
});

test('a run finds the files around its projects, once each, and not those of tests or of others', async () => {
  const root = temporaryTree({
    'a/migrations/1_a.sql': 'CREATE TABLE t (id bigserial PRIMARY KEY);\n',
    'a/Dockerfile': 'CMD prisma db push\n',
    'a/package.json': '{"dependencies":{"typeorm":"0.3.20"}}',
    'a/src/main.ts': 'export {};\n',
    'a/test/Dockerfile': 'CMD prisma db push\n',
    'a/test-utils/Dockerfile': 'CMD prisma db push\n',
    'a/node_modules/x/Dockerfile': 'CMD prisma db push\n',
    'b/migrations/1_b.sql': 'CREATE TABLE t (id bigserial PRIMARY KEY);\n',
    'b/.github/workflows/deploy.yml': 'jobs:\n  d:\n    steps:\n      - run: prisma db push\n',
    Procfile: 'web: prisma db push\n',
  });
  const run = async (...argv: readonly string[]): Promise<readonly string[]> => {
    let stdout = '';
    await main([...argv, '--format', 'json', '--no-config', '--dialect', 'postgres'], {
      cwd: root,
      env: {},
      stdout: { write: text => (stdout += text), isTerminal: false, columns: undefined },
      stderr: { write: () => {}, isTerminal: false, columns: undefined },
      readStdin: () => 'CREATE TABLE t (id bigserial PRIMARY KEY);\n',
      ask: async () => 'no',
    });
    const { findings } = JSON.parse(stdout) as { findings: { rule: string; file: string; line: number }[] };
    return findings
      .filter(({ rule }) => rule === 'no-schema-push')
      .map(({ file, line }) => `${file}:${line}`)
      .sort();
  };
  expect(await run()).toEqual(['Procfile:1', 'a/Dockerfile:1', 'b/.github/workflows/deploy.yml:4']);
  expect(await run('b')).toEqual(['b/.github/workflows/deploy.yml:4']);
  expect(await run('a/migrations')).toEqual([]);
  expect(await run('a/**/*.sql', 'a/**/*.ts', 'a/Dockerfile')).toEqual(['a/Dockerfile:1']);
  expect(await run('--stdin', '--stdin-filename', 'a/migrations/1_a.sql')).toEqual([]);
});
