import type { SourceFile } from '../../source/source-file.ts';
import {
  type ChangelogContent,
  type ChangelogError,
  type ChangelogItem,
  type ChangeSet,
  type NamedChangeSet,
  otherwiseOf,
} from './changelog.ts';
import { childrenOf, type Document, type Element, fieldOf, isFalse, isTrue, textOf } from './document.ts';
import { readXml } from './xml.ts';
import { readYaml } from './yaml.ts';

/** What stands in a changeSet beside its changes. */
const NO_CHANGES = new Set([
  ...[
    'comment',
    'preConditions',
    'preconditions',
    'rollback',
    'validCheckSum',
    'validCheckSums',
    'modifySql',
    'changeSetAttributes',
  ],
  // In YAML and JSON what XML writes as attributes.
  ...['id', 'author', 'context', 'contextFilter', 'labels', 'dbms', 'runInTransaction', 'runOnChange', 'runAlways'],
  ...['failOnError', 'logicalFilePath', 'objectQuotingStrategy', 'onValidationFail', 'runOrder', 'ignore', 'created'],
  ...['runWith', 'runWithSpoolFile'],
]);

/** Reads a changelog of XML. */
export function readXmlChangelog(file: SourceFile): ChangelogContent {
  return changelogOf(readXml(file), true);
}

/** Reads a changelog of YAML or JSON. */
export function readYamlChangelog(file: SourceFile): ChangelogContent {
  return changelogOf(readYaml(file), false);
}

function changelogOf({ root, errors, comments }: Document, isXml: boolean): ChangelogContent {
  const logicalFilePath = root === undefined ? undefined : textOf(root, 'logicalFilePath')?.trim();
  const items = itemsOf(root?.children ?? []).map(item =>
    item.kind === 'changeSet' ? { ...item, logicalFilePath: item.logicalFilePath ?? logicalFilePath } : item,
  );
  const asked = root && preconditionsIn(root);
  const databases = asked === undefined ? [] : databasesIn(asked);
  return { items, databases, errors: [...errors, ...refusalsOf(root?.children ?? [], isXml)], comments };
}

/** What Liquibase refuses of the elements; measured with 4.28: its schema of XML asks for more than the other formats. */
function refusalsOf(elements: readonly Element[], isXml: boolean): readonly ChangelogError[] {
  const missing = (element: Element, ...names: readonly string[]): readonly ChangelogError[] =>
    names
      .filter(name => (textOf(element, name)?.trim() ?? '') === '')
      .map(name => ({
        range: element.nameRange,
        message: `Liquibase refuses this file: ${element.name} has no ${name}`,
      }));
  return elements.flatMap(element => {
    if (element.name === 'changeSet') return missing(element, ...(isXml ? ['id', 'author'] : ['id']));
    if (element.name === 'include') return missing(element, 'file');
    return element.name === 'includeAll' ? missing(element, 'path') : [];
  });
}

function itemsOf(elements: readonly Element[]): readonly ChangelogItem[] {
  return elements.flatMap((element): readonly ChangelogItem[] => ITEMS[element.name]?.(element) ?? []);
}

const ITEMS: Readonly<Record<string, (element: Element) => readonly ChangelogItem[]>> = {
  changeSet: element => [changeSetOf(element)],
  include: element => includeOf(element, 'file', false),
  includeAll: element => includeOf(element, 'path', true),
  modifyChangeSets: element => itemsOf(element.children.filter(({ name }) => name.startsWith('include'))),
  property: element => {
    const file = textOf(element, 'file');
    return [
      {
        kind: 'property',
        name: textOf(element, 'name') ?? '',
        value: textOf(element, 'value') ?? '',
        ...(file === undefined ? {} : { file }),
        dbms: textOf(element, 'dbms'),
        global: !isFalse(element, 'global'),
      },
    ];
  },
};

function includeOf(element: Element, attribute: string, all: boolean): readonly ChangelogItem[] {
  const path = fieldOf(element, attribute);
  if (path === undefined || path.text.trim() === '' || isTrue(element, 'ignore')) return [];
  const depth = (name: string, otherwise: number): number =>
    Number.parseInt(textOf(element, name) ?? '', 10) || otherwise;
  const [first] = path.segments;
  return [
    {
      kind: 'include',
      all,
      path: path.text.trim(),
      range: [first!.source[0], path.segments.at(-1)!.source[1]],
      relativeToChangelogFile: isTrue(element, 'relativeToChangelogFile'),
      required: !isFalse(element, all ? 'errorIfMissingOrEmpty' : 'errorIfMissing'),
      minDepth: depth('minDepth', 1),
      maxDepth: depth('maxDepth', Number.POSITIVE_INFINITY),
      endsWith: textOf(element, 'endsWithFilter')?.trim() ?? '',
    },
  ];
}

function changeSetOf(element: Element): ChangeSet {
  const rollbacks = childrenOf(element, 'rollback');
  const preConditions = preconditionsIn(element);
  const [rollback] = rollbacks;
  return {
    kind: 'changeSet',
    id: textOf(element, 'id')?.trim() ?? '',
    author: textOf(element, 'author')?.trim() ?? '',
    range: element.range,
    head: element.nameRange,
    dbms: textOf(element, 'dbms'),
    context: `${textOf(element, 'contextFilter') ?? textOf(element, 'context') ?? ''} ${textOf(element, 'labels') ?? ''}`,
    runInTransaction: !isFalse(element, 'runInTransaction'),
    ignored: isTrue(element, 'ignore'),
    runsAgain: isTrue(element, 'runOnChange') || isTrue(element, 'runAlways'),
    logicalFilePath: textOf(element, 'logicalFilePath')?.trim(),
    otherCheckSums: element.children.some(({ name }) => /^validCheckSums?$/.test(name)),
    preconditions: preConditions && {
      range: preConditions.range,
      otherwise: otherwiseOf(textOf(preConditions, 'onFail'), textOf(preConditions, 'onError')),
      tests: preConditions,
    },
    body: {
      kind: 'elements',
      changes: element.children.filter(({ name }) => !NO_CHANGES.has(name)),
      rollback: rollbacks.length === 0 ? undefined : rollbacks.flatMap(rollbackOf),
      modifications: childrenOf(element, 'modifySql'),
    },
    rollbackTo: rollbacks.length === 1 ? namedBy(rollback!) : undefined,
  };
}

/** What tests of the kind of database ask for, but for those that ask for any other. */
function databasesIn({ name, children, ...element }: Element): readonly string[] {
  if (name === 'not') return [];
  const own = name === 'dbms' ? (textOf({ name, children, ...element }, 'type')?.split(',') ?? []) : [];
  return [...own.map(each => each.trim()), ...children.flatMap(databasesIn)];
}

/** The preconditions of a changeSet or a changelog; YAML may have them in a map of the same name. */
function preconditionsIn(element: Element): Element | undefined {
  const found = element.children.find(({ name }) => /^preconditions$/i.test(name));
  return found && (preconditionsIn(found) ?? found);
}

/** A rollback's changes, and the text in it, which is SQL and comes last. */
function rollbackOf(rollback: Element): readonly Element[] {
  const { text, children } = rollback;
  if (textOf(rollback, 'changeSetId') !== undefined) return [rollback];
  return text === undefined ? children : [...children, { ...rollback, name: 'sql', children: [] }];
}

/** The changeSet that a rollback names. */
function namedBy(rollback: Element): NamedChangeSet | undefined {
  const id = textOf(rollback, 'changeSetId')?.trim();
  if (id === undefined) return undefined;
  const author = textOf(rollback, 'changeSetAuthor')?.trim();
  return { range: rollback.range, id, author, path: textOf(rollback, 'changeSetPath')?.trim() };
}
