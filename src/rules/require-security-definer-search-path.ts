import { safeForms } from '../fixes/index.ts';
import { sameDataType } from '../operations/data-types.ts';
import { displayName } from '../operations/names.ts';
import type { OperationOf } from '../operations/operations.ts';
import { routinesNamed } from '../schema/index.ts';
import type { Routine } from '../schema/schema.ts';
import type { State } from '../schema/state.ts';
import { defineRule } from './rule.ts';

type Change = OperationOf<'createRoutine' | 'alterRoutine'>;

export default defineRule({
  id: 'require-security-definer-search-path',
  meta: {
    description: 'Require SECURITY DEFINER functions to set their search_path.',
    cause: 'access',
    scope: 'migration',
    directions: ['up'],
    dialects: ['postgres'],
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `Whoever may call the function becomes its owner, as a rule the owner of the whole database: they put a table or an operator of
their own into a schema on their search_path (every role may create temporary tables), and the function uses it with the owner's
rights.`,
      why: `The names in a function are looked up with the search_path of the caller. \`SECURITY DEFINER\` runs it with the rights of its
owner. (PostgreSQL manual, "CREATE FUNCTION", section "Writing SECURITY DEFINER Functions Safely"; CVE-2018-1058.)`,
      safe: `Set the path to schemas that only trusted roles can write to, with pg_temp last.

\`\`\`sql
CREATE FUNCTION is_member(org bigint) RETURNS boolean LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$ SELECT EXISTS (SELECT FROM members WHERE org_id = org AND user_id = current_setting('app.user_id')::bigint) $$;
\`\`\`

Or write every name with its schema and set the path to nothing: \`SET search_path = ''\`.`,
      exemptions: [
        'A function that gets its search_path by ALTER FUNCTION in the same migration, or that is dropped there.',
        'SECURITY INVOKER, which is the default.',
      ],
      whenNotToUse: 'Where only trusted roles can connect to the database.',
      otherTools: { MigrationPilot: 'MP099', splinter: 'function_search_path_mutable' },
    },
    messages: {
      open: "{{routine}} runs with its owner's rights and the caller's search_path: a caller can make it use objects of their own.",
    },
    examples: [
      {
        title: 'No search_path',
        up: "CREATE FUNCTION is_admin() RETURNS boolean LANGUAGE sql SECURITY DEFINER AS 'SELECT true';",
        findings: [{ at: 'CREATE FUNCTION is_admin', message: "owner's rights" }],
      },
      {
        title: 'Another setting is no search_path; procedures too',
        up: "CREATE OR REPLACE PROCEDURE app.p(int) LANGUAGE plpgsql SECURITY DEFINER SET work_mem = '1MB' AS $$ BEGIN END $$;",
        findings: [{ at: 'CREATE OR REPLACE PROCEDURE app.p', message: 'app.p' }],
      },
      {
        title: 'Made SECURITY DEFINER afterwards; replaced without the path that it had',
        history: `CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION g() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1';`,
        up: "ALTER FUNCTION f() SECURITY DEFINER;\nCREATE OR REPLACE FUNCTION g() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 2';",
        findings: [{ at: 'ALTER FUNCTION f' }, { at: 'CREATE OR REPLACE FUNCTION g' }],
        inDocs: false,
      },
      {
        title: 'With a search_path',
        up: "CREATE FUNCTION is_admin() RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT true';",
        findings: [],
      },
      {
        title: 'SECURITY INVOKER',
        up: "CREATE FUNCTION is_admin() RETURNS boolean LANGUAGE sql AS 'SELECT true';",
        findings: [],
      },
      {
        title: 'Given by ALTER FUNCTION, or dropped again',
        up: `CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
ALTER FUNCTION f(int) SET search_path = pg_catalog, pg_temp;
CREATE FUNCTION g() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
DROP FUNCTION g();`,
        findings: [],
      },
      {
        title: 'Only another setting is changed of one that has a path',
        history: "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1';",
        up: "ALTER FUNCTION f() SET work_mem = '1MB';",
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const definers: { readonly operation: Change; readonly statement: number }[] = [];
    return {
      createRoutine(operation, site) {
        if (operation.securityDefiner) definers.push({ operation, statement: site.index });
      },
      alterRoutine(operation, site) {
        if (operation.securityDefiner === true) definers.push({ operation, statement: site.index });
      },
      segmentEnd(state) {
        const last = new Map<Routine, { readonly operation: Change; readonly statement: number }>();
        for (const definer of definers) {
          const routine = routineOf(definer.operation, state);
          if (routine !== undefined) last.set(routine, definer);
        }
        for (const [routine, { operation, statement }] of last) {
          if (!routine.securityDefiner || routine.settings.includes('search_path')) continue;
          context.report({
            operation,
            statement,
            messageId: 'open',
            data: { routine: displayName(operation.routine) },
            help: 'Add SET search_path, with pg_temp last.',
            ...safeForms(context.server).routineSearchPath(routine),
          });
        }
      },
    };
  },
});

/** The routine that an operation makes or changes, as it is at the end; undefined where it is gone or not known. */
function routineOf({ routine: name, argumentTypes }: Change, state: State): Routine | undefined {
  const overloads = routinesNamed(state, name);
  if (argumentTypes === undefined) return overloads.at(-1);
  return overloads.find(
    other =>
      other.argumentTypes.length === argumentTypes.length &&
      other.argumentTypes.every((type, index) => sameDataType(type, { ...argumentTypes[index]!, modifiers: [] })),
  );
}
