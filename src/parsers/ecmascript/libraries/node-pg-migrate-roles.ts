import { entry, isFalse } from '../sql-text.ts';
import type { Value } from '../values.ts';
import { escaped, isSet, itemsOf, wordOf } from './node-pg-migrate-values.ts';

/** Attributes that a role has or has not: the option, the word, and what `createRole` takes where none is given. */
const ATTRIBUTES: readonly (readonly [string, string, boolean?])[] = [
  ['superuser', 'SUPERUSER', false],
  ['createdb', 'CREATEDB', false],
  ['createrole', 'CREATEROLE', false],
  ['inherit', 'INHERIT', true],
  ['login', 'LOGIN', false],
  ['replication', 'REPLICATION', false],
  ['bypassrls', 'BYPASSRLS'],
];

/** Roles that this one is in or has as members. */
const MEMBERS: readonly (readonly [string, string])[] = [
  ['inRole', 'IN ROLE'],
  ['role', 'ROLE'],
  ['admin', 'ADMIN'],
];

/**
 * ` WITH …` of a role's options, as node-pg-migrate writes them.
 *
 * @param creates - `createRole`, which says every attribute
 */
export function roleSql(options: Value | undefined, creates: boolean): string {
  const password = entry(options, 'password');
  const limit = entry(options, 'limit');
  const valid = entry(options, 'valid');
  const words = [
    ...ATTRIBUTES.flatMap(([key, word, initial]) => {
      const given = entry(options, key);
      if (given === undefined && (!creates || initial === undefined)) return [];
      return [`${(given === undefined ? initial : isSet(given)) ? '' : 'NO'}${word}`];
    }),
    ...(isSet(limit) ? [`CONNECTION LIMIT ${wordOf(limit) ?? '0'}`] : []),
    ...(password === undefined
      ? []
      : [`${isFalse(entry(options, 'encrypted')) ? 'UNENCRYPTED' : 'ENCRYPTED'} PASSWORD ${escaped(password)}`]),
    ...(valid === undefined ? [] : [`VALID UNTIL ${isSet(valid) ? escaped(valid) : "'infinity'"}`]),
    ...MEMBERS.flatMap(([key, word]) => {
      const roles = entry(options, key);
      return isSet(roles)
        ? [
            `${word} ${itemsOf(roles)
              .map(role => wordOf(role) ?? '${role}')
              .join(', ')}`,
          ]
        : [];
    }),
  ];
  return words.length === 0 ? '' : ` WITH ${words.join(' ')}`;
}
