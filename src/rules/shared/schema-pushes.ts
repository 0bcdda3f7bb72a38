import { basename, dirname, sep } from 'node:path';
import type { Range, SourceFile } from '../../source/source-file.ts';

/** A place where a schema is brought to the database without migrations, in something that a deploy runs. */
export interface SchemaPush {
  readonly file: SourceFile;
  readonly range: Range;
  /** What does it, as it is written: `prisma db push`. */
  readonly what: string;
}

/** Commands that make the database's schema what the code says; from the command lines' own documentation. */
const COMMANDS = [
  String.raw`prisma(?:@[\w.-]+)?\s+db\s+push`,
  String.raw`drizzle-kit(?:@[\w.-]+)?\s+push(?::\w+)?`,
  String.raw`typeorm(?:-ts-node-\w+)?\s+schema:sync`,
  String.raw`mikro-orm(?:-esm)?\s+schema:(?:update|fresh|create)`,
  'doctrine:schema:(?:update|create)',
  'orm:schema-tool:(?:update|create)',
  String.raw`migrate\s+[^\n;&|"]*--run-syncdb`,
];

/** Calls and options of libraries that do the same when the application starts. */
const IN_CODE: readonly { readonly dependency: RegExp; readonly pattern: RegExp }[] = [
  { dependency: /"(?:@nestjs\/)?typeorm"/, pattern: /\bsynchronize\s*:\s*true\b/g },
  {
    dependency: /"sequelize(?:-typescript)?"/,
    pattern: /\.sync\(\s*\{[^{}]*\b(?:force|alter)\s*:\s*true\b/g,
  },
  { dependency: /"@mikro-orm\/core"/, pattern: /\.(?:schema|getSchemaGenerator\(\))\.update(?:Schema)?\(/g },
];

/** What Hibernate does at the start of a Spring application. */
const HIBERNATE = /^[^#\n]*\b(?:ddl-auto|hbm2ddl\.auto)\s*[:=]\s*["']?(?:update|create|create-drop)\b/gm;

/** Words that say a file, script or job is for developers and tests only. */
const ASIDE =
  /(?:^|[^a-z])(?:dev|develop|development|test|tests|testing|local|ci|e2e|mock|sandbox|preview)(?:[^a-z]|$)/i;

/** Scripts of a package that run when it is built, deployed or started. */
const DEPLOY_SCRIPT =
  /^(?:pre|post)?(?:start|build|install|prepare|deploy|release|serve|vercel-build|now-build|heroku-postbuild|railway)(?:[:-].*)?$/;

/** Shell scripts that do, by name. */
const DEPLOY_SHELL = /entry-?point|start|deploy|release|boot|run|prod|build|migrate/i;

const DEPLOY_JOB = /deploy|release|publish|prod|staging|\bcd\b/i;

/** A condition on the environment right before a call. */
const GATED = /NODE_ENV|isProd|isDev|isTest|\bprocess\.env\b|import\.meta\.env|\b(?:development|production|test)\b/i;
const GATE_LENGTH = 240;

/**
 * Every place in these files where a deploy, a build or a start of the application pushes a schema.
 *
 * @param files - what runs at a deploy, and the application's code; texts are read as needed
 */
export function findSchemaPushes(files: readonly SourceFile[]): readonly SchemaPush[] {
  const packages = files.filter(({ path }) => basename(path) === 'package.json');
  const manifests = new Map(packages.map(file => [dirname(file.path), file]));
  const scriptsOf = new Map(packages.map(file => [dirname(file.path), pushingScripts(file)]));
  return files.flatMap(file => {
    const name = basename(file.path).toLowerCase();
    const around = aroundOf(file.path, scriptsOf) ?? new Set<string>();
    if (name === 'package.json') return inPackage(file, around);
    if (/\.[mc]?[jt]s$/.test(name)) return inCode(file, aroundOf(file.path, manifests));
    if (/^application/.test(name)) return matchesIn(file, HIBERNATE);
    if (ASIDE.test(name) && !isCi(file.path)) return [];
    if (name.endsWith('.sh') && !DEPLOY_SHELL.test(name)) return [];
    const found = matchesIn(file, commandPattern(around)).filter(({ range }) => !isComment(file.text, range[0]));
    return isCi(file.path) ? found.filter(({ range }) => isDeployJob(file, range[0])) : found;
  });
}

/** The commands, and the package's own scripts that run one of them. */
function commandPattern(scripts: ReadonlySet<string>): RegExp {
  const names = [...scripts].map(name => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const ours =
    names.length === 0 ? [] : [String.raw`\b(?:npm|pnpm|yarn|bun)\s+(?:run\s+)?(?:${names.join('|')})(?![\w:.-])`];
  return new RegExp([...COMMANDS.map(command => String.raw`\b${command}\b`), ...ours].join('|'), 'g');
}

function matchesIn(file: SourceFile, pattern: RegExp): readonly SchemaPush[] {
  return [...file.text.matchAll(pattern)].map(match => {
    const what = match[0].trim();
    const start = match.index + match[0].indexOf(what);
    return { file, range: [start, start + what.length], what };
  });
}

function isComment(text: string, offset: number): boolean {
  return /^\s*(?:#|\/\/)/.test(text.slice(text.lastIndexOf('\n', offset) + 1, offset));
}

/* ---------------------------------------------------------------- Packages */

/** The scripts of a package, each with the range of its text in the file. */
function scriptsIn({ text }: SourceFile): readonly { readonly name: string; readonly range: Range }[] {
  const block = /"scripts"\s*:\s*\{/.exec(text);
  if (block === null) return [];
  const start = block.index + block[0].length;
  const end = /^(?:[^"}]|"(?:[^"\\]|\\.)*")*/.exec(text.slice(start))?.[0].length ?? 0;
  return [...text.slice(start, start + end).matchAll(/"((?:[^"\\]|\\.)*)"\s*:\s*"((?:[^"\\]|\\.)*)"/g)].map(match => {
    const close = start + match.index + match[0].length - 1;
    return { name: match[1]!, range: [close - match[2]!.length, close] };
  });
}

/** Names of the scripts that push a schema, by themselves or through another one. */
function pushingScripts(file: SourceFile): ReadonlySet<string> {
  const scripts = scriptsIn(file);
  const pushing = new Set<string>();
  for (let known = -1; known < pushing.size; ) {
    known = pushing.size;
    const pattern = commandPattern(pushing);
    for (const { name, range } of scripts) {
      pattern.lastIndex = 0;
      if (pattern.test(file.text.slice(...range))) pushing.add(name);
    }
  }
  return pushing;
}

function inPackage(file: SourceFile, pushing: ReadonlySet<string>): readonly SchemaPush[] {
  const scripts = scriptsIn(file).filter(({ name }) => DEPLOY_SCRIPT.test(name) && !ASIDE.test(name));
  return matchesIn(file, commandPattern(pushing)).filter(({ range }) =>
    scripts.some(script => script.range[0] <= range[0] && range[1] <= script.range[1]),
  );
}

/** What is known of the nearest folder at or above a file. */
function aroundOf<Value>(path: string, byFolder: ReadonlyMap<string, Value>): Value | undefined {
  let folder = dirname(path);
  while (!byFolder.has(folder) && dirname(folder) !== folder) folder = dirname(folder);
  return byFolder.get(folder);
}

/* ---------------------------------------------------------------- Code and CI */

function inCode(file: SourceFile, manifest: SourceFile | undefined): readonly SchemaPush[] {
  if (manifest === undefined || ASIDE.test(basename(file.path))) return [];
  return IN_CODE.filter(({ dependency }) => dependency.test(manifest.text))
    .flatMap(({ pattern }) => matchesIn(file, pattern))
    .filter(({ range: [start] }) => {
      const before = file.text.slice(Math.max(0, start - GATE_LENGTH), start);
      return !GATED.test(before) && !isComment(file.text, start);
    });
}

function isCi(path: string): boolean {
  return /\.github|\.circleci|\.woodpecker|gitlab-ci|-pipelines\.|jenkinsfile/i.test(
    path.split(sep).slice(-3).join('/'),
  );
}

/** Whether a place of a CI file is in a job that deploys: by the file's name, the job's, its stage or its environment. */
function isDeployJob({ path, text }: SourceFile, offset: number): boolean {
  if (DEPLOY_JOB.test(basename(path))) return true;
  const jobs = /^jobs:\s*$/m.exec(text);
  const header = jobs === null ? /^[\w.-]+:/gm : /^ {2}(?! )[\w.-]+:/gm;
  const starts = [...text.matchAll(header)].map(({ index }) => index);
  const start = starts.findLast(each => each <= offset) ?? 0;
  const job = text.slice(start, starts.find(each => each > offset) ?? text.length);
  const title = job.slice(0, job.indexOf('\n'));
  return DEPLOY_JOB.test(title) || /^\s+(?:environment:|stage:.*(?:deploy|release)|name:.*deploy)/im.test(job);
}
