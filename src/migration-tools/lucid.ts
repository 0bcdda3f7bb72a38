import { codeTool } from './code-migrations.ts';

/** Adonis Lucid: text order of file names; a transaction per file unless its class opts out. */
export const lucid = codeTool({
  id: 'lucid',
  title: 'Lucid',
  transaction: 'migration',
  outside: 'set `static disableTransactions = true` in its class',
  marks: /@adonisjs\/lucid|@ioc:Adonis\/Lucid|\bextends\s+BaseSchema\b/,
  packages: ['@adonisjs/lucid'],
  optOut: /\bstatic\s+disableTransactions\s*(?::\s*\w+\s*)?=\s*true\b/,
});
