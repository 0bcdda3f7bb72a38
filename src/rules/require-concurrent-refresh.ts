import { safeForms } from '../fixes/index.ts';
import { displayName } from '../operations/names.ts';
import { defineRule } from './rule.ts';
import { inUseAndLarge } from './shared/live-relations.ts';

export default defineRule({
  id: 'require-concurrent-refresh',
  meta: {
    description: 'Require a materialized view that is in use to be refreshed without blocking its readers.',
    cause: 'blocks',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres'],
    presets: { recommended: 'warn', strict: 'error' },
    docs: {
      failure: `Every query on the view hangs for as long as its own query takes to run.`,
      why: `\`REFRESH MATERIALIZED VIEW\` holds an ACCESS EXCLUSIVE lock on the view while it runs the query. With \`CONCURRENTLY\`
readers go on with the old rows until the new ones are in place; it needs a unique index on plain columns that covers all rows.
(PostgreSQL manual, "REFRESH MATERIALIZED VIEW".)`,
      safe: `\`\`\`sql
CREATE UNIQUE INDEX CONCURRENTLY daily_sales_day_idx ON daily_sales (day);
REFRESH MATERIALIZED VIEW CONCURRENTLY daily_sales;
\`\`\``,
      exemptions: [
        'The view was created in the same deploy.',
        'A view that the history made WITH NO DATA and never filled: nobody can read it, and CONCURRENTLY is refused.',
        'WITH NO DATA, which runs no query.',
      ],
      whenNotToUse: 'Where nothing reads the view while migrations run.',
      otherTools: {
        pgfence: 'refresh-matview-blocking',
        'postgres-language-server': 'requireConcurrentRefreshMatview',
        MigrationPilot: 'MP033',
      },
    },
    messages: {
      blocks: 'Nobody can read {{view}} until its query has run.',
    },
    examples: [
      {
        title: 'A view that is in use',
        history: 'CREATE TABLE sales (day date);\nCREATE MATERIALIZED VIEW daily AS SELECT day FROM sales;',
        up: 'REFRESH MATERIALIZED VIEW daily;',
        findings: [{ at: 'REFRESH MATERIALIZED VIEW daily', message: 'daily' }],
      },
      {
        title: 'A view that the history does not show',
        up: 'REFRESH MATERIALIZED VIEW stats.daily WITH DATA;',
        findings: [{ at: 'REFRESH MATERIALIZED VIEW stats.daily', message: 'stats.daily' }],
        inDocs: false,
      },
      {
        title: 'Concurrently',
        history: `CREATE MATERIALIZED VIEW daily AS SELECT 1 AS day;
CREATE UNIQUE INDEX daily_day ON daily (day);`,
        up: 'REFRESH MATERIALIZED VIEW CONCURRENTLY daily;',
        findings: [],
      },
      {
        title: 'A new view',
        up: 'CREATE MATERIALIZED VIEW daily AS SELECT 1 AS day WITH NO DATA;\nREFRESH MATERIALIZED VIEW daily;',
        findings: [],
      },
      {
        title: 'A view that was never filled',
        history: 'CREATE MATERIALIZED VIEW daily AS SELECT 1 AS day WITH NO DATA;',
        up: 'REFRESH MATERIALIZED VIEW daily;',
        findings: [],
      },
    ],
  },
  create(context) {
    return {
      refreshMaterializedView(operation, site) {
        if (operation.concurrently || !operation.withData) return;
        const view = context.resolve(operation.view, site.state);
        if (view?.kind === 'materialized view' && !view.populated) return;
        if (inUseAndLarge(context, site.ownEffects.blocksReads, site.state).length === 0) return;
        context.report({
          operation,
          messageId: 'blocks',
          data: { view: displayName(operation.view) },
          help: 'Refresh it CONCURRENTLY; that needs a unique index on columns of the view.',
          ...safeForms(context.server).concurrentRefresh(operation, site.state),
        });
      },
    };
  },
});
