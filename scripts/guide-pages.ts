import { extname } from 'node:path';
import type { MigrationTool } from '../src/migration-tools/migration-tool.ts';
import { type GuideFile, type GuideStep, guideSteps, TOOL_GUIDES, type ToolGuide } from './guides.ts';

type Tools = Readonly<Record<string, MigrationTool>>;

/**
 * The pages of five minutes each: one per migration tool, and their index.
 *
 * @param tools - by id
 * @returns content by file name in `docs/guides/start`
 */
export function startPages(tools: Tools): ReadonlyMap<string, string> {
  const pages = TOOL_GUIDES.map(guide => [`${guide.tool}.md`, startPage(guide, tools[guide.tool]!)] as const);
  return new Map([['README.md', indexPage(tools)], ...pages]);
}

function indexPage(tools: Tools): string {
  const rows = TOOL_GUIDES.map(
    ({ tool, risky, findingIn }) =>
      `| [${tools[tool]!.title}](${tool}.md) | \`${risky.find(({ path }) => path === findingIn)!.path}\` |`,
  );
  return `# Five minutes

From an empty terminal to a finding on a pull request, by the tool that runs your migrations. Nothing has to be told: Surefoot finds out
which tool that is, in which order it runs the files, and in what transaction.

| tool | a migration of it |
|---|---|
${rows.join('\n')}

A test runs the steps of each page.
`;
}

function startPage(guide: ToolGuide, { title, facts }: MigrationTool): string {
  const steps = guideSteps(guide).map((step, index) => stepText(step, index + 1));
  const { outside } = facts;
  const way =
    outside === undefined
      ? []
      : [
          '## When a migration must not run in a transaction',
          outside === null
            ? `${title} runs every migration in a transaction, and there is no way around it: build indexes with \`CONCURRENTLY\` beside the migrations, and let the migration say \`IF NOT EXISTS\`.`
            : `\`CREATE INDEX CONCURRENTLY\` and its like refuse to run in one. To get a migration out of it: ${outside}.`,
        ];
  return `${[
    `# Five minutes with ${title}`,
    'In an empty folder; it takes git and Node 20.19 or later, no database.',
    ...steps,
    ...way,
    '## And then',
    [
      '- [Into an existing project](../../adoption.md): a baseline, only what is new, one finding at a time',
      '- [Zero-downtime playbook](../zero-downtime.md): each kind of change, step by step',
      '- [Continuous integration](../ci.md) besides GitHub, and [editors](../../eslint.md)',
    ].join('\n'),
    '---',
    '<sub>Made from [`scripts/guides.ts`](../../../scripts/guides.ts) by `npm run docs`; a test runs it.</sub>',
  ].join('\n\n')}\n`;
}

function stepText({ title, text, files, commands, after }: GuideStep, number: number): string {
  const shown = files.map(file => `\`${file.path}\`\n\n${fence(file)}`);
  const run = `\`\`\`sh\n${commands.join('\n')}\n\`\`\``;
  return [`## ${number}. ${title}`, text, ...shown, run, ...(after === undefined ? [] : [after])].join('\n\n');
}

const LANGUAGES: Readonly<Record<string, string>> = {
  '.js': 'js',
  '.ts': 'ts',
  '.sql': 'sql',
  '.json': 'json',
  '.yml': 'yaml',
  '.yaml': 'yaml',
  '.toml': 'toml',
  '.hcl': 'hcl',
  '.cs': 'csharp',
  '.csproj': 'xml',
  '.prisma': 'prisma',
  '.conf': 'ini',
  '.properties': 'ini',
};

function fence({ path, text }: GuideFile): string {
  return `\`\`\`${LANGUAGES[extname(path)] ?? 'text'}\n${text}\`\`\``;
}
