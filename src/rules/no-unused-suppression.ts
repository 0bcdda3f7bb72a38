import type { TextEdit } from '../linter/finding.ts';
import type { Range } from '../source/source-file.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'no-unused-suppression',
  meta: {
    description: 'Report suppressions that silence nothing, or that name a rule that does not exist.',
    cause: 'hygiene',
    scope: 'file',
    directions: ['up', 'down'],
    dialects: ['postgres', 'mysql', 'mariadb', 'sqlite', 'sqlserver', 'mongodb'],
    presets: { recommended: 'warn', strict: 'error' },
    fixable: true,
    docs: {
      failure: `A suppression that has lost its statement, or that has a typing error in the rule's name, silences nothing today
and the wrong thing tomorrow.`,
      why: 'Suppressions are promises about one statement. One that no longer fits hides that nobody has looked.',
      safe: 'Delete it, or correct the rule it names.',
      exemptions: ['`eslint-disable` comments: ESLint reports its own.'],
      whenNotToUse: 'Where the same files are linted with several configurations, some of which switch the rule off.',
      otherTools: { squawk: 'unused-ignore' },
    },
    messages: {
      unused: 'This suppression of {{rules}} silences nothing.',
      unusedContract: 'Nothing here drops or renames {{object}}, so this contract covers nothing.',
      unproven: 'This contract does not say since when {{object}} is unused: add ": unused since <release>".',
      unknown: 'There is no rule called {{rule}}.',
    },
    examples: [
      {
        title: 'Nothing to silence',
        up: '-- surefoot-disable-next-line no-rename-table -- agreed with the team\nCREATE TABLE a (id int);',
        findings: [
          { at: '-- surefoot-disable-next-line no-rename-table -- agreed with the team', message: 'silences nothing' },
        ],
      },
      {
        title: 'A rule that does not exist',
        up: '-- surefoot-disable no-renaming -- agreed with the team\nCREATE TABLE a (id int);',
        findings: [
          { at: '-- surefoot-disable no-renaming -- agreed with the team', message: 'no rule called no-renaming' },
        ],
      },
      {
        title: 'A contract for something else',
        history: 'CREATE TABLE users (id int, name text);',
        up: `-- surefoot-contract users.nickname: unused since v1.42
ALTER TABLE users RENAME COLUMN name TO full_name;`,
        findings: [{ at: '-- surefoot-contract users.nickname: unused since v1.42', message: 'covers nothing' }],
        inDocs: false,
      },
      {
        title: 'A contract without its proof',
        history: 'CREATE TABLE users (id int, name text);',
        up: '-- surefoot-contract users.name\nALTER TABLE users RENAME COLUMN name TO full_name;',
        findings: [{ at: '-- surefoot-contract users.name', message: 'does not say since when' }],
        inDocs: false,
      },
      {
        title: 'A comment for ESLint, which reports its own',
        up: '-- eslint-disable-next-line surefoot/no-rename-table -- agreed with the team\nCREATE TABLE a (id int);',
        findings: [],
      },
    ],
  },
  create(context) {
    return {
      suppressions(suppressions, unusedContracts) {
        for (const { range, rules, silenced, eslint } of suppressions) {
          if (eslint) continue;
          for (const rule of rules) {
            if (!context.isRule(rule)) context.report({ range, messageId: 'unknown', data: { rule } });
          }
          const unused = rules.filter(rule => context.isRule(rule) && !silenced.includes(rule));
          if (unused.length > 0 || (rules.length === 0 && silenced.length === 0)) {
            context.report({
              range,
              messageId: 'unused',
              data: { rules: unused.join(', ') || 'every rule' },
              ...(unused.length === rules.length ? { fix: [removalOf(context.segment.file.text, range)] } : {}),
            });
          }
        }
        for (const { range, object, reason } of unusedContracts) {
          context.report({ range, messageId: reason === '' ? 'unproven' : 'unusedContract', data: { object } });
        }
      },
    };
  },
});

/** Takes a comment away, with its line where nothing else stands on it. */
function removalOf(text: string, [start, end]: Range): TextEdit {
  const before = /[ \t]*$/.exec(text.slice(0, start))!;
  const isFirst = before.index === 0 || text[before.index - 1] === '\n';
  const rest = /^[ \t]*(\r?\n|$)/.exec(text.slice(end));
  if (isFirst && rest !== null) return { start: before.index, end: end + rest[0].length, text: '' };
  return { start: rest === null ? start : before.index, end, text: '' };
}
