import { codeTool } from './code-migrations.ts';

/** Scripts for mongosh: each runs as a whole on the global `db`, in text order of file names, with no way back. */
export const mongosh = codeTool({
  id: 'mongosh',
  title: 'mongosh scripts',
  transaction: 'none',
  session: 'unknown',
  confidence: 0.5,
  isScript: true,
  marks:
    /^\s*(?:await\s+)?db\s*\.\s*(?:getCollection|getSiblingDB|createCollection|runCommand|adminCommand|dropDatabase|\w+\s*\.\s*\w+)\s*\(/m,
  packages: ['mongosh'],
  dialect: 'mongodb',
});
