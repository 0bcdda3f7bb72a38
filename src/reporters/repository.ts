import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The root of the repository around a folder; undefined outside of one. */
export function repositoryOf(cwd: string): string | undefined {
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}
