/**
 * The Node API: what the command line and the ESLint plugin are made of.
 *
 * @example
 * const { projects, skippedFiles } = discover({ cwd: process.cwd(), paths: ['db/migrations'] });
 * const result = lint({ cwd: process.cwd(), projects, skippedFiles, settings });
 */
export * from './linter/index.ts';
export * from './operations/index.ts';
export { CAUSES, defineRule, PRESETS, type Rule } from './rules/rule.ts';
export { RULES, ruleById } from './rules/index.ts';
