/** Another linter whose set-up `surefoot init --from` takes over. */
export interface ForeignLinter {
  /** As in `otherTools` of our rules. */
  readonly title: string;
  /** Files that its set-up may be in, relative to the root; each that is there is read. */
  readonly files: readonly string[];
  /** What a file's text says. */
  read(text: string): ForeignSetUp;
  /** Its comments in migrations that silence a rule; the group `rules` names them, all where it is missing or empty. */
  readonly ignore?: RegExp;
}

/** What another linter is told. */
export interface ForeignSetUp {
  /** Its own ids of rules that are switched off. */
  readonly off: readonly string[];
  readonly serverVersion?: string;
  readonly transaction?: 'migration';
}

/** The texts in quotes of a list. */
export function quotedIn(list: string | undefined): readonly string[] {
  return [...(list ?? '').matchAll(/["']([^"']+)["']/g)].map(([, text]) => text!);
}
