import { CAUSE_TITLES } from './causes.ts';
import { type Example, PRESETS, type Rule } from './rule.ts';

export interface PageOptions {
  /**
   * What the linter prints for a bad example, to be shown below it. Left out, the page names the words that are marked and
   * what the message says.
   */
  readonly printed?: (example: Example) => string;
}

/**
 * A rule's page as Markdown, made of its `meta` alone: the text of `docs/rules/<id>.md`, of `surefoot explain`, and of the help
 * in SARIF.
 *
 * @returns Markdown without front matter that ends with a line break
 */
export function rulePage(rule: Rule, options: PageOptions = {}): string {
  const { meta } = rule;
  const { docs } = meta;
  const sections = [
    `# ${rule.id}`,
    meta.description,
    factTable(rule),
    section('What goes wrong', docs.failure),
    section('Why', docs.why),
    section('The safe way', docs.safe),
    section('What it stays silent on', docs.exemptions.map(item => `- ${item}`).join('\n')),
    section('Examples', exampleSections(meta.examples, options)),
    section('Options', optionsSection(rule)),
    section('When not to use it', docs.whenNotToUse),
    section('What other tools call it', otherTools(docs.otherTools)),
  ];
  return `${sections.filter(text => text !== '').join('\n\n')}\n`;
}

/** The presets that have a rule, with the severity it has there: `recommended` (error), `strict` (error). */
export function presetsOf({ meta }: Rule): readonly string[] {
  return PRESETS.flatMap(preset => {
    const severity = meta.presets[preset];
    return severity === undefined || severity === 'off' ? [] : [`\`${preset}\` (${severity})`];
  });
}

function section(heading: string, text: string): string {
  return text.trim() === '' ? '' : `## ${heading}\n\n${text.trim()}`;
}

function factTable(rule: Rule): string {
  const { meta } = rule;
  const presets = presetsOf(rule);
  const rows: readonly (readonly [string, string])[] = [
    ['Cause', CAUSE_TITLES[meta.cause].heading],
    ['Presets', presets.length === 0 ? 'none: off unless configured' : presets.join(', ')],
    ['Looks at', `each ${meta.scope}, ${meta.directions.join(' and ')}`],
    ['Dialects', meta.dialects.join(', ')],
    ...(meta.fixable ? [['Fix', 'with `--fix`'] as const] : []),
    ...(meta.hasSuggestions ? [['Suggestions', 'in editors and in the report'] as const] : []),
  ];
  return ['| | |', '|---|---|', ...rows.map(([name, value]) => `| ${name} | ${tableCell(value)} |`)].join('\n');
}

function exampleSections(examples: readonly Example[], options: PageOptions): string {
  const shown = examples.filter(example => example.inDocs !== false);
  const bad = shown.filter(example => example.findings.length > 0);
  const good = shown.filter(example => example.findings.length === 0);
  return [
    ...bad.map(
      example => `### Bad: ${example.title}\n\n${exampleCode(example)}\n\n${exampleFindings(example, options)}`,
    ),
    ...good.map(example => `### Good: ${example.title}\n\n${exampleCode(example)}`),
  ].join('\n\n');
}

function exampleCode(example: Example): string {
  const conditions = [
    ...(example.dialect !== undefined ? [`dialect ${example.dialect}`] : []),
    ...(example.serverVersion !== undefined ? [`server version ${example.serverVersion}`] : []),
    ...(example.transaction !== undefined ? [`transaction \`${example.transaction}\``] : []),
    ...(example.options !== undefined ? [`options \`${JSON.stringify(example.options)}\``] : []),
    ...(example.tenant !== undefined ? [`tenant \`${JSON.stringify(example.tenant)}\``] : []),
  ];
  const otherFiles = Object.entries(example.deployFiles ?? {});
  if (otherFiles.length > 0) {
    return otherFiles.map(([name, text]) => `\`${name}\`:\n\n${fenced(text.trim(), 'text')}`).join('\n\n');
  }
  // What starts a comment in the language of the example.
  const mark = example.library === undefined ? '--' : '//';
  const parts = [
    ...historyParts(example.history, mark),
    ...(example.base === undefined ? [] : [`${mark} the same migration on the base branch\n${example.base.trim()}`]),
    example.history !== undefined || example.down !== undefined || example.base !== undefined
      ? `${mark} up\n${example.up.trim()}`
      : example.up.trim(),
    ...(example.down !== undefined ? [`${mark} down\n${example.down.trim()}`] : []),
  ];
  const code = fenced(parts.join('\n\n'), example.library === undefined ? 'sql' : 'js');
  return conditions.length === 0 ? code : `With ${conditions.join(', ')}:\n\n${code}`;
}

/** The migrations that ran before, each with its down where it has one. */
function historyParts(history: Example['history'], mark: string): readonly string[] {
  if (history === undefined) return [];
  if (typeof history === 'string') return [`${mark} what is there already\n${history.trim()}`];
  return history.map(({ up, down }, index) => {
    const label = `${mark} earlier migration ${index + 1}`;
    return down === undefined ? `${label}\n${up.trim()}` : `${label}\n${up.trim()}\n\n${mark} its down\n${down.trim()}`;
  });
}

function exampleFindings(example: Example, { printed }: PageOptions): string {
  const text = printed?.(example).trim();
  if (text !== undefined && text !== '') return fenced(text, 'text');
  return example.findings
    .map(({ at, message }) => {
      const place = at === '' ? 'Reported for the file' : `Reported at ${codeSpan(at)}`;
      return `${place}${message === undefined ? '.' : `: ${message}`}`;
    })
    .join('\n\n');
}

function optionsSection({ meta }: Rule): string {
  const properties = meta.optionsSchema?.properties;
  if (typeof properties !== 'object' || properties === null) return '';
  const defaults = (meta.defaultOptions ?? {}) as Readonly<Record<string, unknown>>;
  const rows = Object.entries(properties as Readonly<Record<string, Readonly<Record<string, unknown>>>>).map(
    ([name, schema]) =>
      `| \`${name}\` | ${tableCell(optionType(schema))} | ${tableCell(codeSpan(JSON.stringify(defaults[name] ?? null)))} | ${tableCell(String(schema.description ?? ''))} |`,
  );
  return ['| option | type | default | what it does |', '|---|---|---|---|', ...rows].join('\n');
}

function optionType(schema: Readonly<Record<string, unknown>>): string {
  const values = schema.enum;
  if (Array.isArray(values)) return values.map(value => codeSpan(JSON.stringify(value))).join(', ');
  const items = schema.items;
  if (schema.type === 'array' && typeof items === 'object' && items !== null) {
    return `list of ${optionType(items as Readonly<Record<string, unknown>>)}`;
  }
  return String(schema.type ?? 'any');
}

function otherTools(names: Readonly<Record<string, string>>): string {
  return Object.entries(names)
    .map(([tool, name]) => `- ${tool}: ${codeSpan(name)}`)
    .join('\n');
}

function tableCell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s*\n\s*/g, ' ');
}

/** Code on one line, in as many backticks as it takes. */
function codeSpan(code: string): string {
  const line = code.replace(/\s*\n\s*/g, ' ');
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map(run => run.length));
  const ticks = '`'.repeat(longest + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${ticks}${pad}${line}${pad}${ticks}`;
}

function fenced(code: string, language: string): string {
  const longest = Math.max(2, ...(code.match(/^`{3,}/gm) ?? []).map(run => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${code}\n${fence}`;
}
