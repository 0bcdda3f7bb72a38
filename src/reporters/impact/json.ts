import type { AffectedRelation } from '../../effects/effects.ts';
import type { ImpactResult, StatementImpact } from '../../linter/impact.ts';
import { positionAt } from '../../source/lines.ts';
import { relativePath } from '../paths.ts';

/**
 * The impact of each statement, for programs. Version 1: fields may be added, never changed. Relations are schema-qualified
 * unless in `public`; lock modes are named as pg_locks names them, on other servers by the one that stops the same traffic.
 */
export function impactJson(result: ImpactResult): string {
  const statements = result.statements.map(impact => entry(result.cwd, impact));
  return `${JSON.stringify({ version: 1, statements }, undefined, 2)}\n`;
}

function entry(cwd: string, impact: StatementImpact): object {
  const { effects, file, range } = impact;
  const { line, column } = positionAt(file, range[0]);
  return {
    file: relativePath(cwd, file.path),
    line,
    column,
    migration: impact.migration,
    direction: impact.direction,
    statement: impact.statement,
    text: file.text.slice(...range),
    operations: impact.operations,
    known: effects.known,
    unknowns: effects.unknowns,
    locks: effects.locks.map(lock => ({ relation: relationName(lock), mode: lock.mode })),
    heldLocks: impact.held,
    newRelations: impact.newRelations.map(relationName),
    rewrites: effects.rewrites.map(relationName),
    scans: effects.scans.map(relationName),
    indexBuilds: effects.indexBuilds.map(relationName),
    blocksReads: effects.blocksReads.map(relationName),
    blocksWrites: effects.blocksWrites.map(relationName),
    duration: effects.duration,
    releasedAt: effects.releasedAt,
    transaction: effects.transaction,
    failsOnRows: effects.failsOnRows.length > 0,
    rowFailures: effects.failsOnRows.map(({ relation, reason, anyRow, column: failing }) => ({
      relation: relationName(relation),
      reason,
      anyRow,
      ...(failing === undefined ? {} : { column: failing }),
    })),
    failures: effects.failures,
    ...(effects.algorithm === undefined ? {} : { algorithm: effects.algorithm }),
    ...whoGoesOn(impact),
    ...(effects.leastLock === undefined ? {} : { leastLock: effects.leastLock }),
    ...(effects.clauses === undefined
      ? {}
      : { clauses: effects.clauses.map(({ clause, outcome, message }) => ({ clause, outcome, message })) }),
  };
}

/** Whether the table is written anew, and who may go on meanwhile; of PostgreSQL it is in its locks. */
function whoGoesOn({ dialect, effects }: StatementImpact): object {
  const { rebuild, concurrentReads, concurrentWrites, oneWriter, online } = effects;
  const given = { rebuild, concurrentReads, concurrentWrites, oneWriter, online };
  if (dialect !== 'postgres') {
    return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  }
  return {
    rebuild: effects.rewrites.length > 0,
    concurrentReads: effects.blocksReads.length === 0,
    concurrentWrites: effects.blocksWrites.length === 0,
  };
}

/** A relation as the contract names it: without its schema where that is `public`. */
export function relationName({ schema, name }: AffectedRelation): string {
  return schema === '' || schema === 'public' ? name : `${schema}.${name}`;
}
