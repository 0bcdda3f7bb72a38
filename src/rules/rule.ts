import type { Effects } from '../effects/effects.ts';
import type { Contract } from '../linter/contracts.ts';
import type { SafeRewrite, Suggestion, TextEdit } from '../linter/finding.ts';
import type { Migration, Project, Segment } from '../linter/migration.ts';
import type { DeployOrder, TenantSettings } from '../linter/settings.ts';
import type { Suppression } from '../linter/suppressions.ts';
import type { ToolFacts } from '../migration-tools/migration-tool.ts';
import type { ObjectName } from '../operations/names.ts';
import type { Operation, OperationKind, OperationOf } from '../operations/operations.ts';
import type { CodeFact, Statement } from '../operations/statements.ts';
import type { Origin, Relation, Table } from '../schema/schema.ts';
import type { State } from '../schema/state.ts';
import type { Dialect, Server } from '../server/server.ts';
import type { Range, SourceFile } from '../source/source-file.ts';

/**
 * A rule: everything the docs, the presets, the config schema and SARIF say of it is in `meta`; what it does is in `create`.
 * Rules know operations, the replayed state and effects; they know no dialect's syntax and no lock.
 */
export interface Rule<Options = unknown> {
  readonly id: string;
  readonly meta: RuleMeta<Options>;
  /**
   * Called for a judged segment (migration and direction) in which something happens that the visitor listens to, or once per
   * project for `scope: 'project'`. A visitor has the same keys each time, or none where there is nothing to do.
   */
  create(context: RuleContext<Options>): RuleVisitor;
}

export interface RuleMeta<Options = unknown> {
  /** What the rule prevents, in one line that starts with a verb: "Require CONCURRENTLY when an index is built on a live table." */
  readonly description: string;
  /** The worst that happens; decides the order in which findings of one statement are shown. */
  readonly cause: Cause;
  /** What it looks at: a `file` rule sees a judged file's suppressions after all other rules; a `project` rule the whole project. */
  readonly scope: 'statement' | 'migration' | 'file' | 'project';
  readonly directions: readonly ('up' | 'down')[];
  readonly dialects: readonly Dialect[];
  /**
   * Severity in each preset that says something of its own; where left out, `strict`, `multi-tenant` and `conventions` have that
   * of `recommended`, `all` the severest of any preset, and `recommended` is off.
   */
  readonly presets: Readonly<Partial<Record<Preset, RuleSeverity>>>;
  /** Options that differ from the defaults in a preset. */
  readonly presetOptions?: Readonly<Partial<Record<Preset, Partial<Options>>>>;
  readonly docs: RuleDocs;
  /** Texts by id, with `{{name}}` for the data of a report. */
  readonly messages: Readonly<Record<string, string>>;
  /** JSON Schema (draft 2020-12) of the options object; left out for a rule without options. */
  readonly optionsSchema?: Readonly<Record<string, unknown>>;
  readonly defaultOptions?: Options;
  readonly fixable?: true;
  readonly hasSuggestions?: true;
  /** Run as tests and shown on the page; at least one good and one bad. */
  readonly examples: readonly Example[];
}

/** In order of weight, as `pretty` leads with them. */
export const CAUSES = [
  'fails',
  'loses',
  'breaks',
  'blocks',
  'data',
  'rollback',
  'hygiene',
  'access',
  'schema',
] as const;
export type Cause = (typeof CAUSES)[number];

export const PRESETS = ['recommended', 'strict', 'multi-tenant', 'conventions', 'all'] as const;
export type Preset = (typeof PRESETS)[number];
export type RuleSeverity = 'error' | 'warn' | 'info' | 'off';

/** The rule's page, part by part; Markdown. */
export interface RuleDocs {
  /** What a user sees in production when this goes wrong. */
  readonly failure: string;
  /** Why: the lock, the loss, the code that breaks; with the source of non-obvious facts. */
  readonly why: string;
  /** The safe pattern in full. */
  readonly safe: string;
  /** What the rule stays silent on, one item each. */
  readonly exemptions: readonly string[];
  /** When to switch it off. */
  readonly whenNotToUse: string;
  /** Where a plugin's rule is documented. */
  readonly url?: string;
  /** What other tools call it: `{ squawk: 'require-concurrent-index-creation' }`. */
  readonly otherTools: Readonly<Record<string, string>>;
}

/** One migration (after an optional history), linted with this rule alone. */
export interface Example {
  readonly title: string;
  readonly dialect?: Dialect;
  /** The newest known version when left out. */
  readonly serverVersion?: string;
  /** Migrations that ran before this deploy: SQL of one, or several in order. */
  readonly history?: string | readonly { readonly up: string; readonly down?: string }[];
  readonly up: string;
  /** Left out: no down file. */
  readonly down?: string;
  readonly transaction?: 'none' | 'migration' | 'all-pending' | 'implicit';
  /** Id of the tool whose JavaScript `up` is, and on MongoDB the history too; SQL when left out. */
  readonly library?: string;
  readonly options?: unknown;
  /** The configuration's `tenant`; its defaults where left out. */
  readonly tenant?: Partial<TenantSettings>;
  /** Other parts of the configuration that decide about it. */
  readonly settings?: {
    readonly deployOrder?: DeployOrder;
    /** Its files are under `contractPaths`. */
    readonly contractPath?: true;
    /** Every table is listed under `smallTables`. */
    readonly smallTables?: true;
  };
  /** What the tool says to the new migration's file as such: `duplicate version: goose refuses to run`. */
  readonly problem?: string;
  /** What the tool does with a migration that comes late; the new migration is then one before the last of the history. */
  readonly late?: ToolFacts['late'];
  /** Text of the new migration's file on the base branch. */
  readonly base?: string;
  /** Other files around the project, by name: what runs at a deploy. */
  readonly deployFiles?: Readonly<Record<string, string>>;
  /** Empty: the example is good. Otherwise each finding's exact text in the file and the message it must hold. */
  readonly findings: readonly {
    readonly at: string;
    readonly message?: string;
    readonly direction?: 'up' | 'down' | null;
  }[];
  /** False keeps it off the docs page. */
  readonly inDocs?: false;
}

/** What a rule's visitor gets with each operation: the state right before it, and where it is. */
export interface OperationSite {
  readonly statement: Statement;
  /** Index in the segment. */
  readonly index: number;
  /** The state the operation meets: earlier operations of the same statement applied. */
  readonly state: State;
  /** What the whole statement does; computed when first asked for. */
  readonly effects: Effects;
  /**
   * What the operation alone does, in the state it meets: tells which sub-command of an ALTER TABLE rewrites or scans. The
   * statement's own effects where it has one operation. Computed when first asked for.
   */
  readonly ownEffects: Effects;
}

/** Handlers by operation kind, and the events around them. */
export type RuleVisitor = {
  readonly [Kind in OperationKind]?: (operation: OperationOf<Kind>, site: OperationSite) => void;
} & {
  /** Each statement, before its operations. */
  readonly statement?: (statement: Statement, site: OperationSite) => void;
  /** Each operation of any kind, before its own handler. */
  readonly operation?: (operation: Operation, site: OperationSite) => void;
  /** Each thing of a migration's code that is no statement, after the statements. */
  readonly codeFact?: (fact: CodeFact) => void;
  /** The segment's end, with the state it leaves; not for visitors that listen to more than this and heard none of it. */
  readonly segmentEnd?: (state: State) => void;
  /** `scope: 'project'`: each migration of the project in order, judged or history, with the state its up leaves. */
  readonly migration?: (migration: Migration, after: State) => void;
  /** `scope: 'project'`: all migrations were visited. */
  readonly projectEnd?: (state: State) => void;
  /** `scope: 'file'`: the suppressions of a judged file, after they were applied to the findings of all other rules. */
  readonly suppressions?: (suppressions: readonly AppliedSuppression[], unusedContracts: readonly Contract[]) => void;
};

/** A suppression with what it silenced. */
export interface AppliedSuppression extends Suppression {
  /** Rules it silenced a finding of. */
  readonly silenced: readonly string[];
}

/** What a rule knows of its surroundings, and where it reports. */
export interface RuleContext<Options = unknown> {
  readonly options: Options;
  readonly server: Server;
  readonly project: Project;
  /** The migration and direction at hand; for `scope: 'project'` the newest, and reports name their own. */
  readonly migration: Migration;
  readonly segment: Segment;
  /** Whether the code that needs a migration is deployed before or after it. */
  readonly deployOrder: DeployOrder;
  readonly tenant: TenantSettings;
  /** The state before the segment's first statement. */
  readonly before: State;
  /** The state before the migration's up: what a down should lead back to. */
  readonly beforeUp: State;
  report(report: Report): void;
  /** Whether the object was made in this deploy, or is temporary, or is a partition of a new table: nobody else uses it yet. */
  isNew(relation: Relation | undefined, state: State): boolean;
  isNewOrigin(origin: Origin | undefined): boolean;
  /**
   * Whether the migration is in the contract phase for an object: its file is under `contractPaths`, or a `surefoot-contract`
   * comment names the object and says since when it is unused.
   *
   * @param names - the ways the object may be written: `users.legacy`, `public.users.legacy`
   */
  isContracted(...names: readonly string[]): boolean;
  /** Whether a rule of that id exists. */
  isRule(id: string): boolean;
  /** The relation a name means in a state; undefined where it is not known. */
  resolve(name: ObjectName, state: State): Relation | undefined;
  resolveTable(name: ObjectName, state: State): Table | undefined;
  /** Whether the table is one that the configuration lists as small: durations do not matter there. */
  isSmall(name: ObjectName): boolean;
}

export interface Report {
  /** What it is about; its `head` is marked unless `range` says otherwise. */
  readonly operation?: Operation;
  readonly range?: Range;
  /** Where it is, for rules of scope `project`; the segment at hand when left out. */
  readonly place?: ReportPlace;
  /** The direction it is about, where that is not the segment's: a missing down is reported in the up's file. */
  readonly direction?: Segment['direction'];
  /** Index of the statement; taken from the site being visited when left out. */
  readonly statement?: number;
  readonly messageId: string;
  readonly data?: Readonly<Record<string, string | number>>;
  /** What to do, in a sentence or two, `{{name}}` filled from `data`. */
  readonly help?: string;
  /** Lowers or raises this one finding: `warn` for the milder form of a rule. Never above what the user configured. */
  readonly severity?: RuleSeverity;
  readonly safeRewrite?: SafeRewrite;
  readonly fix?: readonly TextEdit[];
  readonly suggestions?: readonly Suggestion[];
}

/** A migration's segment, or a file that is no migration. */
export type ReportPlace =
  | { readonly migration: Migration; readonly segment: Segment }
  | { readonly migration?: never; readonly file: SourceFile };

/** Declares a rule; gives its options their type. */
export function defineRule<Options = Record<string, never>>(rule: Rule<Options>): Rule<Options> {
  return rule;
}
