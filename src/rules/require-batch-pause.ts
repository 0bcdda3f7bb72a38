import { displayName } from '../operations/names.ts';
import { defineRule } from './rule.ts';
import { loopsOf, onDataChange, targetOf } from './shared/bulk-writes.ts';

export default defineRule({
  id: 'require-batch-pause',
  meta: {
    description: 'Require a commit or a pause in each round of a batch loop.',
    cause: 'data',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres'],
    presets: { strict: 'error' },
    docs: {
      failure: `The backfill takes all that the disk and the network give: queries slow down, replicas fall minutes behind, and reads
from a replica show users their data as it was.`,
      why: `A loop without COMMIT is one long transaction whose row locks pile up; without a pause it writes as fast as the server
can, which is faster than replicas replay and VACUUM cleans.`,
      safe: `Commit each batch, and sleep before the next one.

\`\`\`sql
    COMMIT;
    PERFORM pg_sleep(0.05);
\`\`\``,
      exemptions: [
        'A loop that commits or sleeps, in itself or in a loop around it.',
        'A loop over literals: its length is known.',
        'Tables created in the same deploy.',
      ],
      whenNotToUse: 'Where the database has no other users while migrations run.',
      otherTools: {},
    },
    messages: {
      breathless:
        'This loop writes to {{table}} round after round with neither a commit nor a pause: other users get no turn.',
    },
    examples: [
      {
        title: 'No commit, no pause',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, region text);',
        up: `DO $$
DECLARE lo bigint := 0;
BEGIN
  WHILE lo < 100000 LOOP
    UPDATE users SET region = 'eu' WHERE id > lo AND id <= lo + 1000;
    lo := lo + 1000;
  END LOOP;
END $$;`,
        findings: [{ at: 'UPDATE users', message: 'writes to users' }],
      },
      {
        title: 'One finding per loop',
        history: 'CREATE TABLE a (id bigint PRIMARY KEY, n int);',
        up: `DO $$
DECLARE r record;
BEGIN
  FOR r IN SELECT id FROM a LOOP
    UPDATE a SET n = 1 WHERE id = r.id;
    DELETE FROM a WHERE id = r.id;
  END LOOP;
END $$;`,
        findings: [{ at: 'UPDATE a' }],
        inDocs: false,
      },
      {
        title: 'Committed and slowed down',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, region text);',
        up: `DO $$
DECLARE lo bigint := 0;
BEGIN
  WHILE lo < 100000 LOOP
    UPDATE users SET region = 'eu' WHERE id > lo AND id <= lo + 1000;
    lo := lo + 1000;
    COMMIT;
    PERFORM pg_sleep(0.05);
  END LOOP;
END $$;`,
        findings: [],
      },
      {
        title: 'No loop',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, region text);',
        up: "UPDATE users SET region = 'eu' WHERE id BETWEEN 1 AND 1000;",
        findings: [],
      },
      {
        title: 'A loop over literals',
        history: 'CREATE TABLE plans (id int PRIMARY KEY, name text);',
        up: `DO $$
DECLARE n text;
BEGIN
  FOREACH n IN ARRAY ARRAY['a', 'b'] LOOP
    UPDATE plans SET name = upper(name) WHERE name = n;
  END LOOP;
END $$;`,
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const reported = new Set<number>();
    return onDataChange((change, blocks, site) => {
      const loops = loopsOf(blocks);
      const innermost = loops.at(-1);
      if (innermost === undefined || innermost.bound === 'literal') return;
      if (loops.some(({ commits, pauses }) => commits || pauses)) return;
      const table = targetOf(change);
      if (context.isNew(context.resolve(table, site.state), site.state) || reported.has(innermost.range[0])) return;
      reported.add(innermost.range[0]);
      context.report({
        operation: change,
        messageId: 'breathless',
        data: { table: displayName(table) },
        help: 'End each round with COMMIT; PERFORM pg_sleep(0.05); in a migration that runs outside a transaction.',
      });
    });
  },
});
