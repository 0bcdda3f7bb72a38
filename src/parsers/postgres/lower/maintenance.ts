import type { ObjectName } from '../../../operations/names.ts';
import { rangeOf, type Source, wholeRange } from '../../source-text.ts';
import type { Node } from '../ast.ts';
import { nodeAs } from '../ast.ts';
import { isOn, optionNamed } from '../definitions.ts';
import { relationName } from '../names.ts';
import { base, baseTo, baseWords, type Lowerers } from './lowerers.ts';

function vacuumed(nodes: readonly Node[] | undefined, source: Source): readonly ObjectName[] {
  return (nodes ?? []).map(node => relationName(nodeAs(node, 'VacuumRelation')?.relation, source));
}

export const MAINTENANCE: Lowerers = {
  VacuumStmt: (node, source) => {
    const tables = vacuumed(node.rels, source);
    const first = nodeAs(node.rels?.[0], 'VacuumRelation')?.relation;
    const place = first === undefined ? base(source, source.last) : baseTo(source, first);
    if (node.is_vacuumcmd !== true) return [{ kind: 'analyze', ...place, tables }];
    return [
      {
        kind: 'vacuum',
        ...place,
        full: isOn(optionNamed(node.options, 'full'), source),
        analyze: isOn(optionNamed(node.options, 'analyze') ?? optionNamed(node.options, 'analyse'), source),
        tables,
      },
    ];
  },
  ClusterStmt: (node, source) => [
    {
      kind: 'cluster',
      ...(node.relation === undefined ? base(source, source.last) : baseTo(source, node.relation)),
      ...(node.relation === undefined ? {} : { table: relationName(node.relation, source) }),
      ...(node.indexname === undefined ? {} : { index: source.text.restore(node.indexname) }),
    },
  ],
  CheckPointStmt: (_, source) => [
    { kind: 'checkpoint', range: wholeRange(source), head: rangeOf(source, source.first, source.first) },
  ],
  ExplainStmt: (node, source) => [
    { kind: 'explain', ...baseWords(source, 3), analyze: isOn(optionNamed(node.options, 'analyze'), source) },
  ],
};
