import { createHash } from 'node:crypto';
import type { Finding, Severity } from '../linter/finding.ts';
import type { LintResult, MigrationResult, ProjectResult } from '../linter/result.ts';
import { positionAt } from '../source/lines.ts';
import { VERSION } from '../version.ts';
import { byStatement, type FindingGroup, groupBy, groupFindings, isAboutFile } from './groups.ts';
import { escapeHtml, safeUrl } from './html/escape.ts';
import { SCRIPT } from './html/script.ts';
import { excerptHtml, sqlHtml } from './html/source.ts';
import { STYLE } from './html/style.ts';
import { tablesHtml } from './html/tables.ts';
import { locksText } from './lock-modes.ts';
import { relativePath } from './paths.ts';
import { type Reporter, type ReporterOptions, reportedFindings } from './reporter.ts';
import { count } from './terminal.ts';
import { verdictsOf } from './verdict.ts';

/** Bytes after which findings are told without their source, and after which they are only counted: a page stays below 5 MB. */
const MAX_FULL = 2_800_000;
const MAX_BRIEF = 3_300_000;

const SIGNS: Readonly<Record<Severity, string>> = { error: '✖', warning: '▲', info: '●' };
const RANKS: readonly Severity[] = ['error', 'warning', 'info'];

/**
 * One page that needs nothing else, no network either: the migrations on a time line, the findings with their source beside the
 * safe form, filters by rule, severity and table. Text of the project is escaped, and a policy lets only the page's own script run.
 */
export const html: Reporter = (result, options) => {
  const findings = reportedFindings(result, options);
  const groups = groupFindings(result, findings);
  const page: Page = {
    result,
    options,
    findings,
    anchors: new Map(groups.map(({ project, migration }, index) => [anchorKey(project, migration), `m${index}`])),
    rules: indexed(findings.map(({ rule }) => rule)),
    tables: indexed(findings.flatMap(tablesOf)),
  };
  const hash = createHash('sha256').update(SCRIPT).digest('base64');
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>Surefoot: ${escapeHtml(countsText(findings))}</title>
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#findings">Skip to the findings</a>
${head(page)}
<main>
${timeLines(page)}
${overview('Rules', 'rule', page.rules, page.findings, ({ rule }) => [rule])}
${tables(page)}
<h2 id="findings" tabindex="-1">Findings</h2>
${filters(page)}
${sections(page, groups)}
</main>
<footer class="soft">Surefoot ${escapeHtml(VERSION)}</footer>
<script>${SCRIPT}</script>
</body>
</html>
`;
};

/** What the parts of the page are made of. */
interface Page {
  readonly result: LintResult;
  readonly options: ReporterOptions;
  readonly findings: readonly Finding[];
  /** Ids of the sections, by project and migration. */
  readonly anchors: ReadonlyMap<string, string>;
  /** Numbers that stand for names: shorter, and safe in attributes. */
  readonly rules: ReadonlyMap<string, number>;
  readonly tables: ReadonlyMap<string, number>;
}

function indexed(names: readonly string[]): ReadonlyMap<string, number> {
  return new Map([...new Set(names)].sort().map((name, index) => [name, index]));
}

/** The tables that a finding's statement names or locks. */
function tablesOf({ tables = [], effects }: Finding): readonly string[] {
  const locked = (effects?.locks ?? []).map(({ schema, name }) =>
    schema === '' || schema === 'public' ? name : `${schema}.${name}`,
  );
  return [...new Set([...tables.map(name => name.replace(/^public\./, '')), ...locked])];
}

function anchorKey(project: ProjectResult | undefined, migration: MigrationResult | undefined): string {
  return `${project?.root}\0${migration?.id}`;
}

function countsText(findings: readonly Finding[]): string {
  const parts = RANKS.flatMap(severity => {
    const number = findings.filter(each => each.severity === severity).length;
    return number === 0 ? [] : [count(number, severity === 'info' ? 'note' : severity)];
  });
  return parts.length === 0 ? 'nothing found' : parts.join(', ');
}

function head({ result, findings, options }: Page): string {
  const { summary } = result;
  const more = [
    ...(summary.unreadable > 0 ? [`${summary.unreadable} could not be read`] : []),
    ...(summary.suppressed > 0 ? [`${summary.suppressed} suppressed`] : []),
    ...(summary.baselined > 0 ? [`${summary.baselined} known by the baseline`] : []),
    ...(options.quiet ? ['errors only'] : []),
  ];
  const checked = `${count(summary.statements, 'statement')} in ${count(summary.migrations, 'migration')} checked`;
  const counts = RANKS.map(severity => {
    const number = findings.filter(each => each.severity === severity).length;
    return `<li class="${severity}">${SIGNS[severity]} ${count(number, severity === 'info' ? 'note' : severity)}</li>`;
  });
  const projects = result.projects.map(project => {
    const { tool, server, migrations, notes } = project;
    const judged = migrations.filter(each => each.judged).length;
    const version = `${server.dialect} ${server.version}${server.versionAssumed ? ' (assumed)' : ''}`;
    const text = `${relativePath(result.cwd, project.root)}: ${tool.title}, ${version}, ${judged} of ${migrations.length} migrations judged, the rest is history`;
    return [text, ...notes].map(each => `<li>${escapeHtml(each)}</li>`).join('');
  });
  return `<header>
<h1>Database migrations: ${escapeHtml(countsText(findings))}</h1>
<ul class="counts">${counts.join('')}</ul>
<p>${escapeHtml([checked, ...more].join(', '))}.</p>
<ul class="soft">${projects.join('')}</ul>
</header>`;
}

/** A bar per migration in order; its height and colour tell the risk of what it does, a frame that something was found. */
function timeLines(page: Page): string {
  const counts = groupBy(page.findings, ({ project, migration }) => `${project}\0${migration}`);
  const risks = new Map(
    page.options.history?.projects.flatMap(project =>
      project.migrations.map(migration => [anchorKey(project, migration), migration.risk] as const),
    ),
  );
  return page.result.projects
    .map(project => {
      const bars = project.migrations.map(migration => {
        const key = anchorKey(project, migration);
        const found = counts.get(key)?.length ?? 0;
        const risk = migration.judged ? migration.risk : risks.get(key);
        const told = risk === undefined ? '' : `${risk} risk, `;
        const said = `${migration.id}: ${told}${migration.judged ? count(found, 'finding') : 'history'}`;
        const classes = [risk, ...(migration.judged ? [] : ['past']), ...(found > 0 ? ['has'] : [])].join(' ').trim();
        const label = `title="${escapeHtml(said)}" aria-label="${escapeHtml(said)}" class="${classes}"`;
        const anchor = page.anchors.get(key);
        return `<li>${anchor === undefined ? `<span role="img" ${label}></span>` : `<a href="#${anchor}" ${label}></a>`}</li>`;
      });
      const title = relativePath(page.result.cwd, project.root);
      return `<h2>Time line${page.result.projects.length > 1 ? ` of ${escapeHtml(title)}` : ''}</h2>
<p class="soft">Oldest first. The higher, the riskier is what a migration does; a frame means findings; pale is history.</p>
<ol class="line">${bars.join('')}</ol>`;
    })
    .join('\n');
}

/** What happened to each table where the history is known; else how often each is found. */
function tables(page: Page): string {
  const { history } = page.options;
  if (history === undefined) return overview('Tables', 'table', page.tables, page.findings, tablesOf);
  return tablesHtml({
    history,
    findings: page.findings,
    tablesOf,
    numbers: page.tables,
    anchorOf: (project, migration) => page.anchors.get(`${project}\0${migration}`),
  });
}

/** How often a rule or table is found, worst first; each can be picked as a filter. */
function overview(
  title: string,
  filter: 'rule' | 'table',
  names: ReadonlyMap<string, number>,
  findings: readonly Finding[],
  namesOf: (finding: Finding) => readonly string[],
): string {
  if (names.size === 0) return '';
  const counts = new Map([...names.keys()].map(name => [name, { error: 0, warning: 0, info: 0 }]));
  for (const finding of findings) for (const name of namesOf(finding)) counts.get(name)![finding.severity]++;
  const rows = [...counts]
    .sort(([, a], [, b]) => b.error - a.error || b.warning - a.warning || b.info - a.info)
    .map(
      ([name, { error, warning, info }]) =>
        `<tr><td><button class="link" disabled data-pick="${filter}" data-value="${names.get(name)}">${escapeHtml(name)}</button><td class="n">${error}<td class="n">${warning}<td class="n">${info}`,
    );
  return `<details><summary>${title} (${names.size})</summary>
<table><thead><tr><th scope="col">${title.slice(0, -1)}<th scope="col">Errors<th scope="col">Warnings<th scope="col">Notes</thead><tbody>${rows.join('')}</tbody></table></details>`;
}

function filters({ rules, tables }: Page): string {
  const options = (names: ReadonlyMap<string, number>): string =>
    [...names].map(([name, index]) => `<option value="${index}">${escapeHtml(name)}`).join('');
  const severities = RANKS.map(
    severity => `<label><input type="checkbox" name="severity" value="${severity[0]}" checked> ${severity}</label>`,
  );
  return `<form id="filter" hidden role="search" aria-label="Filter the findings">
<label>Text <input id="q" type="search" autocomplete="off"></label>
<label>Rule <select id="rule"><option value="">all rules${options(rules)}</select></label>
<label>Table <select id="table"><option value="">all tables${options(tables)}</select></label>
<fieldset><legend>Severity</legend>${severities.join('')}</fieldset>
<button type="reset">Show all</button>
<span id="status" role="status"></span>
<span class="soft">Keys: <kbd>j</kbd> next, <kbd>k</kbd> back, <kbd>/</kbd> search</span>
</form>`;
}

function sections(page: Page, groups: readonly FindingGroup[]): string {
  if (groups.length === 0) return '<p>Nothing was found.</p>';
  const texts: string[] = [];
  let bytes = 0;
  let told = 0;
  for (const [index, group] of groups.entries()) {
    const id = `m${index}`;
    const full = bytes < MAX_FULL ? section(page, group, id, true) : '';
    const fits = full !== '' && bytes + Buffer.byteLength(full) < MAX_FULL;
    const text = fits ? full : section(page, group, id, false);
    if (bytes + Buffer.byteLength(text) > MAX_BRIEF) break;
    bytes += Buffer.byteLength(text);
    texts.push(text);
    told += group.findings.length;
  }
  const left = page.findings.length - told;
  const rest =
    left === 0
      ? ''
      : `<p>${count(left, 'more finding')} did not fit into this page: judge fewer migrations at once.</p>`;
  return texts.join('\n') + rest;
}

/** @param isFull - with source and safe forms */
function section(page: Page, group: FindingGroup, id: string, isFull: boolean): string {
  const { project, migration, title, findings } = group;
  const verdicts = verdictsOf(findings).map(({ text, severity }) => `<li class="${severity}">${escapeHtml(text)}</li>`);
  const risk = migration === undefined ? '' : ` <small class="soft">${migration.risk} risk</small>`;
  const statements = byStatement(findings).map(each => statementHtml(page, project, each, isFull));
  return `<section class="m" id="${id}"><h3>${escapeHtml(title)}${risk}</h3>
${verdicts.length === 0 ? '' : `<ul class="v">${verdicts.join('')}</ul>`}${statements.join('\n')}</section>`;
}

function statementHtml(
  { result, options, rules, tables }: Page,
  project: ProjectResult | undefined,
  findings: readonly Finding[],
  isFull: boolean,
): string {
  const [worst] = findings as readonly [Finding, ...Finding[]];
  const dialect = project?.server.dialect;
  const path = relativePath(options.repository ?? result.cwd, worst.file.path);
  const place = escapeHtml(`${path}:${positionAt(worst.file, worst.range[0]).line}`);
  const down = worst.direction === 'down' ? ' (down)' : '';
  const items = findings.map(({ severity, rule, message, help, docsUrl }) => {
    const url = safeUrl(docsUrl);
    const name = escapeHtml(rule);
    const link = url === '' ? name : `<a href="${url}">${name}</a>`;
    const advice = help === '' || !isFull ? '' : `<p class="help">${escapeHtml(help)}</p>`;
    return `<li tabindex="-1" data-s="${severity[0]}" data-r="${rules.get(rule)}"><span class="${severity}">${SIGNS[severity]} ${severity}</span> ${escapeHtml(message)} ${link}${advice}</li>`;
  });
  const safe = findings.find(({ safeRewrite }) => safeRewrite !== null)?.safeRewrite ?? null;
  const locks = worst.effects === undefined ? '' : locksText(worst.effects, dialect);
  const code = (caption: string, label: string, body: string): string =>
    `<figure><figcaption>${caption}</figcaption><pre tabindex="0" role="region" aria-label="${label}">${body}</pre></figure>`;
  const written = isAboutFile(worst)
    ? `<p class="soft">${place}${down}</p>`
    : code(place + down, 'As written', excerptHtml(worst.file, worst.range, dialect));
  const safeHtml =
    safe === null
      ? ''
      : code('Safe form', 'Safe form', safe.language === 'sql' ? sqlHtml(safe.text, dialect) : escapeHtml(safe.text));
  const shown = isFull
    ? `<div class="pair${safe === null ? '' : ' two'}">${written}${safeHtml}</div>`
    : `<p class="soft">${place}${down}</p>`;
  const named = [...new Set(findings.flatMap(tablesOf))].map(name => tables.get(name));
  return `<div class="f" data-t="${named.join(' ')}"><ul>${items.join('')}</ul>${shown}${locks === '' || !isFull ? '' : `<p class="soft">Locks: ${escapeHtml(locks)}</p>`}</div>`;
}
