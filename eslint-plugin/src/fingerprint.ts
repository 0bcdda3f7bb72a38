import { historyFingerprint } from 'surefoot';

/** Working directories other than the process's own, which the language cannot know before a rule has run in them. */
const others = new Set<string>();

/** Takes note of the working directory of a run: the Node API of ESLint may set it. */
export function noteWorkingDirectory(cwd: string): void {
  if (cwd !== process.cwd()) others.add(cwd);
}

/** What the findings in any file depend on besides the file itself. */
export function fingerprint(): string {
  return [process.cwd(), ...others].map(historyFingerprint).join(' ');
}
