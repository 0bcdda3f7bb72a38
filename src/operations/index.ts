export * from './data-types.ts';
export * from './definitions.ts';
export * from './expressions.ts';
export * from './mysql.ts';
export * from './names.ts';
export * from './operations.ts';
export * from './queries.ts';
export * from './statements.ts';
