import { relative } from 'node:path';
import { discover, type Finding, lint, resolveConfig } from 'surefoot';
import { positionAt } from '../../../src/source/lines.ts';

/** What the command line finds below a folder, as ESLint shows it. */
export function foundByCommandLine(cwd: string): readonly string[] {
  const { projects } = discover({ cwd, paths: [] });
  const settings = resolveConfig(undefined, { preset: 'recommended' }, cwd);
  const { findings } = lint({ cwd, projects, skippedFiles: 0, settings });
  return findings
    .filter(({ severity, rule }) => severity !== 'info' || rule === 'no-unreadable-statement')
    .map(({ file, range, rule, message }: Finding) => {
      const [start, end] = range.map(offset => positionAt(file, offset));
      const place = `${start!.line}:${start!.column}-${end!.line}:${end!.column}`;
      return `${relative(cwd, file.path)} ${place} surefoot/${rule} ${message}`;
    });
}
