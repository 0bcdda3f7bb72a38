import type { Dialect } from '../../server/server.ts';
import { isForDialect, type Preconditions } from './changelog.ts';
import { type Element, textOf } from './document.ts';
import type { PropertyValue } from './properties.ts';

/** What decides a precondition before Liquibase asks the database. */
interface Known {
  readonly dialect: Dialect;
  readonly properties: readonly PropertyValue[];
}

/** Whether it holds; undefined where only the database knows. */
type Truth = boolean | undefined;

/**
 * Whether a changeSet with these preconditions runs: what they ask of the kind of database and of properties is known, what
 * they ask of tables and rows is not. One that must hold is taken to hold, as Liquibase runs nothing otherwise.
 */
export function mayRun({ otherwise, tests }: Preconditions, known: Known): 'runs' | 'may run' | 'never runs' {
  const holds = tests === undefined ? undefined : all(testsIn(tests), known);
  if (otherwise === 'runs' || holds === true) return 'runs';
  if (holds === false) return 'never runs';
  return otherwise === 'stops' ? 'runs' : 'may run';
}

/** The tests in a list of them; the rest is what YAML writes in place of attributes. */
function testsIn(element: Element): readonly Element[] {
  return element.children.filter(({ name }) => !/^on(?:Fail|Error|SqlOutput)/.test(name));
}

function all(tests: readonly Element[], known: Known): Truth {
  const truths = tests.map(test => holds(test, known));
  if (truths.includes(false)) return false;
  return truths.includes(undefined) ? undefined : true;
}

function any(tests: readonly Element[], known: Known): Truth {
  const truths = tests.map(test => holds(test, known));
  if (truths.includes(true)) return true;
  return truths.includes(undefined) ? undefined : false;
}

function holds(test: Element, known: Known): Truth {
  return TESTS[test.name]?.(test, known);
}

/** From the classes in Liquibase's `liquibase.precondition.core`; measured with 4.28: `not` holds where none of its tests does. */
const TESTS: Readonly<Record<string, (test: Element, known: Known) => Truth>> = {
  and: (test, known) => all(testsIn(test), known),
  or: (test, known) => any(testsIn(test), known),
  not: (test, known) => {
    const truth = any(testsIn(test), known);
    return truth === undefined ? undefined : !truth;
  },
  dbms: (test, { dialect }) => {
    const type = textOf(test, 'type');
    return type === undefined ? undefined : isForDialect(type, dialect);
  },
  changeLogPropertyDefined: (test, { properties }) => {
    const value = textOf(test, 'value');
    const found = properties.find(({ name }) => name === textOf(test, 'property'));
    // What is not in the changelogs may be given on the command line.
    return found === undefined ? undefined : value === undefined || found.value === value;
  },
};
