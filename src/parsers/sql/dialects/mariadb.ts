import { LEXICONS } from '../../tokenizer/index.ts';
import type { DialectGrammar } from '../grammar.ts';
import { MYSQL } from './mysql.ts';

/** MariaDB: MySQL's grammar with comments, types and statements of its own. */
export const MARIADB: DialectGrammar = {
  ...MYSQL,
  label: 'MariaDB',
  lexicon: LEXICONS.mariadb,
  types: { ...MYSQL.types, names: new Set([...MYSQL.types.names, 'uuid', 'inet4', 'inet6', 'xmltype']) },
  otherStatements: new Set([...MYSQL.otherStatements, 'IF', 'WHILE', 'FOR', 'LOOP', 'REPEAT', 'CASE', 'BACKUP']),
};
