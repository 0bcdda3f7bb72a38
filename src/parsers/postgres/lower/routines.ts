import type { DataType } from '../../../operations/data-types.ts';
import type { Operation, OperationOf } from '../../../operations/operations.ts';
import type { Query } from '../../../operations/queries.ts';
import { anchorsOf, findWord, next, rangeOf, type Source, tokenAt, wordWithin } from '../../source-text.ts';
import type { CreateFunctionStmt, FunctionParameter, Node, ObjectWithArgs } from '../ast.ts';
import { nodeAs } from '../ast.ts';
import { dataType } from '../data-types.ts';
import { optionNamed } from '../definitions.ts';
import { listName, placed } from '../names.ts';
import { lowerQuery } from '../queries.ts';
import { queryOfString } from '../routine-bodies.ts';
import { baseToName, type Lowerers } from './lowerers.ts';

const INPUT_MODES = new Set(['FUNC_PARAM_IN', 'FUNC_PARAM_INOUT', 'FUNC_PARAM_VARIADIC', 'FUNC_PARAM_DEFAULT']);

/** The types of the input parameters: what tells overloaded routines apart. */
function argumentTypes(parameters: readonly Node[] | undefined, source: Source): readonly DataType[] {
  return (parameters ?? []).flatMap(node => {
    const parameter: FunctionParameter = nodeAs(node, 'FunctionParameter')!;
    const isInput = INPUT_MODES.has(parameter.mode ?? 'FUNC_PARAM_DEFAULT');
    return isInput && parameter.argType !== undefined ? [dataType(parameter.argType, source)] : [];
  });
}

/** The types of the arguments by which a statement names a routine; left out where it names none. */
export function routineArguments(
  routine: ObjectWithArgs | undefined,
  source: Source,
): { argumentTypes?: readonly DataType[] } {
  if (routine === undefined || routine.args_unspecified === true) return {};
  if (routine.objfuncargs !== undefined) return { argumentTypes: argumentTypes(routine.objfuncargs, source) };
  return {
    argumentTypes: (routine.objargs ?? []).flatMap(node => {
      const type = nodeAs(node, 'TypeName');
      return type === undefined ? [] : [dataType(type, source)];
    }),
  };
}

function stringOption(options: readonly Node[] | undefined, name: string): string | undefined {
  return nodeAs(optionNamed(options, name)?.arg, 'String')?.sval;
}

type Volatility = OperationOf<'createRoutine'>['volatility'];

/** The parameters that SET clauses give, by name; those that RESET takes back are none. */
function settingsOf(options: readonly Node[] | undefined): readonly string[] {
  return (options ?? []).flatMap(node => {
    const option = nodeAs(node, 'DefElem');
    const setting = option?.defname === 'set' ? nodeAs(option.arg, 'VariableSetStmt') : undefined;
    const isReset = setting?.kind === 'VAR_RESET' || setting?.kind === 'VAR_RESET_ALL';
    return setting?.name === undefined || isReset ? [] : [setting.name.toLowerCase()];
  });
}

function lowerCreateRoutine(node: CreateFunctionStmt, source: Source): OperationOf<'createRoutine'> {
  const keyword = wordWithin(source, node.is_procedure === true ? 'PROCEDURE' : 'FUNCTION');
  const language = stringOption(node.options, 'language')?.toLowerCase() ?? 'sql';
  const returned = returnType(node, source);
  const security = optionNamed(node.options, 'security');
  return {
    kind: 'createRoutine',
    ...baseToName(source, keyword + 1),
    ...anchorsOf(source, { object: keyword }),
    routine: placed(listName(node.funcname, source), source, keyword + 1),
    form: node.is_procedure === true ? 'procedure' : 'function',
    replace: node.replace === true,
    argumentTypes: argumentTypes(node.parameters, source),
    ...(returned === undefined ? {} : { returns: returned }),
    returnsSet: node.returnType?.setof === true,
    language,
    volatility: (stringOption(node.options, 'volatility') as Volatility | undefined) ?? 'volatile',
    securityDefiner: nodeAs(security?.arg, 'Boolean')?.boolval === true,
    settings: settingsOf(node.options),
    ...(node.sql_body === undefined ? stringBody(node, language, source) : sqlBody(node.sql_body, source)),
  };
}

/** RETURNS, else the type of the only OUT parameter, or `record` of several. */
function returnType(node: CreateFunctionStmt, source: Source): DataType | undefined {
  if (node.is_procedure === true) return undefined;
  if (node.returnType !== undefined) return dataType(node.returnType, source);
  const outputs = (node.parameters ?? []).flatMap(parameter => {
    const { mode, argType } = nodeAs(parameter, 'FunctionParameter') ?? {};
    return (mode === 'FUNC_PARAM_OUT' || mode === 'FUNC_PARAM_INOUT') && argType !== undefined ? [argType] : [];
  });
  if (outputs.length === 1) return dataType(outputs[0]!, source);
  const name = outputs.length === 0 ? 'void' : 'record';
  return { name, modifiers: [], arrayDimensions: 0, builtin: true, text: name };
}

type Body = Pick<OperationOf<'createRoutine'>, 'body' | 'query'>;

/** AS 'body'; a C function names its object file and symbol there instead. */
function stringBody(node: CreateFunctionStmt, language: string, source: Source): Body {
  const option = optionNamed(node.options, 'as');
  const text = nodeAs(nodeAs(option?.arg, 'List')?.items?.[0], 'String')?.sval;
  if (option === undefined || text === undefined) return {};
  const at = tokenAt(source, option.location) + 1;
  const body = { text: source.text.restore(text), range: rangeOf(source, at, at) };
  const query = language === 'sql' ? queryOfString(source, at) : undefined;
  return query === undefined ? { body } : { body, query };
}

/** RETURN expression, or BEGIN ATOMIC … END. */
function sqlBody(node: Node, source: Source): Body {
  const start = findWord(source, ['RETURN', 'BEGIN'], source.first);
  const { tokens, fragment } = source.text;
  const body = {
    text: fragment.text.slice(tokens[start]!.start, tokens[source.last]!.end),
    range: rangeOf(source, start, source.last),
  };
  const query = atomicQuery(node, source, start);
  return query === undefined ? { body } : { body, query };
}

function atomicQuery(node: Node, source: Source, start: number): Query | undefined {
  const items = nodeAs(node, 'List')?.items?.flatMap(item => nodeAs(item, 'List')?.items ?? []) ?? [];
  const [only] = items;
  if (items.length !== 1 || nodeAs(only, 'SelectStmt') === undefined) return undefined;
  let end = start + 2;
  while (end < source.last && !isStatementEnd(source, end)) end = next(source, end);
  return lowerQuery(only!, source, start + 2, end - 1);
}

function isStatementEnd(source: Source, index: number): boolean {
  const token = source.text.tokens[index]!;
  return source.text.fragment.text[token.start] === ';' && token.kind === 'punctuation';
}

const FORMS = {
  OBJECT_FUNCTION: 'function',
  OBJECT_PROCEDURE: 'procedure',
  OBJECT_ROUTINE: 'routine',
} as const;

/** What ALTER and DROP call a routine. */
export function routineForm(type: string | undefined): 'function' | 'procedure' | 'routine' {
  return FORMS[type as keyof typeof FORMS] ?? 'function';
}

export const ROUTINES: Lowerers = {
  CreateFunctionStmt: (node, source) => [lowerCreateRoutine(node, source)],
  AlterFunctionStmt: (node, source): readonly Operation[] => {
    const volatility = stringOption(node.actions, 'volatility') as Volatility | undefined;
    const security = optionNamed(node.actions, 'security');
    return [
      {
        kind: 'alterRoutine',
        ...baseToName(source, source.first + 2),
        ...anchorsOf(source, { object: source.first + 1 }),
        routine: placed(listName(node.func?.objname, source), source, source.first + 2),
        form: routineForm(node.objtype),
        ...routineArguments(node.func, source),
        ...(volatility === undefined ? {} : { volatility }),
        ...(security === undefined ? {} : { securityDefiner: nodeAs(security.arg, 'Boolean')?.boolval === true }),
        settings: settingsOf(node.actions),
      },
    ];
  },
  CallStmt: (node, source) => [
    {
      kind: 'call',
      ...baseToName(source, source.first + 1),
      routine: placed(listName(node.funccall?.funcname, source), source, source.first + 1),
    },
  ],
};
