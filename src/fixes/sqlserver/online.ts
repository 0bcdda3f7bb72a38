import type { ObjectName } from '../../operations/names.ts';
import type { Statement } from '../../operations/statements.ts';
import type { State } from '../../schema/state.ts';
import type { SourceFile } from '../../source/source-file.ts';
import type { SafeForm } from '../safe-forms.ts';
import { identifier, qualified, sql } from './sql.ts';

/** Kinds that take WITH (ONLINE = ON). */
const ONLINE: ReadonlySet<string> = new Set([
  ...[
    'createIndex',
    'reindex',
    'alterColumnType',
    'setNotNull',
    'dropNotNull',
    'addPrimaryKey',
    'addUnique',
    'forceRebuild',
  ],
]);

/** The statement with ONLINE = ON, or a constraint that is added unchecked and checked later. */
export function onlineForm(statement: Statement, table: ObjectName, _state: State, file: SourceFile): SafeForm {
  const text = file.text.slice(...statement.range).replace(/;\s*$/, '');
  const kinds = statement.operations.map(({ kind }) => kind).filter(kind => kind !== 'ddlOption');
  if (kinds.length > 0 && kinds.every(kind => ONLINE.has(kind))) return sql(`${withOnline(text)};`);
  const [operation] = statement.operations;
  if (kinds.length !== 1 || (operation?.kind !== 'addForeignKey' && operation?.kind !== 'addCheck')) return {};
  const { name } = operation.constraint;
  if (name === undefined) return {};
  const unchecked = text.replace(/(?:\bWITH\s+CHECK\s+)?\bADD\b/i, 'WITH NOCHECK ADD');
  return sql(
    `-- instant; holds for rows that are written from now on\n${unchecked};\n` +
      '-- when nobody uses the table: it reads every row, and the optimizer relies on the constraint from then on\n' +
      `ALTER TABLE ${qualified(table)} WITH CHECK CHECK CONSTRAINT ${identifier(name)};`,
  );
}

/** ONLINE = ON among the options of a statement, before the filegroup where it names one. */
function withOnline(text: string): string {
  const off = text.replace(/\bONLINE\s*=\s*OFF\b/i, 'ONLINE = ON');
  if (off !== text) return off;
  if (/\bWITH\s*\(/i.test(text)) return text.replace(/\bWITH\s*\(/i, 'WITH (ONLINE = ON, ');
  const filegroup = /\)(\s+ON\s+(?:\[[^\]]+\]|\w+)\s*)$/i.exec(text);
  const at = filegroup === null ? text.length : filegroup.index + 1;
  return `${text.slice(0, at)} WITH (ONLINE = ON)${text.slice(at)}`;
}
