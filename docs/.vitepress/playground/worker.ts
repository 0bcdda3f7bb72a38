import { examples, judge, type PlaygroundRequest } from './engine.ts';
import { provideFile } from './node/fs.ts';

/** What the page asks for: a judgement, or the examples where it sends no request. */
interface Question {
  readonly id: number;
  readonly request?: PlaygroundRequest;
}

/** The worker's own scope, of which the DOM's types know the window only. */
const scope = self as unknown as {
  onmessage: (event: MessageEvent<Question>) => void;
  postMessage(message: object): void;
};

// The parser starts synchronously, as everywhere: what it is made of must be there before the first statement is read.
const parser = fetch(new URL('libpg-query.wasm', self.location.href))
  .then(answer => answer.arrayBuffer())
  .then(bytes => provideFile('libpg-query/wasm/libpg-query.wasm', new Uint8Array(bytes)));

scope.onmessage = async ({ data: { id, request } }) => {
  try {
    await parser;
    scope.postMessage({ id, result: request === undefined ? examples() : judge(request) });
  } catch (error) {
    scope.postMessage({ id, error: String(error) });
  }
};
