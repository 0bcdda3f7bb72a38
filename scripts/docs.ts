import { resolve } from 'node:path';
import type { Finding } from '../src/linter/finding.ts';
import type { MigrationTool, SegmentTransaction } from '../src/migration-tools/migration-tool.ts';
import { prettyFindings } from '../src/reporters/pretty.ts';
import { CAUSE_TITLES } from '../src/rules/causes.ts';
import { presetsOf, rulePage } from '../src/rules/page.ts';
import { CAUSES, PRESETS, type Rule } from '../src/rules/rule.ts';
import { runExample } from '../src/rules/run-example.ts';

export const TABLE_START = '<!-- rules:start -->';
export const TABLE_END = '<!-- rules:end -->';

const WIDTH = 90;

/**
 * The generated pages: one per rule, its bad examples with what the linter prints for them, and the index of all.
 *
 * @returns content by file name in `docs/rules`
 */
export function docsPages(rules: readonly Rule[]): ReadonlyMap<string, string> {
  const pages = rules.map(rule => {
    const page = rulePage(rule, {
      printed: example => prettyFindings(asConfigured(rule, runExample(rule, example)), resolve('/example'), WIDTH),
    });
    return [`${rule.id}.md`, `${page}${originNote(rule)}`] as const;
  });
  return new Map([['README.md', indexPage(rules)], ...pages]);
}

/**
 * The README with its table of rules made anew between the markers.
 *
 * @throws Error where a marker is missing
 */
export function withRuleTable(readme: string, rules: readonly Rule[]): string {
  const start = readme.indexOf(TABLE_START);
  const end = readme.indexOf(TABLE_END);
  if (start === -1 || end < start) throw new Error(`README.md must hold ${TABLE_START} and, after it, ${TABLE_END}`);
  return `${readme.slice(0, start)}${TABLE_START}\n${ruleTable(rules)}\n${readme.slice(end)}`;
}

const SEVERITIES = { error: 'error', warn: 'warning', info: 'info' } as const;

/** The findings of an example, which runs as an error, with the severity that a user meets first. */
function asConfigured({ meta }: Rule, findings: readonly Finding[]): readonly Finding[] {
  const severities = [meta.presets.recommended, ...PRESETS.map(preset => meta.presets[preset])];
  const severity = severities.find(each => each !== undefined && each !== 'off');
  if (severity === undefined) return findings;
  return findings.map(each => (each.severity === 'error' ? { ...each, severity: SEVERITIES[severity] } : each));
}

function originNote(rule: Rule): string {
  return `\n---\n\n<sub>Made from [\`src/rules/${rule.id}.ts\`](../../src/rules/${rule.id}.ts) by \`npm run docs\`.</sub>\n`;
}

function indexPage(rules: readonly Rule[]): string {
  const groups = CAUSES.flatMap(cause => {
    const ofCause = rules.filter(rule => rule.meta.cause === cause);
    if (ofCause.length === 0) return [];
    const rows = sorted(ofCause).map(
      rule =>
        `| [\`${rule.id}\`](${rule.id}.md) | ${cell(rule.meta.description)} | ${presetsOf(rule).join(', ') || 'none'} |`,
    );
    return [
      [`## ${CAUSE_TITLES[cause].heading}`, '', '| rule | what it does | presets |', '|---|---|---|', ...rows].join(
        '\n',
      ),
    ];
  });
  const intro = 'By what goes wrong, the worst first. `surefoot explain <rule>` shows a page in the terminal.';
  return `${['# Rules', intro, ...groups].join('\n\n')}\n`;
}

function ruleTable(rules: readonly Rule[]): string {
  const rows = CAUSES.flatMap(cause =>
    sorted(rules.filter(rule => rule.meta.cause === cause)).map(
      rule =>
        `| [\`${rule.id}\`](docs/rules/${rule.id}.md) | ${cell(rule.meta.description)} | ${CAUSE_TITLES[cause].heading} | ${rule.meta.presets.recommended ?? 'off'} |`,
    ),
  );
  return ['| rule | what it does | when it is broken | recommended |', '|---|---|---|---|', ...rows].join('\n');
}

function sorted(rules: readonly Rule[]): readonly Rule[] {
  return [...rules].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s+/g, ' ');
}

const TRANSACTIONS: Readonly<Record<SegmentTransaction, string>> = {
  none: 'none',
  migration: 'one per migration',
  'all-pending': 'one around all pending migrations',
  implicit: 'around the statements of a file, which are sent together',
};

/**
 * The page about migration tools: what is known of each, as the linter uses it.
 *
 * @param tools - by id, in the order in which they are asked; the last takes what no other claims
 */
export function toolsPage(tools: Readonly<Record<string, MigrationTool>>): string {
  const rows = Object.values(tools).map(({ id, title, facts }) => {
    const { transaction, outside, downs, checksums, late } = facts;
    const way = outside === undefined ? '' : (outside ?? 'no way');
    const lateRuns = late === undefined ? 'runs it' : late === 'refused' ? 'refuses to run' : 'skips it for good';
    return `| [${title}](guides/start/${id}.md) | \`${id}\` | ${TRANSACTIONS[transaction]} | ${way} | ${downs ? 'yes' : 'no'} | ${checksums ? 'yes' : 'no'} | ${lateRuns} |`;
  });
  return `# Migration tools

Surefoot finds out which tool runs a folder's migrations by its config files, its dependencies, the names of the files and the
annotations in them; \`--tool <id>\` or \`tool\` in the configuration says it where that is not enough, and
\`surefoot --debug\` prints what was found and why a file was left out. The order, the pairing of up and down, and the transaction of each
migration are then the tool's own, opt-outs in files, names and configs included.

Generated from the adapters in [src/migration-tools](../src/migration-tools).

| tool | \`--tool\` | transaction | a migration gets out of it | downs | checksums | a new migration older than applied ones |
|---|---|---|---|---|---|---|
${rows.join('\n')}
`;
}

/** The page that leads from another linter's rules to ours, by what the rules say of other tools. */
export function otherLintersPage(rules: readonly Rule[]): string {
  const byTool = new Map<string, [theirs: string, ours: string][]>();
  for (const { id, meta } of rules) {
    for (const [tool, ids] of Object.entries(meta.docs.otherTools)) {
      const pairs = byTool.get(tool) ?? [];
      byTool.set(tool, pairs);
      for (const theirs of ids.split(/,\s*/)) pairs.push([theirs, id]);
    }
  }
  const sections = [...byTool]
    .sort(([a], [b]) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))
    .map(([tool, pairs]) => {
      const theirs = [...new Set(pairs.map(([id]) => id))].sort();
      const rows = theirs.map(id => {
        const ours = pairs.filter(pair => pair[0] === id).map(pair => `[\`${pair[1]}\`](rules/${pair[1]}.md)`);
        return `| \`${id}\` | ${ours.join(', ')} |`;
      });
      return `## ${tool}\n\n| theirs | ours |\n|---|---|\n${rows.join('\n')}\n`;
    });
  return `# From another linter

\`surefoot init --from squawk|strong-migrations|atlas|pgfence|django-migration-linter\` reads that tool's config and its comments in
the migrations, and writes a config that switches off what is switched off there. What one of their rules covers may be several of ours,
or the other way round: a rule of ours goes off only where all of theirs that it stands for are off, and the rest is said.

Generated from the rules.

${sections.join('\n')}`;
}
