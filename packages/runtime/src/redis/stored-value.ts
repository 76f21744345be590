import type { Instant } from '@alo/contracts';
import type { Stored } from '../ports.ts';

/** The first byte of a value: how its head is read. */
const plainHead = 1;
const dueHead = 2;

const standsAtBytes = 6;
const plainHeadBytes = 1 + standsAtBytes;
const dueHeadBytes = plainHeadBytes + 8;

export const headBytes = (dueAt: Instant | undefined): number => (dueAt === undefined ? plainHeadBytes : dueHeadBytes);

/**
 * Writes the head of a value, by which it knows where it stands: one byte for the kind of head, the offset below which
 * every record is in the value (48 bits), and the instant at which something falls due, if anything does.
 */
export const writeHead = (into: Buffer, from: number, standsAt: number, dueAt: Instant | undefined): void => {
  into[from] = dueAt === undefined ? plainHead : dueHead;
  into.writeUIntBE(standsAt, from + 1, standsAtBytes);
  if (dueAt !== undefined) into.writeDoubleBE(dueAt, from + plainHeadBytes);
};

/** A value as it was written; undefined where it is none of alo's. */
export const readStored = (bytes: Buffer): Stored | undefined => {
  const kind = bytes[0];
  const isPlain = kind === plainHead && bytes.length >= plainHeadBytes;
  if (!isPlain && (kind !== dueHead || bytes.length < dueHeadBytes)) return undefined;
  const dueAt = isPlain ? undefined : bytes.readDoubleBE(plainHeadBytes);
  if (dueAt !== undefined && !Number.isSafeInteger(dueAt)) return undefined;
  return {
    value: bytes.subarray(isPlain ? plainHeadBytes : dueHeadBytes),
    dueAt,
    standsAt: bytes.readUIntBE(1, standsAtBytes),
  };
};
