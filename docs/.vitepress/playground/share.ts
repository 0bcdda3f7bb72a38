import type { PlaygroundRequest } from './engine.ts';

const START = '#sql=';

/** What stands in the playground, as the part of a link that no server gets to see. */
export function toFragment(request: PlaygroundRequest): string {
  const bytes = new TextEncoder().encode(JSON.stringify(request));
  const base64 = btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(''));
  return START + base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/**
 * Reads such a part of a link back.
 *
 * @param known - what a request has; only what has the same type there is taken
 * @returns undefined for any other fragment
 */
export function fromFragment(fragment: string, known: PlaygroundRequest): PlaygroundRequest | undefined {
  if (!fragment.startsWith(START)) return undefined;
  try {
    const text = atob(fragment.slice(START.length).replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(text, character => character.charCodeAt(0));
    const read = JSON.parse(new TextDecoder().decode(bytes)) as Readonly<Record<string, unknown>>;
    const taken = Object.entries(known).map(([name, value]) => [
      name,
      typeof read[name] === typeof value ? read[name] : value,
    ]);
    return Object.fromEntries(taken) as PlaygroundRequest;
  } catch {
    return undefined;
  }
}
