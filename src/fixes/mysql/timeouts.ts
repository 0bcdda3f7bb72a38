import { parseDuration } from '../../effects/index.ts';
import type { Range, SourceFile } from '../../source/source-file.ts';
import type { SafeForm } from '../safe-forms.ts';

/** A statement as it was written, with a setting in seconds for it alone. */
export function withTimeout(
  setting: string,
  value: string,
  _inTransaction: boolean,
  range: Range,
  file: SourceFile,
): SafeForm {
  const seconds = Math.max(1, Math.ceil((parseDuration(value) ?? 0) / 1000));
  const text = `SET SESSION ${setting} = ${seconds};\n${file.text.slice(...range)};\nSET SESSION ${setting} = DEFAULT;`;
  return { safeRewrite: { text, language: 'sql' } };
}
