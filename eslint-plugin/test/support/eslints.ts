import { ESLint, Linter, RuleTester } from 'eslint';
import * as eslint9 from 'eslint9';
import surefoot from '../../src/index.ts';

/** Both majors that the plugin is for, in the types of the newer one: what the tests use of them is the same. */
export const ESLINTS: readonly {
  readonly major: 9 | 10;
  readonly ESLint: typeof ESLint;
  readonly Linter: typeof Linter;
  readonly RuleTester: typeof RuleTester;
}[] = [
  {
    major: 9,
    ...(eslint9 as unknown as { ESLint: typeof ESLint; Linter: typeof Linter; RuleTester: typeof RuleTester }),
  },
  { major: 10, ESLint, Linter, RuleTester },
];

/** What a test asks of ESLint: its options, with PostgreSQL unless the settings say otherwise. */
export interface RunOptions extends ESLint.Options {
  readonly config?: Linter.Config[];
  readonly settings?: Record<string, unknown>;
}

/** An ESLint that knows no config but the plugin's and what the test adds. */
export function eslintFor(
  Class: typeof ESLint,
  cwd: string,
  { config, settings, ...options }: RunOptions = {},
): ESLint {
  return new Class({
    cwd,
    overrideConfigFile: true,
    overrideConfig: [
      ...(config ?? surefoot.configs.recommended),
      { files: ['**/*.sql'], settings: { surefoot: { dialect: 'postgres', ...settings } } },
    ],
    ...options,
  });
}

/** Messages as `line:column-endLine:endColumn rule message`, severity left out. */
export function shown(messages: readonly Linter.LintMessage[]): readonly string[] {
  return messages.map(
    ({ line, column, endLine, endColumn, ruleId, message }) =>
      `${line}:${column}-${endLine ?? line}:${endColumn ?? column} ${ruleId} ${message}`,
  );
}
