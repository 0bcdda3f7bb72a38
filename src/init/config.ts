import { relative, sep } from 'node:path';
import { findConfig } from '../config/load.ts';
import { newestVersion } from '../migration-tools/newest-version.ts';
import { changeOf, type Part } from './part.ts';

/** The config file, with all migrations of today as history. */
export const config: Part = repository => {
  if (findConfig(repository.root) !== undefined) return {};
  const projects = repository.projects.map(({ root, tool, dialect, dialectSource, migrations }) => ({
    path: relative(repository.root, root).split(sep).join('/') || '.',
    // What the files tell need not be written down.
    ...(dialectSource === 'flag' ? { dialect } : {}),
    startAfter: newestVersion(tool.facts.repeatable, migrations)?.id,
  }));
  const schema = 'node_modules/surefoot/config-schema.json';
  const content = {
    ...(repository.text('package.json') === undefined ? {} : { $schema: `./${schema}` }),
    preset: 'recommended',
    ...repository.takenOver,
    projects,
  };
  return changeOf(repository, 'surefoot.config.json', `${JSON.stringify(content, null, 2)}\n`);
};
