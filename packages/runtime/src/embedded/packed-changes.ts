import type { Instant } from '@alo/contracts';
import type { Change } from '../ports.ts';

/** Some changes as columns, which cross to the storage thread without being copied. */
export type PackedChanges = {
  readonly count: number;
  /** UTF-8, one after the other, and for each where it ends. */
  readonly names: Uint8Array<ArrayBuffer>;
  readonly nameEnds: Uint32Array<ArrayBuffer>;
  /** NaN where nothing falls due. */
  readonly dueAt: Float64Array<ArrayBuffer>;
  readonly values: Uint8Array<ArrayBuffer>;
  readonly valueEnds: Uint32Array<ArrayBuffer>;
  /** Is somebody among them of whom nothing is left but a tombstone? */
  readonly hasErased: boolean;
};

/** A piece holds so many changes, or one that is longer than all of this. */
const rowsMax = 4096;
const nameBytesMax = 64 * 1024;
const valueBytesMax = 1024 * 1024;

const utf8BytesMax = 3;

const makePiece = (nameBytes: number, valueBytes: number) => {
  const names = Buffer.from(new ArrayBuffer(nameBytes));
  const values = new Uint8Array(valueBytes);
  const nameEnds = new Uint32Array(rowsMax);
  const valueEnds = new Uint32Array(rowsMax);
  const dueAt = new Float64Array(rowsMax);
  let count = 0;
  let hasErased = false;
  let nameEnd = 0;
  let valueEnd = 0;
  return {
    hasRoom: (name: string, value: Uint8Array): boolean =>
      count < rowsMax && nameEnd + name.length * utf8BytesMax <= nameBytes && valueEnd + value.length <= valueBytes,
    put: ({ subscriber, value, dueAt: due, isErased }: Change): void => {
      nameEnd += names.write(subscriber, nameEnd, 'utf8');
      values.set(value, valueEnd);
      valueEnd += value.length;
      nameEnds[count] = nameEnd;
      valueEnds[count] = valueEnd;
      dueAt[count] = due ?? Number.NaN;
      if (isErased) hasErased = true;
      count += 1;
    },
    packed: (): PackedChanges => {
      const bytes = new Uint8Array(names.buffer as ArrayBuffer);
      return { count, names: bytes, nameEnds, dueAt, values, valueEnds, hasErased };
    },
  };
};

/** Changes as columns, in pieces: memory that is taken in one size is given back and taken again. */
export const packChanges = (changes: Iterable<Change>): PackedChanges[] => {
  const pieces: ReturnType<typeof makePiece>[] = [];
  let piece: ReturnType<typeof makePiece> | undefined;
  for (const change of changes) {
    const { subscriber, value } = change;
    if (!piece?.hasRoom(subscriber, value)) {
      piece = makePiece(
        Math.max(nameBytesMax, subscriber.length * utf8BytesMax),
        Math.max(valueBytesMax, value.length),
      );
      pieces.push(piece);
    }
    piece.put(change);
  }
  return pieces.map(({ packed }) => packed());
};

/** What is handed over with packed changes, not copied. */
export const buffersOfChanges = (pieces: readonly PackedChanges[]): ArrayBuffer[] =>
  pieces.flatMap(({ names, nameEnds, dueAt, values, valueEnds }) => [
    names.buffer,
    nameEnds.buffer,
    dueAt.buffer,
    values.buffer,
    valueEnds.buffer,
  ]);

/** A change as the store's columns: subscriber, when it falls due, state. */
export type ChangeRow = readonly [string, Instant | null, Uint8Array];

/** The changes one by one, in the order of their subscribers, so that neighbours share pages. */
export const rowsInOrder = (pieces: readonly PackedChanges[]) => {
  const names = pieces.flatMap((piece) => {
    const text = Buffer.from(piece.names.buffer);
    return Array.from({ length: piece.count }, (_, n) =>
      text.toString('utf8', piece.nameEnds[n - 1] ?? 0, piece.nameEnds[n]),
    );
  });
  const firsts = pieces.map((_, at) => pieces.slice(0, at).reduce((sum, { count }) => sum + count, 0));
  const order = Uint32Array.from(names.keys()).sort((a, b) => ((names[a] as string) < (names[b] as string) ? -1 : 1));
  const row = (place: number): ChangeRow => {
    const at = order[place] as number;
    const piece = firsts.findLastIndex((first) => first <= at);
    const { dueAt, values, valueEnds } = pieces[piece] as PackedChanges;
    const n = at - (firsts[piece] as number);
    const due = dueAt[n] as number;
    const value = values.subarray(valueEnds[n - 1] ?? 0, valueEnds[n]);
    return [names[at] as string, Number.isNaN(due) ? null : due, value];
  };
  return { count: names.length, row };
};
