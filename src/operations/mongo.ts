import type { Range } from '../source/source-file.ts';
import type { ObjectName } from './names.ts';
import type { OperationBase } from './operations.ts';

/** What each operation on a collection of a document store has. */
interface OnCollection extends OperationBase {
  readonly collection: ObjectName;
  /** The call was given a session: it runs in the transaction that the session has open. */
  readonly inSession?: true;
}

/** Which documents a filter selects: every one, those that it names, or what only the run knows. */
export type DocumentFilter = 'all' | 'some' | 'unknown';

/** An operator or a stage of an update: `$set`, `$rename`, and what it is applied to. */
export interface UpdateOperator {
  /** With its dollar. */
  readonly name: string;
  /** Empty where only the run knows them. */
  readonly fields: readonly { readonly name: string; readonly newName?: string; readonly range: Range }[];
  /** From its name to its end. */
  readonly range: Range;
}

/** An option of a call, with the place where it is written. */
export interface CallOption {
  readonly name: string;
  /** A text, a number or a boolean as written; undefined for what only the run knows, and for objects. */
  readonly value?: string;
  /** From its name to its end. */
  readonly range: Range;
}

/** Operations on MongoDB. Named after the commands of its manual where the kinds of SQL do not fit. */
export type MongoOperation =
  | (OnCollection & { readonly kind: 'createCollection'; readonly isView: boolean })
  | (OnCollection & { readonly kind: 'dropCollection' })
  | (OnCollection & { readonly kind: 'renameCollection'; readonly newName: string; readonly dropTarget: boolean })
  | (OperationBase & { readonly kind: 'dropDocumentDatabase' })
  | (OnCollection & {
      readonly kind: 'createDocumentIndex';
      /** As the server makes it up where none is given: `a_1_b_-1`; undefined where only the run knows the keys. */
      readonly name?: string;
      /** The fields in order; empty where only the run knows them. */
      readonly fields: readonly string[];
      readonly unique: boolean;
      readonly options: readonly CallOption[];
    })
  | (OnCollection & {
      readonly kind: 'dropDocumentIndex';
      /** Undefined where all are dropped, or only the run knows which. */
      readonly index?: string;
      readonly all: boolean;
    })
  /** hideIndex, unhideIndex, and `collMod` with `index.hidden`. */
  | (OnCollection & { readonly kind: 'hideDocumentIndex'; readonly index?: string; readonly hidden: boolean })
  /** `collMod`. */
  | (OnCollection & {
      readonly kind: 'modifyCollection';
      /** A validator is set; taken away by an empty one. */
      readonly validator?: 'set' | 'removed';
      readonly validationLevel?: string;
      readonly validationAction?: string;
      /** `index.unique` and `index.prepareUnique`. */
      readonly unique?: 'prepare' | 'convert';
    })
  | (OnCollection & {
      readonly kind: 'updateDocuments';
      readonly many: boolean;
      readonly filter: DocumentFilter;
      /** Fields that hold nothing in the documents which the filter selects: null, an empty text or list. */
      readonly emptyFields?: readonly string[];
      readonly operators: readonly UpdateOperator[];
      /** Where the call says what changes; left out where that stands elsewhere. */
      readonly change?: Range;
    })
  | (OnCollection & { readonly kind: 'deleteDocuments'; readonly many: boolean; readonly filter: DocumentFilter })
  | (OnCollection & { readonly kind: 'insertDocuments' });
