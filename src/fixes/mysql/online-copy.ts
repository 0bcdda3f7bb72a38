import type { ObjectName } from '../../operations/names.ts';
import type { Operation } from '../../operations/operations.ts';
import type { Statement } from '../../operations/statements.ts';
import { resolveTable } from '../../schema/index.ts';
import type { Table } from '../../schema/schema.ts';
import type { State } from '../../schema/state.ts';
import { atLeast } from '../../server/server.ts';
import type { SourceFile } from '../../source/source-file.ts';
import type { SafeForm } from '../safe-forms.ts';
import { identifier } from './sql.ts';

/**
 * The command lines of the tools that copy a table beside the traffic. gh-ost reads the binary log and knows neither foreign keys
 * nor triggers on the table (its manual, "Requirements and limitations"); pt-online-schema-change copies by triggers, and brings
 * foreign keys along (its manual, `--alter-foreign-keys-method`, `--preserve-triggers`). Spirit is gh-ost's younger relative: MySQL 8.0
 * and later alone, a primary key, neither foreign keys nor triggers (its README, docs/migrate.md).
 */
export function onlineCopy(statement: Statement, name: ObjectName, state: State, file: SourceFile): SafeForm {
  const changes = statement.operations.filter(({ kind }) => kind !== 'ddlOption');
  const clauses = changes.map(change => clauseOf(change, file));
  if (clauses.length === 0 || clauses.some(clause => clause === undefined)) return {};
  const joined = clauses.join(', ').replace(/\s+/g, ' ');
  const alter = quoted(joined);
  const table = resolveTable(state, name);
  const keyed = hasForeignKeys(table);
  const triggers = (table?.triggers.length ?? 0) > 0;
  const added = changes.some(({ kind }) => kind === 'addForeignKey');
  const database = name.schema === undefined ? '$DATABASE' : word(name.schema);
  const lines = [`--alter ${alter}`];
  if (keyed) lines.push('--alter-foreign-keys-method=auto');
  if (triggers) lines.push('--preserve-triggers');
  lines.push(`D=${database},t=${word(name.name)} --execute`);
  const percona = `pt-online-schema-change ${lines.join(' ')}`;
  if (keyed || triggers || added) return { safeRewrite: { text: percona, language: 'sh' } };
  const ghost = `gh-ost --database=${database} --table=${word(name.name)} --alter=${alter} --execute`;
  const spirit = takesSpirit(state, table)
    ? `\n# or, where no replica has to keep up\nspirit migrate --database=${database} --statement=${quoted(`ALTER TABLE ${identifier(name.name)} ${joined}`)}`
    : '';
  return { safeRewrite: { text: `${ghost}\n# or\n${percona}${spirit}`, language: 'sh' } };
}

/** Whether Spirit copies the table: the server is one of its own, and the history shows no table without a primary key. */
function takesSpirit({ dialect, version }: State, table: Table | undefined): boolean {
  if (dialect !== 'mysql' || (version !== undefined && !atLeast({ version }, '8.0'))) return false;
  return table === undefined || !table.complete || table.constraints.some(({ type }) => type === 'primaryKey');
}

/** The clause as ALTER TABLE has it; undefined for what no ALTER TABLE says. */
function clauseOf(change: Operation, file: SourceFile): string | undefined {
  const text = file.text.slice(...change.range);
  const created =
    /^CREATE\s+((?:UNIQUE|FULLTEXT|SPATIAL)\s+)?INDEX\s+(\S+)\s+(?:USING\s+\w+\s+)?ON\s+[^(]+(\([\s\S]*\))/i.exec(text);
  if (created !== null) return `ADD ${created[1] ?? ''}INDEX ${created[2]} ${created[3]}`;
  return /^(?:CREATE|OPTIMIZE|RENAME\s+TABLE|DROP\s+INDEX\s+\S+\s+ON)\b/i.test(text) ? undefined : text;
}

function hasForeignKeys(table: Table | undefined): boolean {
  if (table === undefined) return false;
  return table.referencedBy.length > 0 || table.constraints.some(({ type }) => type === 'foreignKey');
}

/** A word of a shell's command line. */
const word = (text: string): string => (/^[\w.-]+$/.test(text) ? text : quoted(text));

/** In single quotes: the shell leaves backticks and dollars alone there. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
