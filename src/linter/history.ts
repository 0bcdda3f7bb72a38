import type { DiscoveredProject } from '../migration-tools/discovery.ts';
import type { MigrationFiles } from '../migration-tools/migration-tool.ts';
import type { Script } from '../operations/statements.ts';
import type { FrontEnd } from '../parsers/front-end.ts';
import { emptyState } from '../schema/index.ts';
import type { State } from '../schema/state.ts';
import { replaySegment } from './judge.ts';
import { openSession, serverOf } from './lint-project.ts';
import { type ReadText, readMigration } from './read-migration.ts';

/** The states that a project's migrations lead through, for programs that judge one migration after the other. */
export interface History {
  readonly migrations: readonly MigrationFiles[];
  /**
   * The state that the migrations before one leave. Each is replayed when its successor is first asked for.
   *
   * @param index - position in the project's order; the number of migrations for the state that the last one leaves
   * @throws the file system's error where a migration cannot be read
   */
  stateBefore(index: number): State;
  /**
   * The history of the project as it is now: states are kept up to the first migration that is another one, or changed.
   *
   * @param isSame - whether a migration at the same position of both is the same and unchanged
   */
  renew(discovered: DiscoveredProject, isSame: (index: number) => boolean): History;
}

/** Opens the history of a project; nothing is read yet. */
export function openHistory(discovered: DiscoveredProject, frontEnd: FrontEnd, read: ReadText): History {
  return historyFrom(discovered, frontEnd, read, [emptyState(discovered.dialect, serverOf(discovered).server.version)]);
}

/** @param states - the states before the first migrations, in order; more are added as they are asked for */
function historyFrom(discovered: DiscoveredProject, frontEnd: FrontEnd, read: ReadText, states: State[]): History {
  const { migrations } = discovered;
  return {
    migrations,
    stateBefore(wanted) {
      for (let index = states.length - 1; index < wanted; index++) {
        const position = { index, judged: false, deployStart: index };
        const migration = readMigration(migrations[index]!, discovered, position, frontEnd, false, read);
        states.push(replaySegment(migration.up, index, openSession(states[index]!, discovered, false)));
      }
      return states[wanted]!;
    },
    renew(renewed, isSame) {
      const known = Math.min(states.length - 1, renewed.migrations.length);
      let same = 0;
      while (same < known && isSame(same)) same++;
      return historyFrom(renewed, frontEnd, read, states.slice(0, same + 1));
    },
  };
}

/** A front end that parses the same part of a file again only where its text is another one. */
export function rememberScripts(frontEnd: FrontEnd): FrontEnd {
  const known = new Map<string, { readonly text: string; readonly script: Script }>();
  return {
    parse(fragment) {
      const { file, text, segments } = fragment;
      const key = `${segments[0]!.source[0]} ${file.path}`;
      const before = known.get(key);
      if (before?.text === text) return before.script;
      const script = frontEnd.parse(fragment);
      known.set(key, { text, script });
      return script;
    },
  };
}
