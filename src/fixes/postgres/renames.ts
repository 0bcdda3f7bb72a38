import type { OperationOf } from '../../operations/operations.ts';
import { findColumn, resolveTable } from '../../schema/index.ts';
import type { State } from '../../schema/state.ts';
import type { SafeForm } from '../safe-forms.ts';
import { besides, derivedName, identifier, qualified, sql } from './sql.ts';

/** The rename and a view under the old name, in one transaction. */
export function renamedTable(operation: OperationOf<'renameTable'>, state: State): SafeForm {
  const table = resolveTable(state, operation.table);
  const old = qualified(operation.table);
  const target = besides(operation.table, operation.newName);
  const invoker = table?.rowSecurity.enabled === true ? ' WITH (security_invoker = true)' : '';
  const grants = (table?.grantees ?? []).map(
    grantee => `GRANT SELECT, INSERT, UPDATE, DELETE ON ${old} TO ${identifier(grantee)};\n`,
  );
  return sql(
    `BEGIN;\nALTER TABLE ${old} RENAME TO ${identifier(operation.newName)};\n` +
      `CREATE VIEW ${old}${invoker} AS SELECT * FROM ${target};\n${grants.join('')}COMMIT;\n` +
      `-- a later migration, when no release uses the old name any more\nDROP VIEW ${old};`,
  );
}

/** Expand and contract: a second column, a trigger that keeps both in step, a backfill, and the old one dropped at the end. */
export function renamedColumn(operation: OperationOf<'renameColumn'>, state: State): SafeForm {
  const { table, column, newName } = operation;
  const known = resolveTable(state, table);
  const type = (known === undefined ? undefined : findColumn(known, column)?.type?.text) ?? '…';
  const [old, fresh, on] = [identifier(column), identifier(newName), qualified(table)];
  const sync = identifier(derivedName(table.name, newName, 'sync'));
  const routine = besides(table, derivedName(table.name, newName, 'sync'));
  return sql(
    `-- migration 1: expand; both columns are kept in step\n` +
      `ALTER TABLE ${on} ADD COLUMN ${fresh} ${type};\n` +
      `CREATE FUNCTION ${routine}() RETURNS trigger LANGUAGE plpgsql AS $$\n` +
      `BEGIN\n` +
      `  IF TG_OP = 'INSERT' THEN\n` +
      `    NEW.${fresh} := coalesce(NEW.${fresh}, NEW.${old});\n` +
      `    NEW.${old} := coalesce(NEW.${old}, NEW.${fresh});\n` +
      `  ELSIF NEW.${fresh} IS DISTINCT FROM OLD.${fresh} THEN\n` +
      `    NEW.${old} := NEW.${fresh};\n` +
      `  ELSE\n` +
      `    NEW.${fresh} := NEW.${old};\n` +
      `  END IF;\n` +
      `  RETURN NEW;\n` +
      `END $$;\n` +
      `CREATE TRIGGER ${sync} BEFORE INSERT OR UPDATE ON ${on}\n  FOR EACH ROW EXECUTE FUNCTION ${routine}();\n` +
      `-- migration 2: in batches by key, each committed; then release the code that uses ${newName} only\n` +
      `UPDATE ${on} SET ${fresh} = ${old} WHERE id BETWEEN 1 AND 1000 AND ${fresh} IS DISTINCT FROM ${old};\n` +
      `-- migration 3: contract, when no release uses ${column} any more\n` +
      `DROP TRIGGER ${sync} ON ${on};\nDROP FUNCTION ${routine}();\nALTER TABLE ${on} DROP COLUMN ${old};`,
  );
}
