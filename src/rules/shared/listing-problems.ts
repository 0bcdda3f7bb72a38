import type { Migration, ProjectProblem } from '../../linter/migration.ts';
import type { ListingProblem } from '../../migration-tools/migration-tool.ts';
import type { RuleContext, RuleVisitor } from '../rule.ts';

/**
 * Reports what the migration tool says of the project's files as such: each problem of one kind at its file, with the tool's
 * answer as the message `tool`.
 */
export function reportListingProblems(
  context: RuleContext,
  kind: ListingProblem['kind'],
  help: string | ((problem: ProjectProblem) => string),
): Pick<RuleVisitor, 'migration' | 'projectEnd'> {
  const hasAny = context.project.problems.some(problem => problem.kind === kind);
  const migrations = new Map<string, Migration>();
  return {
    migration(migration) {
      if (hasAny) migrations.set(migration.id, migration);
    },
    projectEnd() {
      for (const problem of context.project.problems) {
        if (problem.kind !== kind) continue;
        const { file, range, message } = problem;
        const migration = problem.migration === undefined ? undefined : migrations.get(problem.migration);
        const isItsFile = migration?.up.file.path === file.path;
        context.report({
          place: isItsFile ? { migration, segment: migration.up } : { file },
          range,
          messageId: 'tool',
          data: { answer: `${message.charAt(0).toUpperCase()}${message.slice(1)}` },
          help: problem.help ?? (typeof help === 'string' ? help : help(problem)),
        });
      }
    },
  };
}
