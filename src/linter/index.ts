export { type FileLinter, type FileRequest, openFileLinter } from './file-linter.ts';
export type { Finding, Fix, SafeRewrite, Severity, Suggestion, TextEdit } from './finding.ts';
export { docsUrlOf } from './finish-findings.ts';
export { historyFingerprint } from './history-fingerprint.ts';
export { type LintOptions, lint } from './lint.ts';
export { type Outline, outlineOf } from './outline.ts';
export type { LintResult, MigrationResult, ProjectResult, Risk, Summary } from './result.ts';
export type { LintSettings, RuleSetting } from './settings.ts';
