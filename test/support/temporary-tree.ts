import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/**
 * Makes a folder with these files in it for the running test; it goes away with the test.
 *
 * @param files - contents by path; a path that ends in `/` is an empty folder
 * @returns the folder's absolute path, links resolved
 */
export function temporaryTree(files: Readonly<Record<string, string | Buffer>>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'surefoot-test-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  // The search for a config ends here, whatever lies above.
  if (!('.git' in files)) mkdirSync(join(root, '.git'));
  for (const [path, content] of Object.entries(files)) {
    const target = join(root, path);
    mkdirSync(path.endsWith('/') ? target : dirname(target), { recursive: true });
    if (!path.endsWith('/')) writeFileSync(target, content);
  }
  return root;
}
