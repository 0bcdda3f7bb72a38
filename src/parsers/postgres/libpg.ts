import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import type { RawStmt } from './ast.ts';

/** What the server's grammar makes of a text: its statements, or the first error in it. */
export type Parsed =
  | { readonly statements: readonly RawStmt[] }
  | {
      readonly error: {
        /** The server's own message: `syntax error at or near "TABL"`. */
        readonly message: string;
        /** Where, in Unicode code points from the start of the text. */
        readonly offset: number;
      };
    };

/** The part of the emscripten module behind libpg-query 18 that is used here; the names are internal, so the version is pinned. */
interface LibpgModule {
  readonly HEAPU8: Uint8Array;
  readonly HEAPU32: Uint32Array;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  _wasm_parse_query_raw(query: number): number;
  _wasm_free_parse_result(result: number): void;
}

/** The part of the WebAssembly API that is used here: TypeScript has it among the types of the DOM only. */
interface CompiledModule {
  readonly kind?: never;
}
interface Instance {
  readonly exports: object;
}
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => CompiledModule;
  readonly Instance: new (module: CompiledModule, imports: object) => Instance;
  readonly RuntimeError: new () => Error;
};

let compiled: CompiledModule | undefined;
let loaded: LibpgModule | undefined;

/**
 * Parses SQL with PostgreSQL 18's own grammar. The parser is loaded at the first call, synchronously: ESLint asks for a
 * synchronous parser, and a top-level await would break CommonJS configurations.
 *
 * @param text - any text; an empty one has no statements, and NUL, at which the parser would stop, counts as white space
 * @returns the statements, with locations in UTF-8 bytes; or the first error. It never throws for what the text holds: input
 *   nested too deeply for the parser's stack is an error too, and the parser is loaded afresh after it.
 */
export function parse(text: string): Parsed {
  loaded ??= load();
  try {
    return parseWith(loaded, text.includes('\0') ? text.replaceAll('\0', ' ') : text);
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof WebAssembly.RuntimeError)) throw error;
    loaded = undefined;
    return { error: { message: 'statement is nested too deeply to be read', offset: 0 } };
  }
}

function parseWith(module: LibpgModule, text: string): Parsed {
  const capacity = text.length * 3 + 1;
  const query = module._malloc(capacity);
  let result = 0;
  try {
    const heap = Buffer.from(module.HEAPU8.buffer, query, capacity);
    heap[heap.write(text, 'utf8')] = 0;
    result = module._wasm_parse_query_raw(query);
    // struct PgQueryParseResult { char *parse_tree; char *stderr_buffer; PgQueryError *error; }
    const tree = module.HEAPU32[result >> 2]!;
    const error = module.HEAPU32[(result >> 2) + 2]!;
    if (error !== 0) {
      // struct PgQueryError { char *message, *funcname, *filename; int lineno, cursorpos; char *context; }, cursorpos from 1
      const message = stringAt(module, module.HEAPU32[error >> 2]!);
      return { error: { message, offset: Math.max(0, module.HEAPU32[(error >> 2) + 4]! - 1) } };
    }
    return { statements: statementsOf(stringAt(module, tree)) };
  } finally {
    module._free(query);
    if (result !== 0) module._wasm_free_parse_result(result);
  }
}

/** A string of C. The module's own UTF8ToString looks for its end byte by byte. */
function stringAt(module: LibpgModule, pointer: number): string {
  const heap = Buffer.from(module.HEAPU8.buffer);
  return heap.toString('utf8', pointer, heap.indexOf(0, pointer));
}

function statementsOf(json: string): readonly RawStmt[] {
  return (JSON.parse(json) as { stmts?: readonly RawStmt[] }).stmts ?? [];
}

/**
 * Loads libpg-query past its asynchronous wrapper. With the hook `instantiateWasm` the module's functions can be used as soon
 * as the factory returns; the promise that it returns only runs the start-up code again that the instance does not need.
 */
function load(): LibpgModule {
  const require = createRequire(import.meta.url);
  const factory = require('libpg-query/wasm/libpg-query.js') as (module: object) => Promise<unknown>;
  compiled ??= compile(readFileSync(require.resolve('libpg-query/wasm/libpg-query.wasm')));
  const program = compiled;
  const instantiateWasm = (imports: object, done: (instance: Instance) => void): object => {
    const instance = new WebAssembly.Instance(program, imports);
    done(instance);
    return instance.exports;
  };
  const module = { instantiateWasm, print: ignore, printErr: ignore };
  factory(module).catch(ignore);
  return module as unknown as LibpgModule;
}

/** Releases of V8 that have the flag below: those of Node 20, 22 and 24. V8 complains aloud of a flag that it does not have. */
const KNOWN_V8 = ['11', '12', '13'];

/**
 * Compiles the parser for V8's baseline compiler alone. The optimising one, which else starts in the background at once, takes
 * 45 ms of CPU time for a file that the baseline parses in one. The flag holds for this module only.
 */
function compile(bytes: Uint8Array): CompiledModule {
  const [release = ''] = process.versions.v8.split('.');
  const isKnown = KNOWN_V8.includes(release);
  if (isKnown) setFlagsFromString('--liftoff-only');
  try {
    return new WebAssembly.Module(bytes);
  } finally {
    if (isKnown) setFlagsFromString('--no-liftoff-only');
  }
}

function ignore(): void {}
