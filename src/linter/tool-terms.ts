import type { ToolFacts } from '../migration-tools/migration-tool.ts';

/** Where rules and safe forms tell the reader to leave the transaction, in the words that they all use. */
const LEAVES = /(?:in )?a migration (?:of its own, |that runs )outside a transaction|outside a transaction/;

/**
 * Advice in the migration tool's own terms: how a migration leaves the tool's transaction, or that none can, and what then works.
 *
 * @param text - a help, or a safe form
 */
export function inToolsTerms(text: string, tool: { readonly title: string; readonly facts: ToolFacts }): string {
  const { outside } = tool.facts;
  if (outside === undefined) return text;
  return text.replace(LEAVES, words =>
    outside === null
      ? `by hand before the deploy, as ${tool.title} has no way out of its transaction`
      : `${words} (${outside})`,
  );
}
