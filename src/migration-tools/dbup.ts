import { dirname, join } from 'node:path';
import { LIKELY } from './evidence.ts';
import { compareText } from './file-order.ts';
import type { FolderTree, MigrationTool, SegmentTransaction } from './migration-tool.ts';
import { listSingleFiles } from './single-files.ts';

const NAME = /^(.+)\.sql$/i;

/** How many folders above the scripts the project of .NET is looked for in. */
const MOST_LEVELS = 4;

/** What the code that runs the scripts asks for; DbUp's default is none. */
const TRANSACTIONS: readonly { readonly call: RegExp; readonly transaction: SegmentTransaction }[] = [
  { call: /\.WithTransactionPerScript\s*\(/, transaction: 'migration' },
  { call: /\.WithTransaction\s*\(/, transaction: 'all-pending' },
];

/**
 * DbUp: scripts in the order of their names, forward only, known by their whole name; in no transaction unless the code that runs
 * them asks for one. From DbUp's documentation, "Transactions".
 */
export const dbup: MigrationTool = {
  id: 'dbup',
  title: 'DbUp',
  facts: { transaction: 'none', downs: false, checksums: false, session: 'shared' },
  detect(folder, tree) {
    const isOurs = folder.files.some(name => NAME.test(name)) && runnerOf(folder.path, tree) !== undefined;
    return isOurs ? { root: folder.path, confidence: LIKELY } : undefined;
  },
  list(project, tree) {
    const code = runnerOf(project.root, tree) ?? '';
    const transaction = TRANSACTIONS.find(({ call }) => call.test(code))?.transaction ?? 'none';
    return listSingleFiles(project, {
      name: NAME,
      compare: compareText,
      transaction,
      otherReason: 'no script of DbUp',
    });
  },
};

/** The code beside the nearest .NET project around the scripts, where that project depends on DbUp. */
function runnerOf(path: string, tree: FolderTree): string | undefined {
  let current = path;
  for (let level = 0; level < MOST_LEVELS; level++) {
    const files = tree.folder(current)?.files ?? [];
    const project = files.find(name => /\.(?:cs|fs|vb)proj$/.test(name));
    if (project !== undefined) {
      if (!/Include="dbup(?:-[\w.]+)?"/i.test(tree.text(join(current, project)) ?? '')) return undefined;
      return files
        .filter(name => /\.(?:cs|fs|vb)$/.test(name))
        .map(name => tree.text(join(current, name)) ?? '')
        .join('\n');
    }
    current = dirname(current);
  }
  return undefined;
}
