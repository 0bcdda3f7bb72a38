import { riskOf } from '../linter/risk.ts';
import type { Operation } from '../operations/operations.ts';
import type { Comment, Statement } from '../operations/statements.ts';
import type { Range } from '../source/source-file.ts';
import { defineRule, type OperationSite } from './rule.ts';
import { SQL_DIALECTS } from './shared/dialects.ts';

interface Options {
  /** The least risk that asks for a comment. */
  readonly risk: 'medium' | 'high';
  /** How many words make a reason. */
  readonly minWords: number;
}

/** Comments that a tool reads: they tell no reason. */
const DIRECTIVE = /^[\s*]*(?:\+\w|migrate:|atlas:|liquibase|changeset\b|squawk-|pgfence-|>)/i;

export default defineRule<Options>({
  id: 'require-comment',
  meta: {
    description: 'Require a comment that says why at each risky statement.',
    cause: 'hygiene',
    scope: 'statement',
    directions: ['up'],
    dialects: SQL_DIALECTS,
    presets: { strict: 'warn' },
    optionsSchema: {
      type: 'object',
      properties: {
        risk: { enum: ['medium', 'high'], description: 'The least risk that asks for a comment.' },
        minWords: { type: 'integer', minimum: 1, description: 'How many words make a reason.' },
      },
      additionalProperties: false,
    },
    defaultOptions: { risk: 'medium', minWords: 3 },
    docs: {
      failure: `Months later, or in the middle of an outage, nobody knows why the column had to go, whether the data was copied
before, and whether it is safe to take the statement back.`,
      why: `What a statement does can be read from it; why it is right, and what was checked before, cannot. A migration is read most
when it has just gone wrong.`,
      safe: `Say why, and what makes it safe, right above the statement.

\`\`\`sql
-- Replaced by users.full_name in v1.40; no release reads it since v1.42.
ALTER TABLE users DROP COLUMN name;
\`\`\``,
      exemptions: [
        'Statements of low risk: new tables and nullable columns, indexes built concurrently, comments, grants.',
        'What was made in the same deploy.',
        'A comment inside the statement, or behind it on its last line, counts too.',
      ],
      whenNotToUse: 'Where the reasons are kept elsewhere, such as in the commit or a ticket that each file names.',
      otherTools: {},
    },
    messages: {
      missing: 'This is a change of {{risk}} risk, and no comment says why it is made or what makes it safe.',
    },
    examples: [
      {
        title: 'A column goes without a word',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, name text);',
        up: 'ALTER TABLE users DROP COLUMN name;',
        findings: [{ at: 'ALTER TABLE users', message: 'medium risk' }],
      },
      {
        title: 'A heading says what, not why',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: '-- DropTable\nDROP TABLE users;',
        findings: [{ at: 'DROP TABLE users', message: 'high risk' }],
      },
      {
        title: 'A comment belongs to the statement that follows it',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, a int, b int);',
        up: '-- a is no longer read since v2\nALTER TABLE users DROP COLUMN a;\n\nALTER TABLE users ALTER COLUMN b SET NOT NULL;',
        findings: [{ at: 'ALTER TABLE users' }],
        inDocs: false,
      },
      {
        title: "A tool's directive is no reason",
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: '-- +goose StatementBegin with more words\nDROP TABLE users;',
        findings: [{ at: 'DROP TABLE users' }],
        inDocs: false,
      },
      {
        title: 'With the reason',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, name text);',
        up: '-- Replaced by full_name in v1.40; no release reads it since v1.42.\nALTER TABLE users DROP COLUMN name;',
        findings: [],
      },
      {
        title: 'Behind the statement, or inside it',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, a int, b int);',
        up: 'ALTER TABLE users DROP COLUMN a; -- unused since v1.42\nALTER TABLE users\n  -- unused since v1.43\n  DROP COLUMN b;',
        findings: [],
      },
      {
        title: 'Low risk, and what is new',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'ALTER TABLE users ADD COLUMN name text;\nCREATE TABLE t (id int);\nALTER TABLE t RENAME TO tt;\nDROP TABLE tt;',
        findings: [],
      },
      {
        title: 'Only what is of high risk',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, name text);',
        options: { risk: 'high', minWords: 3 },
        up: 'ALTER TABLE users DROP COLUMN name;',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const { options, segment } = context;
    return {
      statement(statement, site) {
        const risk = riskOf([statement], operation => isNewTarget(operation, site));
        if (risk === 'low' || (options.risk === 'high' && risk !== 'high')) return;
        const reasons = segment.script.comments.filter(comment => isReason(comment, options.minWords));
        if (reasons.some(({ range }) => belongsTo(range, statement, segment.file.text))) return;
        context.report({ messageId: 'missing', data: { risk }, help: 'Say above it why, and what was checked.' });
      },
    };

    function isNewTarget(operation: Operation, site: OperationSite): boolean {
      const target = 'table' in operation ? operation.table : 'view' in operation ? operation.view : undefined;
      if (target === undefined) return false;
      const name = typeof target.name === 'object' ? target.name : { ...target, name: target.name };
      return context.isNew(context.resolve(name, site.state), site.state);
    }
  },
});

function isReason({ text }: Comment, minWords: number): boolean {
  return !DIRECTIVE.test(text) && (text.match(/[\p{L}\p{N}][\p{L}\p{N}_.'-]*/gu)?.length ?? 0) >= minWords;
}

/** Whether a comment stands right before a statement, inside it, or behind it on its last line. */
function belongsTo([start, end]: Range, { range }: Statement, text: string): boolean {
  if (start >= range[0] && end <= range[1]) return true;
  if (end <= range[0]) return isComments(text.slice(end, range[0]));
  return start >= range[1] && /^[ \t]*;?[ \t]*$/.test(text.slice(range[1], start));
}

/** Whether a text between a comment and a statement holds nothing but white space and further comments. */
function isComments(text: string): boolean {
  return /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*$/.test(text);
}
