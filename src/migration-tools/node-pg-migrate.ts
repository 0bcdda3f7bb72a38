import { codeTool } from './code-migrations.ts';

/**
 * node-pg-migrate: ordered by the time that names start with; one transaction around all pending migrations, which a migration
 * leaves by `pgm.noTransaction()`. A missing `down` is made of `up`.
 */
export const nodePgMigrate = codeTool({
  id: 'node-pg-migrate',
  title: 'node-pg-migrate',
  transaction: 'all-pending',
  outside: 'call `pgm.noTransaction()` in it',
  marks: /\bpgm\b|\bMigrationBuilder\b|\bnode-pg-migrate\b/,
  configFiles: /^\.?node-pg-migraterc/,
  packages: ['node-pg-migrate'],
  dialect: 'postgres',
  optOut: /\.noTransaction\s*\(/,
  noDown: /\bdown\s*(?::\s*\w+\s*)?[=:]\s*false\b/,
  orderOf: stem => String(timeOf(/^\d+/.exec(stem)?.[0] ?? '0')).padStart(20, '0'),
});

/** The milliseconds that a prefix stands for: 13 digits as they are, 17 as a date in UTC. */
function timeOf(digits: string): number {
  const date = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})$/.exec(digits)?.slice(1).map(Number);
  if (date === undefined) return Number(digits);
  const [year, month, day, hour, minute, second, rest] = date as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return Date.UTC(year, month - 1, day, hour, minute, second, rest);
}
