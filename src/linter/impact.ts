import type { AffectedRelation, Effects } from '../effects/effects.ts';
import { countRowVersions, effects } from '../effects/index.ts';
import type { DiscoveredProject } from '../migration-tools/discovery.ts';
import type { OperationKind } from '../operations/operations.ts';
import type { Statement } from '../operations/statements.ts';
import { FRONT_ENDS } from '../parsers/index.ts';
import { applyOperation, emptyState, holdLocks, inServerOrder, statementAsDeclared } from '../schema/index.ts';
import type { State } from '../schema/state.ts';
import type { Dialect } from '../server/server.ts';
import type { Range, SourceFile } from '../source/source-file.ts';
import { tablesOf } from './finish-findings.ts';
import { closeSegment, enterStatement, openSegment, replaySegment } from './judge.ts';
import { openSession, projectResultOf, resultOf, serverOf, unreadResult } from './lint-project.ts';
import type { Migration, Segment } from './migration.ts';
import { firstNewMigration, isNewRelation, originNumber } from './new-objects.ts';
import { type ReadText, readMigration, readTextFromDisk } from './read-migration.ts';
import type { ProjectResult } from './result.ts';

/** What a run of `surefoot impact` found out. */
export interface ImpactResult {
  readonly cwd: string;
  readonly projects: readonly ProjectResult[];
  /** The statements of the migrations asked for, in the order they run; downs after their ups. */
  readonly statements: readonly StatementImpact[];
}

/** What one statement does, and where it stands. */
export interface StatementImpact {
  readonly file: SourceFile;
  readonly range: Range;
  readonly project: string;
  readonly dialect: Dialect;
  readonly migration: string;
  readonly direction: Segment['direction'];
  readonly statement: number;
  readonly operations: readonly OperationKind[];
  /** The tables that it names, as it writes them. */
  readonly tables: readonly string[];
  readonly effects: Effects;
  /** Those of its relations that the same deploy made: nobody else uses them yet. */
  readonly newRelations: readonly AffectedRelation[];
  /** Locks that earlier statements of the same transaction took and that are still held, strongest first. */
  readonly held: readonly { readonly relation: string; readonly mode: string }[];
}

export interface ImpactOptions {
  readonly cwd: string;
  readonly projects: readonly DiscoveredProject[];
  readonly read?: ReadText;
}

/**
 * Works out what each statement of the chosen migrations locks, blocks, rewrites and scans. Statements that only hold others
 * (a DO block) are left out: what they hold is listed.
 *
 * @throws the file system's error, with `path`, where a migration cannot be read
 */
export function impact({ cwd, projects, read = readTextFromDisk }: ImpactOptions): ImpactResult {
  const outcomes = projects.map(project => impactOfProject(project, read));
  return {
    cwd,
    projects: outcomes.map(({ result }) => result),
    statements: outcomes.flatMap(({ statements }) => statements),
  };
}

function impactOfProject(
  discovered: DiscoveredProject,
  read: ReadText,
): { readonly result: ProjectResult; readonly statements: readonly StatementImpact[] } {
  const frontEnd = FRONT_ENDS[discovered.dialect];
  const { server, notes } = serverOf(discovered);
  const last = discovered.migrations.findLastIndex(({ id }) => discovered.judged.has(id));
  const first = discovered.migrations.findIndex(({ id }) => discovered.judged.has(id));
  const statements: StatementImpact[] = [];
  const results: ProjectResult['migrations'][number][] = [];
  let state = emptyState(discovered.dialect, server.version);

  const visit = (migration: Migration, segment: Segment, before: State): State => {
    let current = openSegment(segment, before);
    for (const [index, statement] of segment.script.statements.entries()) {
      const at = { migration: originNumber(migration, segment.direction), statement: index };
      current = enterStatement(segment, statement, current);
      const found = effects(statementAsDeclared(current, statement), current, server);
      if (!holdsOthers(statement)) {
        statements.push({
          file: segment.file,
          range: statement.range,
          project: discovered.root,
          dialect: discovered.dialect,
          migration: migration.id,
          direction: segment.direction,
          statement: index,
          operations: statement.operations.map(({ kind }) => kind),
          tables: tablesOf(statement),
          effects: found,
          newRelations: newRelationsOf(found, current, firstNewMigration(migration, segment.direction)),
          held: heldLocks(current),
        });
      }
      const entered = current;
      for (const operation of inServerOrder(statement.operations)) current = applyOperation(current, operation, at);
      current = countRowVersions(statement, entered, current);
      const taken = found.locks.flatMap(({ id, mode }) => (id === undefined ? [] : [{ id, mode }]));
      current = holdLocks(current, taken, at);
    }
    return closeSegment(segment, current);
  };

  for (const [index, files] of discovered.migrations.entries()) {
    if (index > last) {
      results.push(unreadResult(files));
      continue;
    }
    const judged = discovered.judged.has(files.id);
    const deployStart = discovered.oneDeploy ? first : index;
    const migration = readMigration(files, discovered, { index, judged, deployStart }, frontEnd, judged, read);
    const before = openSession(state, discovered, discovered.oneDeploy && index > first);
    state = judged ? visit(migration, migration.up, before) : replaySegment(migration.up, index, before);
    if (judged && migration.down !== null) visit(migration, migration.down, openSession(state, discovered, false));
    results.push(resultOf(migration, before, state));
  }
  return { result: projectResultOf(discovered, server, results, notes), statements };
}

/** Whether a statement is only there for the statements inside it. */
function holdsOthers({ operations }: Statement): boolean {
  return operations.every(({ kind }) => kind === 'do');
}

function newRelationsOf(effects: Effects, state: State, firstNew: number): readonly AffectedRelation[] {
  const touched = [...effects.locks, ...effects.blocksReads, ...effects.blocksWrites];
  const fresh = new Map<string, AffectedRelation>();
  for (const { id, schema, name } of touched) {
    const relation = id === undefined ? undefined : state.schema.relations.get(id);
    if (isNewRelation(relation, state, firstNew)) fresh.set(`${schema}.${name}`, { schema, name });
  }
  return [...fresh.values()];
}

function heldLocks({ transaction, schema }: State): StatementImpact['held'] {
  if (transaction.status !== 'open') return [];
  return transaction.locks.flatMap(({ relation, mode }) => {
    const found = schema.relations.get(relation);
    if (found === undefined) return [];
    return [{ relation: found.schema === 'public' ? found.name : `${found.schema}.${found.name}`, mode }];
  });
}
