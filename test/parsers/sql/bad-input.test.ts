import { describe, expect, it } from 'vitest';
import { FRONT_ENDS } from '../../../src/parsers/index.ts';
import type { Dialect } from '../../../src/server/server.ts';
import { fragmentOf } from '../../../src/source/fragment.ts';

/** What is read of a text: kinds in order, and of what cannot be read the message and the text where it begins. */
function read(dialect: Dialect, text: string): readonly string[] {
  const { statements } = FRONT_ENDS[dialect]!.parse(fragmentOf({ path: '/m.sql', text }));
  return statements.flatMap(({ operations }) =>
    operations.map(operation =>
      operation.kind === 'unreadable'
        ? `${operation.message} @ ${text.slice(...operation.head)}`
        : `${operation.kind} ${'table' in operation && 'name' in operation.table! ? operation.table.name : ''}`.trim(),
    ),
  );
}

const STRING = "the string that begins here is never closed @ '";

describe('quotes that nothing closes', () => {
  it.each(['mysql', 'mariadb', 'sqlite'] as const)('%s: the statements around it are read', dialect => {
    const text = "CREATE TABLE a (id int);\nINSERT INTO a VALUES ('x);\nCREATE TABLE b (id int);";
    expect(read(dialect, text)).toEqual(['createTable a', STRING, 'createTable b']);
  });

  it('SQL Server: up to the end of the batch, and those before it in the batch', () => {
    const text = "CREATE TABLE a (id int)\nINSERT a VALUES ('x)\nGO\nCREATE TABLE b (id int)\nGO";
    expect(read('sqlserver', text)).toEqual(['createTable a', STRING, 'createTable b']);
    expect(read('sqlserver', 'CREATE TABLE [a (id int)\nGO\nCREATE TABLE b (id int)')).toEqual([
      'the quoted name that begins here is never closed @ [',
      'createTable b',
    ]);
  });

  it('a comment hides what follows, as it does from the server', () => {
    expect(read('mysql', 'CREATE TABLE a (id int);\n/* why\nCREATE TABLE b (id int)')).toEqual([
      'createTable a',
      'the comment that begins here is never closed @ /',
    ]);
  });
});

describe('DELIMITER without end', () => {
  it('that nothing uses', () => {
    expect(read('mysql', 'DELIMITER //\nCREATE TABLE a (id int);\nCREATE TABLE b (id int);')).toEqual([
      'no statement behind this ends in // @ DELIMITER //',
      'createTable a',
      'createTable b',
    ]);
  });

  it('that is not set back', () => {
    const text =
      'DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; END//\nCREATE TABLE a (id int);\nCREATE TABLE b (id int);';
    expect(read('mysql', text)).toEqual([
      'createRoutine',
      'DELIMITER // is in effect behind this, too: semicolons end no statement there @ //',
      'createTable a',
      'createTable b',
    ]);
  });

  it('is no fault where one statement ends the file', () => {
    const text = 'DELIMITER //\nCREATE TABLE a (id int)//\nCREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END';
    expect(read('mysql', text)).toEqual(['createTable a', 'createRoutine']);
  });
});

describe('version comments', () => {
  it('inside of each other are read', () => {
    const text = 'CREATE TABLE a (id int);\n/*!50000 CREATE TABLE b (id int /*!50100 , n int */) */;\nDROP TABLE a;';
    expect(read('mysql', text)).toEqual(['createTable a', 'createTable b', 'dropTable a']);
  });

  it('may hold comments', () => {
    expect(read('mysql', '/*!50000 CREATE TABLE b (id int /* why */) */;\nDROP TABLE a;')).toEqual([
      'createTable b',
      'dropTable a',
    ]);
  });

  it('that nothing closes are named, and read all the same', () => {
    expect(read('mysql', 'DROP TABLE a;\n/*!50000 CREATE TABLE b (id int);\nDROP TABLE c;')).toEqual([
      'dropTable a',
      'the comment that begins here is never closed @ /',
      'createTable b',
      'dropTable c',
    ]);
  });
});

describe('bodies without END', () => {
  it.each(['sqlite', 'mysql'] as const)('%s: what follows on a line of its own is read', dialect => {
    const each = dialect === 'mysql' ? ' FOR EACH ROW' : '';
    const text = `CREATE TRIGGER t AFTER INSERT ON a${each} BEGIN\n  UPDATE a SET n = 1 WHERE id = 1;\nCREATE TABLE b (id int);`;
    expect(read(dialect, text)).toEqual(['the BEGIN of this body has no END @ B', 'createTable b']);
  });
});

describe('a dialect that is another', () => {
  const POSTGRES = `CREATE EXTENSION citext;
CREATE TABLE a (id bigserial PRIMARY KEY, tags jsonb DEFAULT '{}'::jsonb);
CREATE INDEX CONCURRENTLY i ON a USING gin (tags);`;
  it.each(['mysql', 'sqlite', 'sqlserver'] as const)('%s: reading never throws, and loses no statement', dialect => {
    expect(read(dialect, POSTGRES).length).toBeGreaterThanOrEqual(3);
  });
});
