import { resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { main } from '../src/cli/main.ts';

/** What `--format json` prints, as far as it is looked at here. */
interface Report {
  readonly migrations: readonly { readonly id: string; readonly risk: string; readonly statements: number }[];
  readonly findings: readonly {
    readonly rule: string;
    readonly severity: string;
    readonly file: string;
    readonly line: number;
    readonly column: number;
    readonly endColumn: number;
    readonly direction: string;
  }[];
  readonly summary: Readonly<Record<string, number>>;
}

async function lintFixture(folder: string, ...flags: readonly string[]): Promise<Report> {
  let stdout = '';
  let stderr = '';
  await main([folder, '--format', 'json', '--no-config', ...flags], {
    cwd: resolve('fixtures'),
    env: {},
    stdout: { write: text => (stdout += text), isTerminal: false, columns: undefined },
    stderr: { write: text => (stderr += text), isTerminal: false, columns: undefined },
    readStdin: () => '',
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

/** Each finding in a line: severity, rule, place. */
function places({ findings }: Report): readonly string[] {
  return findings.map(({ severity, rule, file, line, column, endColumn }) => {
    const name = file.replace(/^.*\/\d+_/, '');
    return `${severity} ${rule} ${name}:${line}:${column}-${endColumn}`;
  });
}

describe('a folder of plain SQL', () => {
  let report: Report;
  beforeAll(async () => {
    report = await lintFixture('sql');
  });

  test('has exactly these errors', () => {
    expect(places(report).filter(place => place.startsWith('error'))).toEqual([
      'error require-concurrent-index index_orders_by_day.up.sql:1:1-34',
      'error no-not-null-without-backfill require_phone.up.sql:3:23-39',
      'error no-not-null-without-backfill require_phone.up.sql:4:20-50',
      'error no-set-not-null-scan require_phone.up.sql:4:20-50',
      'error no-rename-column rename_name.up.sql:3:23-54',
      'error require-down archive.up.sql:1:1-1',
      'error require-concurrent-index archive.up.sql:7:12-40',
    ]);
  });

  test('has exactly these warnings', () => {
    expect(places(report).filter(place => !place.startsWith('error'))).toEqual([
      'warning require-idempotent-ddl create_customers.up.sql:1:1-23',
      'warning require-idempotent-ddl create_customers.up.sql:8:1-40',
      'warning require-lock-timeout create_orders.up.sql:3:1-20',
      'warning require-idempotent-ddl create_orders.up.sql:3:1-20',
      'warning require-idempotent-ddl create_orders.up.sql:12:1-36',
      'warning require-idempotent-ddl add_customer_locale.up.sql:4:23-40',
      'warning require-lock-timeout index_orders_by_day.up.sql:1:1-34',
      'warning require-idempotent-ddl index_orders_by_day.up.sql:1:1-34',
      'warning require-idempotent-ddl require_phone.up.sql:3:23-39',
      'warning require-idempotent-ddl archive.up.sql:1:1-29',
      'warning require-primary-key archive.up.sql:1:1-29',
      'warning require-idempotent-ddl archive.up.sql:2:1-43',
      'warning require-lock-timeout archive.up.sql:7:12-40',
    ]);
  });

  test('says how risky each migration is', () => {
    expect(Object.fromEntries(report.migrations.map(({ id, risk }) => [id.replace(/^\d+_/, ''), risk]))).toEqual({
      create_customers: 'low',
      create_orders: 'low',
      add_customer_locale: 'medium',
      index_orders_by_day: 'medium',
      require_phone: 'medium',
      rename_name: 'high',
      customers_become_accounts: 'high',
      index_orders_by_status: 'low',
      archive: 'medium',
    });
  });

  test('is the same when a migration is judged alone, after its history', async () => {
    const alone = await lintFixture('sql/migrations/20260210120000_rename_name.up.sql');
    expect(places(alone)).toEqual(places(report).filter(place => place.includes('rename_name')));
    expect(alone.summary.migrations).toBe(1);
  });

  test('is silent about what came before --start-after', async () => {
    const later = await lintFixture('sql', '--start-after', '20260217160000_customers_become_accounts');
    expect(new Set(later.findings.map(({ file }) => file.replace(/^.*\/\d+_/, '')))).toEqual(
      new Set(['archive.up.sql']),
    );
  });
});
