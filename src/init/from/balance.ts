/** What a language's text is made of, as far as it may hold brackets that count for nothing, or never end. */
interface Lexis {
  /** Comments and strings that are closed. */
  readonly skipped: RegExp;
  readonly quotes: string;
}

const LEXIS: Readonly<Record<string, Lexis>> = {
  toml: { skipped: /#[^\n]*|"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\\n])*"|'[^'\n]*'/y, quotes: `"'` },
  hcl: { skipped: /#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/|<<-?(\w+)[\s\S]*?^\s*\1$|"(?:\\.|[^"\\\n])*"/my, quotes: '"' },
};

const CLOSING: Readonly<Record<string, string>> = { '[': ']', '(': ')', '{': '}' };

/**
 * What is wrong with the brackets and quotes of a TOML or HCL file, by its name: what is read by patterns would be misread then.
 *
 * @returns `line 3: [ is never closed`; undefined where all is well, and for other languages
 */
export function imbalanceOf(path: string, text: string): string | undefined {
  const lexis = LEXIS[path.slice(path.lastIndexOf('.') + 1)];
  if (lexis === undefined) return undefined;
  const open: { readonly bracket: string; readonly at: number }[] = [];
  const lineOf = (at: number): number => text.slice(0, at).split('\n').length;
  for (let at = 0; at < text.length; at++) {
    lexis.skipped.lastIndex = at;
    const skipped = lexis.skipped.exec(text)?.[0];
    if (skipped !== undefined) {
      at += skipped.length - 1;
      continue;
    }
    const letter = text[at]!;
    if (lexis.quotes.includes(letter)) return `line ${lineOf(at)}: ${letter} is never closed`;
    if (letter in CLOSING) open.push({ bracket: letter, at });
    else if (Object.values(CLOSING).includes(letter)) {
      const last = open.pop();
      if (last === undefined || CLOSING[last.bracket] !== letter) return `line ${lineOf(at)}: ${letter} closes nothing`;
    }
  }
  const [first] = open;
  return first === undefined ? undefined : `line ${lineOf(first.at)}: ${first.bracket} is never closed`;
}
