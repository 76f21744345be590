import fc from 'fast-check';
import { type ByteEdit, byteEdit, editBytes } from './byte-edits.ts';
import { editJson, type JsonEdit, jsonEdit } from './json-edits.ts';

/** A message of a corpus, and what was done to it: little to print, and it shrinks change by change. */
export type EditedText = {
  readonly base: number;
  readonly json: readonly JsonEdit[];
  readonly bytes: readonly ByteEdit[];
};

export type EditedBytes = Pick<EditedText, 'base' | 'bytes'>;

const editsMax = 4;
const base = fc.nat(999);
const someBytes = fc.array(byteEdit, { maxLength: editsMax });

/** Mostly changed as JSON, so that much of it gets past the parser. */
export const editedText: fc.Arbitrary<EditedText> = fc.record({
  base,
  json: fc.array(jsonEdit, { maxLength: editsMax }),
  bytes: fc.oneof({ weight: 4, arbitrary: fc.constant<ByteEdit[]>([]) }, { weight: 1, arbitrary: someBytes }),
});

export const editedBytes: fc.Arbitrary<EditedBytes> = fc.record({ base, bytes: someBytes });

/** The bytes of a changed message of a corpus of JSON texts. */
export const renderText = (corpus: readonly string[], { base: n, json, bytes }: EditedText): Buffer => {
  const text = editJson(corpus[n % corpus.length] as string, json, corpus);
  return editBytes(Buffer.from(text), bytes, bytes.length === 0 ? [] : corpus.map((other) => Buffer.from(other)));
};

export const renderBytes = (corpus: readonly Buffer[], { base: n, bytes }: EditedBytes): Buffer =>
  editBytes(corpus[n % corpus.length] as Buffer, bytes, corpus);
