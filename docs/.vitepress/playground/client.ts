import type { PlaygroundExample, PlaygroundRequest, PlaygroundResult } from './engine.ts';

/** The engine, as the page talks to it. */
export interface EngineClient {
  /** @throws Error with what the engine said, where it failed */
  judge(request: PlaygroundRequest): Promise<PlaygroundResult>;
  examples(): Promise<readonly PlaygroundExample[]>;
  close(): void;
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

/**
 * Starts the engine in a worker of its own, so that typing never waits for it.
 *
 * @param url - of `engine.js`
 */
export function startEngine(url: string): EngineClient {
  const worker = new Worker(url);
  const waiting = new Map<number, (answer: Answer) => void>();
  let ids = 0;
  worker.onmessage = ({ data }: MessageEvent<Answer>) => {
    waiting.get(data.id)?.(data);
    waiting.delete(data.id);
  };
  worker.onerror = ({ message }) => {
    for (const [id, answer] of waiting) answer({ id, error: message });
    waiting.clear();
  };
  const ask = <Result>(request?: PlaygroundRequest): Promise<Result> =>
    new Promise((resolve, reject) => {
      const id = ++ids;
      waiting.set(id, ({ result, error }) =>
        error === undefined ? resolve(result as Result) : reject(new Error(error)),
      );
      worker.postMessage(request === undefined ? { id } : { id, request: { ...request } });
    });
  return { judge: request => ask(request), examples: () => ask(), close: () => worker.terminate() };
}
