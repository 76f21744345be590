import type { Applied, Change, Due, JournalRecord, Published, Receipt, Stored } from '../ports.ts';
import type { PackedChanges } from './packed-changes.ts';

/** Lines to be appended to the journal, as one block of bytes with a line feed after each. */
export type Appended = {
  readonly offset: number;
  /** One for each line; NaN where it was too far ahead to be believed. */
  readonly appendedAt: Float64Array;
  readonly lines: Uint8Array;
  /** Where the lines came from, and what has been read of it with them; undefined for what alo writes itself. */
  readonly input?: Input & { readonly firstLine: number };
};

/** Something that was read in, its digest over all its lines so far. */
export type Input = { readonly input: number; readonly name: string; readonly lines: number; readonly digest: string };

export type Notes = Readonly<Record<string, unknown>>;

/** What the storage thread does, each call by name: arguments and result. */
export type Calls = {
  open: [{ readonly file: string }, void];
  receipt: [undefined, Receipt | undefined];
  applied: [undefined, Applied | undefined];
  commit: [
    { readonly appended: readonly Appended[]; outputs: readonly Published[]; receipt: Receipt; notes: Notes },
    void,
  ];
  journal: [{ readonly fromOffset: number }, readonly JournalRecord[] | undefined];
  load: [{ readonly subscribers: readonly string[] }, readonly (Stored | undefined)[]];
  dueAfter: [{ readonly place: Due | undefined; readonly most: number }, readonly Due[]];
  scan: [{ readonly after: string; readonly most: number }, readonly Change[]];
  apply: [{ readonly changes: readonly PackedChanges[]; readonly applied: Applied }, void];
  inputs: [undefined, readonly Input[]];
  outputs: [{ readonly fromNumber: number; readonly most: number }, readonly Published[]];
  note: [{ readonly name: string }, unknown];
  putNotes: [{ readonly notes: Notes }, void];
  scrub: [undefined, void];
  statistics: [undefined, { readonly bytes: number; readonly subscribers: number; readonly subscriberBytes: number }];
  close: [undefined, void];
};

export type Request = { readonly call: keyof Calls; readonly argument: unknown };
/** Answers come in the order of the requests. */
export type Response =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly kind: 'infrastructure' | 'wrong-use' | 'bug'; readonly message: string };
