import { findMigrations, isUsageError, lint, positionAt } from 'surefoot';

try {
  const migrations = await findMigrations({ cwd: process.cwd(), since: 'main' });
  const { findings, summary } = lint(migrations);
  for (const { severity, rule, message, file, range } of findings) {
    const { line, column } = positionAt(file, range[0]);
    console.log(`${file.path}:${line}:${column} ${severity} ${rule}: ${message}`);
  }
  process.exitCode = summary.errors > 0 ? 1 : 0;
} catch (error) {
  // A path, a config or a git ref that is wrong; anything else is a mistake of ours.
  if (!isUsageError(error)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
