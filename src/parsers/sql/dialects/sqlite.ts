import { LEXICONS } from '../../tokenizer/index.ts';
import { readDelete, readInsert, readSelect, readUpdate, readWith } from '../data.ts';
import { readAlter, readCreate, readDrop } from '../definitions.ts';
import type { DialectGrammar } from '../grammar.ts';
import { readExplain, readPragma, readRollback, readSavepoint, readTransaction } from '../session.ts';

/** SQLite 3.53, sqlite.org/lang.html. A type is any words (sqlite.org/datatype3.html, 3.1 "Determination Of Column Affinity"). */
export const SQLITE: DialectGrammar = {
  label: 'SQLite',
  lexicon: LEXICONS.sqlite,
  backslashEscapes: false,
  schemasAreDatabases: true,
  filegroups: false,
  inlineIndexes: false,
  altersNotNull: true,
  pipesJoin: true,
  types: { names: new Set(), aliases: {}, defaults: {}, anyWords: true, displayWidths: new Set() },
  statements: {
    CREATE: readCreate,
    ALTER: readAlter,
    DROP: readDrop,
    INSERT: readInsert,
    REPLACE: readInsert,
    UPDATE: readUpdate,
    DELETE: readDelete,
    SELECT: readSelect,
    VALUES: readSelect,
    WITH: readWith,
    PRAGMA: readPragma,
    BEGIN: readTransaction('beginTransaction'),
    COMMIT: readTransaction('commitTransaction'),
    END: readTransaction('commitTransaction'),
    ROLLBACK: readRollback,
    SAVEPOINT: readSavepoint,
    RELEASE: readSavepoint,
    EXPLAIN: readExplain,
  },
  otherStatements: new Set(['VACUUM', 'ANALYZE', 'REINDEX', 'ATTACH', 'DETACH']),
};
