import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findConfig } from '../config/load.ts';
import { lazyRequire } from '../lazy-require.ts';
import { FOREIGN_FOLDERS } from '../migration-tools/discover.ts';
import { VERSION } from '../version.ts';
import { MAX_FILE_BYTES } from './read-migration.ts';

/**
 * A text that changes whenever a finding in any file may change: the SQL files below a folder, the config around it, the
 * version of the rules. For caches of findings by file.
 *
 * @param cwd - absolute path of the folder
 */
export function historyFingerprint(cwd: string): string {
  const glob = lazyRequire('fast-glob') as typeof import('fast-glob');
  const files = glob.sync('**/*.sql', {
    cwd,
    caseSensitiveMatch: false,
    followSymbolicLinks: false,
    suppressErrors: true,
    ignore: FOREIGN_FOLDERS.map(name => `**/${name}/**`),
  });
  const config = findConfig(cwd);
  const hash = createHash('sha1').update(VERSION);
  for (const file of files.sort()) hash.update(`\0${file}\0`).update(contentOf(join(cwd, file)));
  if (config !== undefined) hash.update(`\0${config}\0`).update(contentOf(config));
  return hash.digest('hex');
}

/** A file's bytes; size and time of one that is too large to be read as a migration, nothing of one that is gone. */
function contentOf(path: string): Buffer | string {
  try {
    const { size, mtimeMs } = statSync(path);
    return size > MAX_FILE_BYTES ? `${size} ${mtimeMs}` : readFileSync(path);
  } catch {
    return '';
  }
}
