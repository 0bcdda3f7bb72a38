import type { OperationOf } from '../operations/operations.ts';
import type { SourceFile } from '../source/source-file.ts';
import type { SafeForm } from './safe-forms.ts';

/** How a migration says a collection, by the tool that runs it. */
const inShell = (tool: string): boolean => tool === 'mongosh';

/** The safe forms of one migration tool: JavaScript that is ready to paste, with the names filled in. */
interface MongoForms {
  renamedField(operation: OperationOf<'updateDocuments'>, field: string, newName: string): SafeForm;
  droppedIndex(operation: OperationOf<'dropDocumentIndex'>): SafeForm;
  uniqueIndex(operation: OperationOf<'createDocumentIndex'>, file: SourceFile): SafeForm;
  /** In batches by `_id`. */
  updatedInBatches(operation: OperationOf<'updateDocuments'>, file: SourceFile): SafeForm;
  droppedCollection(collection: string): SafeForm;
}

/** Safe forms in the words of the tool that runs a migration: the driver's for Node.js, or mongosh's. */
export function mongoForms(tool: string): MongoForms {
  const shell = inShell(tool);
  const wait = shell ? '' : 'await ';
  const on = (collection: string): string =>
    shell ? `db.getCollection(${quote(collection)})` : `db.collection(${quote(collection)})`;
  const command = (text: string): string => `${wait}db.${shell ? 'runCommand' : 'command'}({ ${text} });`;
  return {
    renamedField: ({ collection: { name } }, field, newName) =>
      form(
        '// migration 1, once the code writes both fields: copy what is older',
        `${wait}${on(name)}.updateMany({ ${key(field)}: { $exists: true }, ${key(newName)}: { $exists: false } }, [{ $set: { ${key(newName)}: ${quote(`$${field}`)} } }]);`,
        '// release the code that neither reads nor writes the old field',
        '// migration 2, when no other release runs any more',
        `// surefoot-contract ${name}.${field}: unused since <release>`,
        `${wait}${on(name)}.updateMany({ ${key(field)}: { $exists: true } }, { $unset: { ${key(field)}: '' } });`,
      ),
    droppedIndex: ({ collection: { name }, index }) =>
      index === undefined
        ? {}
        : form(
            '// migration 1',
            command(`collMod: ${quote(name)}, index: { name: ${quote(index)}, hidden: true }`),
            '// migration 2, in a later deploy, when nothing has become slow',
            `${wait}${on(name)}.dropIndex(${quote(index)});`,
          ),
    uniqueIndex({ collection: { name }, fields, options }, { text }) {
      if (fields.length === 0) return {};
      const keys = `{ ${fields.map(field => `${key(field)}: 1`).join(', ')} }`;
      const others = options.filter(option => !OWN.has(option.name)).map(({ range }) => text.slice(...range));
      const rest = others.length === 0 ? '' : `, { ${others.join(', ')} }`;
      const group = `{ ${fields.map(field => `${key(field.replaceAll('.', '_'))}: ${quote(`$${field}`)}`).join(', ')} }`;
      return form(
        '// migration 1 (MongoDB 6.0): refuse new duplicates',
        `${wait}${on(name)}.createIndex(${keys}${rest});`,
        command(`collMod: ${quote(name)}, index: { keyPattern: ${keys}, prepareUnique: true }`),
        '// the duplicates that are there, to be put right',
        `${wait}${on(name)}.aggregate([{ $group: { _id: ${group}, count: { $sum: 1 } } }, { $match: { count: { $gt: 1 } } }]).toArray();`,
        '// migration 2, in a later deploy, when there are none',
        command(`collMod: ${quote(name)}, index: { keyPattern: ${keys}, unique: true }`),
      );
    },
    updatedInBatches({ collection: { name }, change }, { text }) {
      if (change === undefined) return {};
      return form(
        'let last = null;',
        'for (;;) {',
        `  const batch = ${wait}${on(name)}`,
        '    .find(last === null ? {} : { _id: { $gt: last } }, { projection: { _id: 1 } })',
        '    .sort({ _id: 1 })',
        '    .limit(1000)',
        '    .toArray();',
        '  if (batch.length === 0) break;',
        `  ${wait}${on(name)}.updateMany({ _id: { $in: batch.map(({ _id }) => _id) } }, ${text.slice(...change)});`,
        '  last = batch[batch.length - 1]._id;',
        '}',
      );
    },
    droppedCollection: collection =>
      form(
        '// release the code that does without it',
        '// migration 1, when no other release runs any more',
        `// surefoot-contract ${collection}: unused since <release>`,
        `${wait}${on(collection)}.drop();`,
      ),
  };
}

/** Options that the form says itself, or that do nothing. */
const OWN = new Set(['unique', 'background', 'dropDups', 'session']);

function form(...lines: readonly string[]): SafeForm {
  return { safeRewrite: { text: lines.join('\n'), language: 'js' } };
}

/** A text as a string of JavaScript. */
function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** A field's name as a key of an object. */
function key(field: string): string {
  return /^[a-z_$][\w$]*$/i.test(field) ? field : quote(field);
}
