import type { RuleContext, RuleDefinition } from '@eslint/core';
import { docsUrlOf, type Finding, RULES, type Rule } from 'surefoot';
import { type Host, hostOf } from './host.ts';
import { enlist, outcomeFor, VALID_SETTINGS } from './judge.ts';
import { learnRules } from './known-rules.ts';

/** What {@link createRule} makes a rule of. */
interface RuleDescription {
  readonly id: string;
  readonly url: string | undefined;
  /** The rule itself, where Surefoot does not bring it. */
  readonly custom?: Rule;
  readonly meta: Omit<RuleDefinition['meta'] & object, 'docs'> & {
    readonly docs: { readonly description: string; readonly recommended: boolean; readonly dialects?: string[] };
  };
}

/** Every rule that looks at one file or migration, and the one that is about the settings. */
export const rules: Readonly<Record<string, RuleDefinition>> = Object.fromEntries([
  ...RULES.filter(({ meta }) => meta.scope !== 'project').map(rule => [rule.id, ruleOf(rule)] as const),
  [
    VALID_SETTINGS,
    createRule({
      id: VALID_SETTINGS,
      url: 'https://github.com/surefoot-sql/surefoot/blob/main/docs/eslint.md#valid-settings',
      meta: {
        type: 'problem',
        docs: { description: 'Report settings with which a migration cannot be judged.', recommended: true },
        schema: [],
      },
    }),
  ] as const,
]);

/** The rules of a plugin for Surefoot as ESLint's: by their names, without the plugin's. */
export function rulesOfPlugin(custom: readonly Rule[]): Readonly<Record<string, RuleDefinition>> {
  const inFiles = custom.filter(({ meta }) => meta.scope !== 'project');
  const named = inFiles.map(rule => [rule.id.slice(rule.id.indexOf('/') + 1), ruleOf(rule, rule)] as const);
  learnRules(named.map(([name]) => name));
  return Object.fromEntries(named);
}

/** @param custom - the rule once more, where Surefoot does not bring it */
function ruleOf({ id, meta }: Rule, custom?: Rule): RuleDefinition {
  return createRule({
    id,
    url: custom === undefined ? docsUrlOf(id) : meta.docs.url,
    ...(custom === undefined ? {} : { custom }),
    meta: {
      type: meta.cause === 'hygiene' || meta.cause === 'schema' ? 'suggestion' : 'problem',
      docs: {
        description: meta.description,
        recommended: meta.presets.recommended !== undefined,
        dialects: [...meta.dialects],
      },
      messages: { ...meta.messages },
      schema: meta.optionsSchema === undefined ? [] : [meta.optionsSchema],
      ...(meta.defaultOptions === undefined ? {} : { defaultOptions: [meta.defaultOptions] }),
      ...(meta.fixable === true ? { fixable: 'code' as const } : {}),
      ...(meta.hasSuggestions === true ? { hasSuggestions: true } : {}),
    },
  });
}

/** A rule in ESLint: it reports what the engine found in its name. */
function createRule({ id, url, custom, meta }: RuleDescription): RuleDefinition {
  return {
    meta: {
      ...meta,
      docs: { ...meta.docs, ...(url === undefined ? {} : { url }) },
      languages: ['surefoot/sql', 'js/js'],
    },
    create(context) {
      // ESLint 9 runs rules on any language.
      const host = hostOf(context.sourceCode);
      if (host === undefined) return {};
      enlist(host, id, context.options[0], custom);
      return {
        [host.root]() {
          const { findings, problem } = outcomeFor(id, host, context);
          if (problem !== undefined) context.report({ loc: host.locOf([0, 0]), message: problem });
          for (const finding of findings) report(finding, host, context);
        },
      };
    },
  };
}

function report({ range, message, fix, suggestions }: Finding, host: Host, context: RuleContext): void {
  // Surefoot's offsets are those of the file, ESLint's those of its text without the byte order mark.
  const shift = host.bom ? 1 : 0;
  const place = (offset: number): number => Math.max(0, offset - shift);
  type Fixer = NonNullable<Parameters<RuleContext['report']>[0]['fix']>;
  const fixer =
    (edits: readonly { readonly start: number; readonly end: number; readonly text: string }[]): Fixer =>
    rule =>
      edits.map(({ start, end, text }) => rule.replaceTextRange([place(start), place(end)], text));
  context.report({
    loc: host.locOf([place(range[0]), place(range[1])]),
    message,
    ...(fix === null ? {} : { fix: fixer(fix.edits) }),
    ...(suggestions.length === 0
      ? {}
      : { suggest: suggestions.map(({ message: desc, edits }) => ({ desc, fix: fixer(edits) })) }),
  });
}
