import type { OperationOf, Statement } from '../../operations/index.ts';
import type { Table } from '../../schema/schema.ts';
import type { State } from '../../schema/state.ts';
import { atLeast, type Server } from '../../server/server.ts';
import type { ClauseVerdict, RowVersions } from '../effects.ts';
import {
  ALGORITHMS,
  type Algorithm,
  type ChangeKind,
  copied,
  type OnlineChange,
  onlineChange,
  PERMITTED_LOCKS,
  type PermittedLock,
} from './online-changes.ts';
import { engineOf, hasFulltext } from './tables.ts';
import { releaseOf } from './versions.ts';

/** How the server makes all changes of a statement together, and what becomes of its ALGORITHM= and LOCK=. */
export interface Plan extends NaturalPlan {
  readonly verdicts: readonly ClauseVerdict[];
}

/** How the server makes them where no clause says how. */
interface NaturalPlan extends OnlineChange {
  /** Where a row version is taken, or is wanted and none is left. */
  readonly rowVersions?: RowVersions;
}

type DdlOption = OperationOf<'ddlOption'>;

/**
 * The plan of a statement: a statement takes the worst of its changes' algorithms, and the strongest of their locks.
 *
 * @param kinds - what it changes; at least one
 */
export function planOf(
  kinds: readonly ChangeKind[],
  statement: Statement,
  table: Table,
  state: State,
  server: Server,
): Plan {
  const options = statement.operations.filter(operation => operation.kind === 'ddlOption');
  const requested = (name: DdlOption['option']): DdlOption | undefined =>
    options.find(({ option, value }) => option === name && value !== 'default');
  const algorithm = requested('algorithm');
  const lock = requested('lock');
  const inPlace = server.dialect === 'mysql' && algorithm?.value === 'inplace';
  const natural = combined(kinds, inPlace, table, state, server);
  const verdicts = [
    algorithmVerdict(algorithm, natural, table, server),
    lockVerdict(lock, algorithm, natural, server),
  ].filter(verdict => verdict !== undefined);
  const chosen: NaturalPlan = algorithm?.value === 'copy' && natural.clauses === undefined ? copied(server) : natural;
  const asked = PERMITTED_LOCKS.find(permitted => permitted === lock?.value.toUpperCase()) ?? chosen.lock;
  return { ...chosen, lock: strongest(chosen.lock, asked), verdicts };
}

const strongest = (a: PermittedLock, b: PermittedLock): PermittedLock =>
  PERMITTED_LOCKS.indexOf(a) >= PERMITTED_LOCKS.indexOf(b) ? a : b;

const worst = (a: Algorithm | undefined, b: Algorithm | undefined): Algorithm | undefined => {
  if (a === undefined || b === undefined) return undefined;
  return ALGORITHMS.indexOf(a) >= ALGORITHMS.indexOf(b) ? a : b;
};

/** Beside these MariaDB still adds and drops columns instantly (measured). */
const LIGHT_ON_MARIADB: ReadonlySet<ChangeKind> = new Set(['drop index', 'drop foreign key']);

function combined(
  kinds: readonly ChangeKind[],
  inPlace: boolean,
  table: Table,
  state: State,
  server: Server,
): NaturalPlan {
  const changes = kinds.map(kind => onlineChange(kind, server));
  const isInnodb = engineOf(table) === 'innodb';
  const slow =
    inPlace ||
    !isInnodb ||
    changes.some(
      ({ algorithm }, index) =>
        algorithm !== 'INSTANT' && !(server.dialect === 'mariadb' && LIGHT_ON_MARIADB.has(kinds[index]!)),
    );
  const most = changes.find(({ rowVersionLimit }) => rowVersionLimit !== undefined)?.rowVersionLimit;
  const rowVersions = slow || most === undefined ? undefined : { used: Math.min(versionsOf(table) + 1, most), most };
  const noneLeft = most !== undefined && versionsOf(table) >= most;
  const parts = slow || noneLeft ? changes.map(change => change.otherwise ?? change) : changes;
  const algorithm = parts.map(part => part.algorithm).reduce(worst);
  const clauses = parts.find(part => part.clauses !== undefined)?.clauses;
  const plan: NaturalPlan = {
    ...(algorithm === undefined ? {} : { algorithm }),
    rebuild: parts.some(({ rebuild }) => rebuild),
    lock: parts.map(({ lock }) => lock).reduce(strongest),
    ...(clauses === undefined ? {} : { clauses }),
    ...(rowVersions === undefined ? {} : { rowVersions }),
  };
  // Only InnoDB changes tables in place, metadata apart.
  if (!isInnodb && plan.algorithm !== 'INSTANT') return copied(server);
  if (plan.rebuild && hasFulltext(table, state)) return { ...plan, lock: strongest(plan.lock, 'SHARED') };
  return plan;
}

const versionsOf = ({ rowVersions = 0 }: Table): number => rowVersions;

/** The first release that knows an ALGORITHM; those that are not listed have always been known. */
const ALGORITHM_SINCE: Readonly<Partial<Record<Algorithm, Readonly<Record<'mysql' | 'mariadb', string>>>>> = {
  INSTANT: { mysql: '8.0.12', mariadb: '10.3.7' },
  NOCOPY: { mysql: 'never', mariadb: '10.3.7' },
};

const verdict = (option: DdlOption, outcome: ClauseVerdict['outcome'], message: string): ClauseVerdict => ({
  clause: `${option.option.toUpperCase()}=${option.value.toUpperCase()}`,
  outcome,
  message,
  range: option.range,
});

function algorithmVerdict(
  option: DdlOption | undefined,
  natural: NaturalPlan,
  { name: tableName }: Table,
  server: Server,
): ClauseVerdict | undefined {
  if (option === undefined) return undefined;
  const name = option.value.toUpperCase();
  const wanted = ALGORITHMS.find(algorithm => algorithm === name);
  const since = wanted === undefined ? undefined : ALGORITHM_SINCE[wanted]?.[asMysql(server)];
  if (wanted === undefined || since === 'never' || !atLeast({ version: releaseOf(server) }, since ?? '0')) {
    return verdict(option, 'refused', `Unknown ALGORITHM '${name}'`);
  }
  if (natural.algorithm === undefined) {
    return verdict(option, 'refused', 'this statement takes no ALGORITHM clause');
  }
  if (ALGORITHMS.indexOf(wanted) >= ALGORITHMS.indexOf(natural.algorithm)) return undefined;
  if (natural.clauses === 'ignored' && wanted !== 'INPLACE') {
    return verdict(option, 'ignored', 'the server accepts the clause and copies the table all the same');
  }
  if (natural.rowVersions !== undefined) {
    const reached = `Maximum row versions reached for table ${tableName}`;
    return verdict(
      option,
      'refused',
      `${reached}. No more columns can be added or dropped instantly. Please use COPY/INPLACE`,
    );
  }
  const message = `ALGORITHM=${wanted} is not supported for this operation. Try ALGORITHM=${natural.algorithm}`;
  return verdict(option, 'refused', message);
}

function lockVerdict(
  option: DdlOption | undefined,
  algorithm: DdlOption | undefined,
  natural: OnlineChange,
  server: Server,
): ClauseVerdict | undefined {
  if (option === undefined) return undefined;
  const name = option.value.toUpperCase();
  const wanted = PERMITTED_LOCKS.find(lock => lock === name);
  if (wanted === undefined) return verdict(option, 'refused', `Unknown LOCK type '${name}'`);
  if (natural.clauses === 'syntax error') {
    return verdict(option, 'refused', 'this statement takes no LOCK clause');
  }
  // MySQL 8.4 manual, 15.1.9 "ALTER TABLE": only LOCK=DEFAULT with ALGORITHM=INSTANT.
  if (algorithm?.value === 'instant' && asMysql(server) === 'mysql') {
    return verdict(option, 'refused', 'Only LOCK=DEFAULT is permitted for operations using ALGORITHM=INSTANT');
  }
  const chosen = algorithm?.value === 'copy' ? copied(server) : natural;
  if (PERMITTED_LOCKS.indexOf(wanted) >= PERMITTED_LOCKS.indexOf(chosen.lock)) return undefined;
  const message = `LOCK=${wanted} is not supported for this operation. Try LOCK=${chosen.lock}`;
  return verdict(option, 'refused', message);
}

const asMysql = ({ dialect }: Server): 'mysql' | 'mariadb' => (dialect === 'mariadb' ? 'mariadb' : 'mysql');
