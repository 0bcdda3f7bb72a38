import { displayName } from '../operations/names.ts';
import type { OperationOf } from '../operations/operations.ts';
import { defineRule, type OperationSite } from './rule.ts';

type Loss = OperationOf<'dropPartition' | 'truncatePartition' | 'exchangePartition'>;

export default defineRule({
  id: 'no-drop-partition',
  meta: {
    description: 'Disallow partition maintenance that deletes rows, or lets rows into the wrong partition.',
    cause: 'loses',
    scope: 'statement',
    directions: ['up'],
    dialects: ['mysql', 'mariadb'],
    presets: { recommended: 'warn', strict: 'error' },
    docs: {
      failure: `A partition is dropped to make room, and its rows are gone: no foreign key, no trigger and no binary log of rows stood in
the way. Or a table was exchanged in without a look at its rows, and those in the wrong partition are found by no query that prunes.`,
      why: `\`DROP PARTITION\` and \`TRUNCATE PARTITION\` delete all rows of a partition as one step that nothing can roll back; ON DELETE
triggers do not fire (MySQL 8.4 manual, 26.3.1 "Management of RANGE and LIST Partitions"). \`EXCHANGE PARTITION … WITHOUT VALIDATION\`
takes the rows as they are (26.3.3). All of them wait for an exclusive metadata lock on the whole table.`,
      safe: `Move the rows out first, where they may be wanted again: an exchange is instant, and can be taken back.

\`\`\`sql
CREATE TABLE logs_2019 LIKE logs;
ALTER TABLE logs_2019 REMOVE PARTITIONING;
ALTER TABLE logs EXCHANGE PARTITION p2019 WITH TABLE logs_2019;
ALTER TABLE logs DROP PARTITION p2019;
\`\`\``,
      exemptions: [
        'Partitions of a table that was created in the same deploy.',
        'A partition whose rows were exchanged for those of another table earlier in the migration.',
        'The contract phase: files under `contractPaths`, and a `surefoot-contract` comment that names the table.',
      ],
      whenNotToUse: 'Where dropping old partitions is how the data is meant to go.',
      otherTools: {},
    },
    messages: {
      drop: '{{verb}} PARTITION deletes all rows of {{partitions}} of {{table}} for good; no trigger fires, and nothing takes it back.',
      unchecked:
        'WITHOUT VALIDATION lets rows into {{partitions}} of {{table}} that belong elsewhere: queries that prune do not find them.',
    },
    examples: [
      {
        title: 'An old partition goes',
        dialect: 'mysql',
        history:
          'CREATE TABLE logs (id int) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (9), PARTITION p1 VALUES LESS THAN (99));',
        up: 'ALTER TABLE logs DROP PARTITION p0;\nALTER TABLE logs TRUNCATE PARTITION ALL;',
        findings: [
          { at: 'DROP PARTITION p0', message: 'deletes all rows of p0 of logs' },
          { at: 'TRUNCATE PARTITION ALL', message: 'every partition of logs' },
        ],
      },
      {
        title: 'An exchange that looks at no row',
        dialect: 'mysql',
        history:
          'CREATE TABLE logs (id int) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (9), PARTITION p1 VALUES LESS THAN (99));',
        up: 'ALTER TABLE logs EXCHANGE PARTITION p0 WITH TABLE staged WITHOUT VALIDATION;',
        findings: [
          { at: 'EXCHANGE PARTITION p0 WITH TABLE staged WITHOUT VALIDATION', message: 'that belong elsewhere' },
        ],
      },
      {
        title: 'The rows were moved out before',
        dialect: 'mysql',
        history:
          'CREATE TABLE logs (id int) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (9), PARTITION p1 VALUES LESS THAN (99));\nCREATE TABLE old (id int);',
        up: 'ALTER TABLE logs EXCHANGE PARTITION p0 WITH TABLE old;\nALTER TABLE logs DROP PARTITION p0;',
        findings: [],
      },
      {
        title: 'A new table, and a contract',
        dialect: 'mysql',
        history:
          'CREATE TABLE old (id int) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (9), PARTITION p1 VALUES LESS THAN (99));',
        up: `CREATE TABLE logs (id int) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (9), PARTITION p1 VALUES LESS THAN (99));
ALTER TABLE logs DROP PARTITION p0;
-- surefoot-contract old: kept in the archive since v1.42
ALTER TABLE old DROP PARTITION p0;`,
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const exchanged = new Set<string>();
    return {
      exchangePartition(operation, site) {
        exchanged.add(`${displayName(operation.table)} ${operation.partition}`.toLowerCase());
        if (!operation.validation) judge(operation, site, 'unchecked', [operation.partition]);
      },
      dropPartition(operation, site) {
        judge(operation, site, 'drop', leftOf(operation, operation.partitions));
      },
      truncatePartition(operation, site) {
        const { partitions } = operation;
        judge(operation, site, 'drop', partitions === 'all' ? ['every partition'] : leftOf(operation, partitions));
      },
    };

    /** Those whose rows were not moved out before. */
    function leftOf(operation: Loss, partitions: readonly string[]): readonly string[] {
      return partitions.filter(name => !exchanged.has(`${displayName(operation.table)} ${name}`.toLowerCase()));
    }

    function judge(
      operation: Loss,
      { state }: OperationSite,
      messageId: 'drop' | 'unchecked',
      partitions: readonly string[],
    ): void {
      const table = displayName(operation.table);
      if (partitions.length === 0 || context.isNew(context.resolve(operation.table, state), state)) return;
      if (context.isContracted(table)) return;
      context.report({
        operation,
        messageId,
        data: {
          verb: operation.kind === 'truncatePartition' ? 'TRUNCATE' : 'DROP',
          partitions: partitions.join(', '),
          table,
        },
        help:
          messageId === 'drop'
            ? 'Exchange it with an empty table first, and drop that once nobody misses the rows.'
            : 'Leave WITHOUT VALIDATION out: the server then looks that each row belongs there.',
      });
    }
  },
});
