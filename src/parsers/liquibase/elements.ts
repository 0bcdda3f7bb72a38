import type { SourceFile } from '../../source/source-file.ts';
import type { ChangelogContent, ChangelogItem, ChangeSet } from './changelog.ts';
import { childrenOf, type Document, type Element, fieldOf, isFalse, isTrue, textOf } from './document.ts';
import { readXml } from './xml.ts';
import { readYaml } from './yaml.ts';

/** What stands in a changeSet beside its changes. */
const NO_CHANGES = new Set([
  ...['comment', 'preConditions', 'rollback', 'validCheckSum', 'modifySql', 'changeSetAttributes'],
  // In YAML and JSON what XML writes as attributes.
  ...['id', 'author', 'context', 'contextFilter', 'labels', 'dbms', 'runInTransaction', 'runOnChange', 'runAlways'],
  ...['failOnError', 'logicalFilePath', 'objectQuotingStrategy', 'onValidationFail', 'runOrder', 'ignore', 'created'],
  ...['runWith', 'runWithSpoolFile'],
]);

/** Reads a changelog of XML. */
export function readXmlChangelog(file: SourceFile): ChangelogContent {
  return changelogOf(readXml(file));
}

/** Reads a changelog of YAML or JSON. */
export function readYamlChangelog(file: SourceFile): ChangelogContent {
  return changelogOf(readYaml(file));
}

function changelogOf({ root, errors, comments }: Document): ChangelogContent {
  const items = (root?.children ?? []).flatMap(
    (element): readonly ChangelogItem[] => ITEMS[element.name]?.(element) ?? [],
  );
  return { items, errors, comments };
}

const ITEMS: Readonly<Record<string, (element: Element) => readonly ChangelogItem[]>> = {
  changeSet: element => [changeSetOf(element)],
  include: element => includeOf(element, 'file', false),
  includeAll: element => includeOf(element, 'path', true),
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
  if (path === undefined) return [];
  const [first] = path.segments;
  return [
    {
      kind: 'include',
      all,
      path: path.text.trim(),
      range: [first!.source[0], path.segments.at(-1)!.source[1]],
      relativeToChangelogFile: isTrue(element, 'relativeToChangelogFile'),
      required: !isFalse(element, all ? 'errorIfMissingOrEmpty' : 'errorIfMissing'),
    },
  ];
}

function changeSetOf(element: Element): ChangeSet {
  const rollbacks = childrenOf(element, 'rollback');
  const [preConditions] = childrenOf(element, 'preConditions');
  const onFail = preConditions === undefined ? undefined : textOf(preConditions, 'onFail');
  return {
    kind: 'changeSet',
    id: textOf(element, 'id')?.trim() ?? '',
    author: textOf(element, 'author')?.trim() ?? '',
    range: element.range,
    head: element.nameRange,
    dbms: textOf(element, 'dbms'),
    context: `${textOf(element, 'contextFilter') ?? textOf(element, 'context') ?? ''} ${textOf(element, 'labels') ?? ''}`,
    runInTransaction: !isFalse(element, 'runInTransaction'),
    passedOver: /^(?:MARK_RAN|CONTINUE)$/i.test(onFail ?? '') ? preConditions!.range : undefined,
    body: {
      kind: 'elements',
      changes: element.children.filter(({ name }) => !NO_CHANGES.has(name)),
      rollback: rollbacks.length === 0 ? undefined : rollbacks.flatMap(rollbackOf),
    },
  };
}

/** A rollback's changes; text in it is SQL. */
function rollbackOf(rollback: Element): readonly Element[] {
  const { text, children } = rollback;
  // One that names a changeSet runs that one's changes.
  if (textOf(rollback, 'changeSetId') !== undefined) return [rollback];
  return text === undefined ? children : [{ ...rollback, name: 'sql' }];
}
