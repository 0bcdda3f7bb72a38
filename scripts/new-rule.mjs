// Starts a rule: npm run new-rule -- <id>. Writes src/rules/<id>.ts from templates/rule.ts, registers it in
// src/rules/index.ts, and makes the docs and the config schema anew.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);
const id = process.argv[2] ?? '';
const file = new URL(`src/rules/${id}.ts`, root);
const index = new URL('src/rules/index.ts', root);

if (!/^[a-z]+(-[a-z0-9]+)+$/.test(id))
  fail('Give the rule an id of at least two words in kebab case: npm run new-rule -- no-x');
if (existsSync(file)) fail(`src/rules/${id}.ts is there already`);

const registered = withRule(readFileSync(index, 'utf8'), id);
const template = readFileSync(new URL('templates/rule.ts', root), 'utf8');
writeFileSync(
  file,
  template.replaceAll("'../src/rules/", "'./").replaceAll("'../src/", "'../").replaceAll("'rule-id'", `'${id}'`),
);
writeFileSync(index, registered);
for (const script of ['generate-docs.mjs', 'generate-config-schema.mjs']) {
  execFileSync(process.execPath, [fileURLToPath(new URL(`scripts/${script}`, root))], { stdio: 'inherit' });
}

process.stdout.write(`Wrote src/rules/${id}.ts. Next:

  1. Write its examples first, good and bad: they are its tests. npx vitest run test/rules -t ${id}
  2. Write its meta and its code in src/rules/${id}.ts.
  3. npm run docs, and read docs/rules/${id}.md as a user would.
  4. npm run lint && npm run typecheck && npm test
`);

/** The registry with the rule's import and entry in their sorted places. */
function withRule(source, rule) {
  const name = rule.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
  const imported = insertSorted(
    source,
    /^import (\w+) from '\.\/[\w-]+\.ts';$/gm,
    name,
    `import ${name} from './${rule}.ts';`,
  );
  const [list] =
    /RULES: readonly Rule\[\] = \[\n[^\]]*\]/.exec(imported) ?? fail('src/rules/index.ts has no list RULES');
  return imported.replace(list, insertSorted(list, /^ {2}(\w+),$/gm, name, `  ${name},`));
}

/** A text with a line put before the first of the lines like it whose name comes later, or after the last of them. */
function insertSorted(text, pattern, name, line) {
  const matches = [...text.matchAll(pattern)];
  const next = matches.find(match => match[1] > name);
  if (next !== undefined) return `${text.slice(0, next.index)}${line}\n${text.slice(next.index)}`;
  const last = matches.at(-1) ?? fail('src/rules/index.ts is not laid out as expected');
  const end = last.index + last[0].length;
  return `${text.slice(0, end)}\n${line}${text.slice(end)}`;
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}
