import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** The browser of this machine; undefined where there is none. */
export const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  .flatMap(name => (process.env.PATH ?? '').split(delimiter).map(folder => join(folder, name)))
  .find(path => existsSync(path));

type Message = Readonly<Record<string, unknown>>;

/** One tab of a headless Chromium, driven by its DevTools protocol. */
export interface Tab {
  /** Sends a command: https://chromedevtools.github.io/devtools-protocol/ */
  send(method: string, params?: Message): Promise<Message>;
  /** The value of an expression in the page. */
  evaluate<Value>(expression: string): Promise<Value>;
  /** What the page did wrong so far: exceptions, blocked scripts, requests. */
  readonly problems: readonly string[];
  close(): Promise<void>;
}

/** Opens a page. The protocol goes through pipes, so that no port and no package is needed. */
export async function openTab(url: string): Promise<Tab> {
  const profile = mkdtempSync(join(tmpdir(), 'surefoot-chromium-'));
  const flags = [
    '--headless=new',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--remote-debugging-pipe',
  ];
  const browser = spawn(CHROMIUM!, [...flags, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const waiting = new Map<number, (message: Message) => void>();
  const problems: string[] = [];
  const loaded: (() => void)[] = [];
  let rest = '';
  (browser.stdio[4] as Readable).setEncoding('utf8').on('data', (chunk: string) => {
    const messages = (rest + chunk).split('\0');
    rest = messages.pop()!;
    for (const text of messages) {
      const message = JSON.parse(text) as Message & { id?: number; method?: string; params?: Message };
      if (message.id !== undefined) waiting.get(message.id)?.(message);
      if (message.method === 'Page.loadEventFired') for (const done of loaded.splice(0)) done();
      if (message.method === 'Runtime.exceptionThrown' || message.method === 'Log.entryAdded') {
        problems.push(JSON.stringify(message.params));
      }
      if (message.method === 'Network.requestWillBeSent') {
        const { request } = message.params as { request: { url: string } };
        if (request.url !== url) problems.push(`request: ${request.url}`);
      }
    }
  });
  let ids = 0;
  const call = (method: string, params: Message = {}, sessionId?: string): Promise<Message> => {
    const id = ++ids;
    const answer = new Promise<Message>((resolve, reject) => {
      waiting.set(id, ({ result, error }) =>
        error === undefined ? resolve(result as Message) : reject(new Error(`${method}: ${JSON.stringify(error)}`)),
      );
    });
    (browser.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return answer;
  };
  const { targetId } = await call('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = (await call('Target.attachToTarget', { targetId, flatten: true })) as { sessionId: string };
  const send = (method: string, params?: Message): Promise<Message> => call(method, params, sessionId);
  for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await send(`${domain}.enable`);
  const ready = new Promise<void>(resolve => loaded.push(resolve));
  await send('Page.navigate', { url });
  await ready;
  return {
    send,
    async evaluate<Value>(expression: string) {
      const { result, exceptionDetails } = await send('Runtime.evaluate', {
        expression,
        returnByValue: true,
        awaitPromise: true,
      });
      if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
      return (result as { value: Value }).value;
    },
    problems,
    async close() {
      await ended(browser);
      rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

/** Ends the whole process group: helper processes that outlive the browser still write into its profile. */
function ended(browser: ChildProcess): Promise<void> {
  return new Promise(resolve => {
    browser.once('exit', () => resolve());
    process.kill(-browser.pid!, 'SIGKILL');
  });
}
