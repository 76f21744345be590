import fc from 'fast-check';

/** One change of some bytes. `at` is a place in millionths of their length. */
export type ByteEdit = { readonly at: number } & (
  | { readonly kind: 'flip'; readonly bit: number }
  | { readonly kind: 'set'; readonly byte: number }
  | { readonly kind: 'insert'; readonly bytes: Uint8Array }
  | { readonly kind: 'cut' | 'repeat'; readonly length: number }
  | { readonly kind: 'truncate' }
  /** Goes on as another of the corpus does. */
  | { readonly kind: 'splice'; readonly other: number; readonly otherAt: number }
);

const million = 1_000_000;
const at = fc.nat(million - 1);
const length = fc.oneof(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 400 }));
const kind = <Kind extends string>(...kinds: readonly Kind[]) => fc.constantFrom(...kinds);

/** Numbers at the ends of what fits into so many bits, a byte order mark, what is never UTF-8, half a character. */
const sequences = ['00', 'ff', '7f', '80', 'efbbbf', 'c0af', 'eda080', 'e2', '7fffffff', 'ffffffff', '80000000', '0a'];
const bytes = fc.oneof(
  fc.constantFrom(...sequences).map((hex) => new Uint8Array(Buffer.from(hex, 'hex'))),
  fc.uint8Array({ minLength: 1, maxLength: 8 }),
);

export const byteEdit: fc.Arbitrary<ByteEdit> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: kind('flip'), at, bit: fc.nat(7) }) },
  { weight: 3, arbitrary: fc.record({ kind: kind('set'), at, byte: fc.constantFrom(0, 1, 0x7f, 0x80, 0xfe, 0xff) }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('insert'), at, bytes }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('cut', 'repeat'), at, length }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('truncate'), at }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('splice'), at, other: fc.nat(999), otherAt: at }) },
);

const placeIn = (whole: Buffer, millionths: number): number => Math.floor((whole.length * millionths) / million);

const changed = (whole: Buffer, place: number, change: (byte: number) => number): Buffer => {
  const copy = Buffer.from(whole);
  if (place < copy.length) copy[place] = change(copy[place] as number);
  return copy;
};

const apply = (whole: Buffer, edit: ByteEdit, corpus: readonly Buffer[]): Buffer => {
  const place = placeIn(whole, edit.at);
  const [before, after] = [whole.subarray(0, place), whole.subarray(place)];
  switch (edit.kind) {
    case 'flip':
      return changed(whole, place, (byte) => byte ^ (1 << edit.bit));
    case 'set':
      return changed(whole, place, () => edit.byte);
    case 'insert':
      return Buffer.concat([before, edit.bytes, after]);
    case 'cut':
      return Buffer.concat([before, after.subarray(edit.length)]);
    case 'repeat':
      return Buffer.concat([before, after.subarray(0, edit.length), after]);
    case 'truncate':
      return Buffer.from(before);
    case 'splice': {
      const other = corpus[edit.other % corpus.length] as Buffer;
      return Buffer.concat([before, other.subarray(placeIn(other, edit.otherAt))]);
    }
  }
};

/** Bytes after some changes; the bytes that were given stay as they are. */
export const editBytes = (whole: Buffer, edits: readonly ByteEdit[], corpus: readonly Buffer[]): Buffer =>
  edits.reduce((edited, edit) => apply(edited, edit, corpus), whole);
