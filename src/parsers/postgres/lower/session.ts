import type { Operation, OperationOf } from '../../../operations/operations.ts';
import { LOCK_MODES } from '../../../operations/operations.ts';
import { anchorsOf, isWord, type Source } from '../../source-text.ts';
import type { FuncCall, Node, SelectStmt, TransactionStmt, VariableSetStmt } from '../ast.ts';
import { nodeAs, stringsOf } from '../ast.ts';
import { relationName } from '../names.ts';
import { base, type Lowerers, listed } from './lowerers.ts';

/* ---------------------------------------------------------------- SET */

/** A value of SET as text: a name, a string, a number, or what follows INTERVAL. */
function valueText(node: Node, source: Source): string | undefined {
  const cast = nodeAs(node, 'TypeCast');
  if (cast?.arg !== undefined) return valueText(cast.arg, source);
  const constant = nodeAs(node, 'A_Const');
  if (constant === undefined) return undefined;
  if (constant.sval !== undefined) {
    const value = constant.sval.sval ?? '';
    return source.text.isPlaceholder(value) ? undefined : source.text.restore(value);
  }
  if (constant.ival !== undefined) return String(constant.ival.ival ?? 0);
  if (constant.fval !== undefined) return constant.fval.fval ?? '';
  if (constant.boolval !== undefined) return constant.boolval.boolval === true ? 'true' : 'false';
  return undefined;
}

type SetParameter = OperationOf<'setParameter'>;

function parameter(
  name: string,
  texts: readonly (string | undefined)[],
  scope: SetParameter['scope'],
  source: Source,
): SetParameter {
  const values = texts.filter(text => text !== undefined);
  const known = texts.length > 0 && values.length === texts.length;
  return {
    kind: 'setParameter',
    ...base(source, source.last),
    name: name.toLowerCase(),
    ...(known ? { value: values.join(', ') } : {}),
    scope,
    values: known ? values : [],
  };
}

/** The modes of SET TRANSACTION and SET SESSION CHARACTERISTICS: each sets a parameter of its own. */
function transactionModes(node: VariableSetStmt, source: Source): readonly Operation[] {
  const isSession = node.name === 'SESSION CHARACTERISTICS';
  const scope = isSession ? 'session' : 'transaction';
  if (node.name === 'TRANSACTION SNAPSHOT') {
    return [
      parameter(
        'transaction_snapshot',
        (node.args ?? []).map(arg => valueText(arg, source)),
        scope,
        source,
      ),
    ];
  }
  return (node.args ?? []).map(arg => {
    const mode = nodeAs(arg, 'DefElem');
    const value = mode?.arg === undefined ? undefined : valueText(mode.arg, source);
    return parameter(`${isSession ? 'default_' : ''}${mode?.defname ?? ''}`, [value], scope, source);
  });
}

function lowerSet(node: VariableSetStmt, source: Source): readonly Operation[] {
  const scope = node.is_local === true ? 'transaction' : 'session';
  const name = (node.name ?? '').toLowerCase();
  switch (node.kind) {
    case 'VAR_SET_MULTI':
      return transactionModes(node, source);
    case 'VAR_SET_DEFAULT':
      return [{ kind: 'setParameter', ...base(source, source.last), name, toDefault: true, scope, values: [] }];
    case 'VAR_RESET':
      return [{ kind: 'resetParameter', ...base(source, source.last), name }];
    case 'VAR_RESET_ALL':
      return [{ kind: 'resetParameter', ...base(source, source.last) }];
    case 'VAR_SET_CURRENT':
      return [{ kind: 'setParameter', ...base(source, source.last), name, scope, values: [] }];
    default:
      return [
        parameter(
          name,
          (node.args ?? []).map(arg => valueText(arg, source)),
          scope,
          source,
        ),
      ];
  }
}

/**
 * `SELECT set_config('name', 'value', is_local)` as the parameter change that it is.
 *
 * @returns undefined where the SELECT does anything else, or where the parameter's name or the scope is not in the text
 */
export function lowerSetConfig(select: SelectStmt, source: Source): SetParameter | undefined {
  const { targetList = [], fromClause, whereClause, withClause } = select;
  if (targetList.length !== 1 || (fromClause ?? whereClause ?? withClause) !== undefined) return undefined;
  const call: FuncCall | undefined = nodeAs(nodeAs(targetList[0], 'ResTarget')?.val, 'FuncCall');
  const [schema, ...rest] = stringsOf(call?.funcname).reverse();
  if (call === undefined || schema !== 'set_config' || (rest.length > 0 && rest[0] !== 'pg_catalog')) return undefined;
  const [name, value, isLocal] = call.args ?? [];
  const local = nodeAs(isLocal, 'A_Const')?.boolval;
  const setting = name === undefined ? undefined : valueText(name, source);
  if (setting === undefined || value === undefined || local === undefined) return undefined;
  const text = valueText(value, source);
  const scope = local.boolval === true ? 'transaction' : 'session';
  const list = setting.toLowerCase() === 'search_path' && text !== undefined ? splitList(text) : [text];
  const changed = parameter(setting, list, scope, source);
  return text === '' ? { ...changed, value: '', values: [] } : changed;
}

/** The members of a list of names as the server splits it (SplitIdentifierString): quotes keep case and commas. */
function splitList(text: string): readonly string[] {
  const members = text.match(/"(?:[^"]|"")*"|[^,\s][^,]*/g) ?? [];
  return members.map(member =>
    member.startsWith('"') ? member.slice(1, -1).replaceAll('""', '"') : member.trim().toLowerCase(),
  );
}

/* ---------------------------------------------------------------- Transactions */

function lowerTransaction(node: TransactionStmt, source: Source): readonly Operation[] {
  const place = base(source, source.last);
  const chain = node.chain === true ? { chain: true as const } : {};
  const name = source.text.restore(node.savepoint_name ?? node.gid ?? '');
  switch (node.kind) {
    case 'TRANS_STMT_COMMIT':
      return [{ kind: 'commitTransaction', ...place, ...chain }];
    case 'TRANS_STMT_ROLLBACK':
      return [{ kind: 'rollbackTransaction', ...place, ...chain }];
    case 'TRANS_STMT_SAVEPOINT':
      return [{ kind: 'savepoint', ...place, name }];
    case 'TRANS_STMT_RELEASE':
      return [{ kind: 'releaseSavepoint', ...place, name }];
    case 'TRANS_STMT_ROLLBACK_TO':
      return [{ kind: 'rollbackToSavepoint', ...place, name }];
    case 'TRANS_STMT_PREPARE':
      return [{ kind: 'prepareTransaction', ...place, name }];
    case 'TRANS_STMT_COMMIT_PREPARED':
      return [{ kind: 'commitPrepared', ...place, name }];
    case 'TRANS_STMT_ROLLBACK_PREPARED':
      return [{ kind: 'rollbackPrepared', ...place, name }];
    default:
      return [{ kind: 'beginTransaction', ...place }];
  }
}

const DISCARD_TARGETS = {
  DISCARD_ALL: 'all',
  DISCARD_PLANS: 'plans',
  DISCARD_SEQUENCES: 'sequences',
  DISCARD_TEMP: 'temporary',
} as const;

/** The name of the parameter that ALTER SYSTEM, ALTER ROLE or ALTER DATABASE changes; `all` for RESET ALL. */
function settingName(node: VariableSetStmt | undefined): string {
  return node?.kind === 'VAR_RESET_ALL' ? 'all' : (node?.name ?? '').toLowerCase();
}

export const SESSION: Lowerers = {
  VariableSetStmt: lowerSet,
  TransactionStmt: lowerTransaction,
  DiscardStmt: (node, source) => [
    { kind: 'discard', ...base(source, source.last), target: DISCARD_TARGETS[node.target ?? 'DISCARD_ALL'] },
  ],
  ConstraintsSetStmt: (node, source) => [
    {
      kind: 'setConstraints',
      ...base(source, source.last),
      names:
        node.constraints === undefined
          ? 'all'
          : node.constraints.map(constraint => {
              const { schemaname, relname = '' } = nodeAs(constraint, 'RangeVar') ?? {};
              return source.text.restore(schemaname === undefined ? relname : `${schemaname}.${relname}`);
            }),
      deferred: node.deferred === true,
    },
  ],
  LockStmt: (node, source) => {
    const from = source.first + (isWord(source, source.first + 1, 'TABLE') ? 2 : 1);
    return listed(node.relations ?? [], source, from).map(({ node: relation, range, head }) => ({
      kind: 'lockTable',
      range,
      head,
      ...anchorsOf(source, { object: isWord(source, source.first + 1, 'TABLE') ? source.first + 1 : source.first }),
      table: relationName(nodeAs(relation, 'RangeVar'), source),
      mode: LOCK_MODES[(node.mode ?? 8) - 1] ?? 'AccessExclusiveLock',
      nowait: node.nowait === true,
      only: nodeAs(relation, 'RangeVar')?.inh !== true,
    }));
  },
  AlterSystemStmt: (node, source) => [
    { kind: 'alterSystem', ...base(source, source.last), name: settingName(node.setstmt) },
  ],
  AlterRoleSetStmt: (node, source) => [
    { kind: 'setRoleParameter', ...base(source, source.last), name: settingName(node.setstmt) },
  ],
  AlterDatabaseSetStmt: (node, source) => [
    { kind: 'setRoleParameter', ...base(source, source.last), name: settingName(node.setstmt) },
  ],
};
