import type { CodeFact } from '../../operations/statements.ts';
import { child, children, type Node, nameOf, rangeOf } from './syntax.ts';

/** Modules of the application itself: relative paths and the aliases that projects give their sources. */
export const OWN = /^(?:\.{1,2}\/|@\/|~\/?|#|src\/|app\/)/;
/** Folders and file names in which applications keep what maps their tables. */
const MODELS = /(?:^|[/.])(?:models?|entit(?:y|ies)|repositor(?:y|ies))(?:\/|\.|$)/i;

/** The imports of the application's own models at a module's top level; those of types alone are gone when it runs. */
export function modelImports(program: Node): readonly CodeFact[] {
  return children(program, 'body').flatMap(statement =>
    sourcesOf(statement)
      .filter(source => OWN.test(source) && MODELS.test(source))
      .map((name): CodeFact => ({ kind: 'model import', range: rangeOf(statement), name })),
  );
}

/** What a statement imports or requires. */
function sourcesOf(statement: Node): readonly string[] {
  if (statement.type === 'ImportDeclaration') {
    const specifiers = children(statement, 'specifiers');
    const isType = (node: Node): boolean => node.importKind === 'type';
    const onlyTypes = isType(statement) || (specifiers.length > 0 && specifiers.every(isType));
    const source = nameOf(child(statement, 'source'));
    return onlyTypes || source === undefined ? [] : [source];
  }
  return children(statement, 'declarations').flatMap(declarator => {
    const init = child(declarator, 'init');
    const call = init?.type === 'MemberExpression' ? child(init, 'object') : init;
    const source = nameOf(children(call, 'arguments')[0]);
    return nameOf(child(call, 'callee')) === 'require' && source !== undefined ? [source] : [];
  });
}
