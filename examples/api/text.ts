import { findMigrations, lint } from 'surefoot';

const text = 'ALTER TABLE users ALTER COLUMN id TYPE bigint;\n';
const migrations = await findMigrations({
  cwd: process.cwd(),
  config: false,
  dialect: 'postgres',
  rules: { 'require-down': 'off' },
  unsaved: { path: '/nowhere/migration.sql', text },
  alone: true,
});
for (const { rule, range, safeRewrite } of lint(migrations).findings) {
  console.log(rule, text.slice(...range), safeRewrite?.text ?? '');
}
