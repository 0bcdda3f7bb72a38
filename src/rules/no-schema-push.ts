import { defineRule } from './rule.ts';
import { findSchemaPushes } from './shared/schema-pushes.ts';

export default defineRule({
  id: 'no-schema-push',
  meta: {
    description: 'Disallow bringing the schema to a deployed database without migrations.',
    cause: 'loses',
    scope: 'project',
    directions: ['up'],
    dialects: ['postgres', 'mysql', 'mariadb', 'sqlite', 'sqlserver', 'mongodb'],
    presets: { recommended: 'error' },
    docs: {
      failure: `A developer renames a field. The image starts with \`prisma db push --accept-data-loss\`, which compares the new
model with the database, drops the old column with all that is in it and adds an empty one. Nobody saw a statement.`,
      why: `\`prisma db push\`, \`drizzle-kit push\`, TypeORM's \`synchronize\`, Sequelize's \`sync({ alter })\` and their like work
the difference between code and database out at the moment they run. There is nothing to review: a rename is a drop and an add to
them, indexes are built under lock, and two instances that start at once both do it. The migrations of the project do not know
of it either, and fail later. Each tool's documentation calls this a means for prototypes and tests.`,
      safe: `Run the migrations instead, in a step of their own before the new code starts: \`prisma migrate deploy\`,
\`drizzle-kit migrate\`, \`typeorm migration:run\`, \`sequelize db:migrate\`. For a schema that was pushed so far, write a first
migration of what is there and mark it as applied (\`prisma migrate resolve --applied\`).`,
      exemptions: [
        'Scripts, files and jobs for development and tests, by their names: `db:push`, `dev`, `test`, `docker-compose.dev.yml`.',
        'Jobs of CI that deploy nothing.',
        'Code behind a condition on the environment.',
      ],
      whenNotToUse: 'Where the database is thrown away with each deploy.',
      otherTools: {},
    },
    messages: {
      push: '`{{what}}` changes the deployed schema without a migration: it may drop columns and build indexes under lock, unreviewed.',
    },
    examples: [
      {
        title: 'A push at the start of the container',
        up: 'CREATE TABLE a (id bigint PRIMARY KEY);',
        deployFiles: { Dockerfile: 'FROM node:22\nCMD npx prisma db push && node server.js\n' },
        findings: [
          { at: 'prisma db push', direction: null, message: 'changes the deployed schema without a migration' },
        ],
      },
      {
        title: 'A push in a script that `start` runs',
        up: 'CREATE TABLE a (id bigint PRIMARY KEY);',
        deployFiles: {
          'package.json': '{ "scripts": { "db:push": "drizzle-kit push", "start": "npm run db:push && node ." } }',
        },
        findings: [{ at: 'npm run db:push', direction: null }],
      },
      {
        title: 'Migrations at the start, a push for developers',
        up: 'CREATE TABLE a (id bigint PRIMARY KEY);',
        deployFiles: {
          Dockerfile: 'FROM node:22\nCMD npx prisma migrate deploy && node server.js\n',
          'package.json': '{ "scripts": { "db:push": "prisma db push", "dev": "npm run db:push && node --watch ." } }',
        },
        findings: [],
      },
    ],
  },
  create: context => ({
    projectEnd() {
      for (const { file, range, what } of findSchemaPushes(context.project.deployFiles)) {
        context.report({
          place: { file },
          range,
          messageId: 'push',
          data: { what },
          help: 'Run the project’s migrations here instead.',
        });
      }
    },
  }),
});
