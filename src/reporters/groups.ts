import type { Finding } from '../linter/finding.ts';
import type { LintResult, MigrationResult, ProjectResult } from '../linter/result.ts';
import { relativePath } from './paths.ts';
import { compareByWeight } from './verdict.ts';

/** The findings of one migration, or of one file that is none. */
export interface FindingGroup {
  readonly project: ProjectResult | undefined;
  readonly migration: MigrationResult | undefined;
  readonly title: string;
  readonly findings: readonly Finding[];
}

/** Things by a key, keys in order of first mention. */
export function groupBy<T>(things: Iterable<T>, keyOf: (thing: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const thing of things) {
    const key = keyOf(thing);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [thing]);
    else group.push(thing);
  }
  return groups;
}

/** The findings by migration, in order of first mention. */
export function groupFindings(result: LintResult, findings: readonly Finding[]): readonly FindingGroup[] {
  const groups = groupBy(findings, ({ project, migration, file }) => `${project}\0${migration ?? `\0${file.path}`}`);
  const projects = new Map(result.projects.map(project => [project.root, project]));
  const migrations = new Map(
    result.projects.flatMap(({ root, migrations }) => migrations.map(each => [`${root}\0${each.id}`, each] as const)),
  );
  return [...groups.values()].map(group => {
    const { project, migration, file } = group[0]!;
    return {
      project: project === null ? undefined : projects.get(project),
      migration: migrations.get(`${project}\0${migration}`),
      title: migration ?? relativePath(result.cwd, file.path),
      findings: group,
    };
  });
}

/** The findings statement by statement, the worst of each first; findings about no statement stand alone. */
export function byStatement(findings: readonly Finding[]): readonly (readonly Finding[])[] {
  const numbered = findings.map((finding, index) => ({ finding, index }));
  const groups = groupBy(numbered, ({ finding: { direction, statement }, index }) =>
    statement === null ? `finding ${index}` : `${direction} ${statement}`,
  );
  return [...groups.values()].map(group => group.map(({ finding }) => finding).sort(compareByWeight));
}

/** Whether a finding is about no words in particular: it sits at the start of the file. */
export function isAboutFile({ range }: Finding): boolean {
  return range[0] === 0 && range[1] === 0;
}
