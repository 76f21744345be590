import { fingerprintChars } from './admission/fingerprints.ts';
import type { Sums } from './spend/sums.ts';
import { type State, unknownSubscriber } from './state.ts';

/** The first byte of a packed state. A state of another version is not read. */
export const stateVersion = 1;

/** What most subscribers lack stands as JSON behind the packed sums and fingerprints. */
type Rest = Omit<State, 'days' | 'months' | 'recent' | 'lasting'>;

const packedKeys = ['days', 'months', 'recent', 'lasting'];
const restKeys = Object.keys(unknownSubscriber).filter((key) => !packedKeys.includes(key)) as (keyof Rest)[];

let scratch = Buffer.allocUnsafe(64 * 1024);
let end = 0;

const room = (bytes: number): void => {
  if (end + bytes <= scratch.length) return;
  const larger = Buffer.allocUnsafe(Math.max(scratch.length * 2, end + bytes));
  scratch.copy(larger, 0, 0, end);
  scratch = larger;
};

/** A whole number of either sign, small ones in one byte. */
const putNumber = (value: number): void => {
  room(9);
  let rest = value < 0 ? -value * 2 - 1 : value * 2;
  while (rest >= 0x80) {
    scratch[end++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  scratch[end++] = rest;
};

const putBytes = (text: string, encoding: 'latin1' | 'utf8', length: number): void => {
  putNumber(length);
  room(length);
  end += scratch.write(text, end, encoding);
};

const putSums = (sums: Sums): void => {
  putNumber(sums.length / 2);
  let last = 0;
  for (let at = 0; at < sums.length; at += 2) {
    putNumber((sums[at] as number) - last);
    putNumber(sums[at + 1] as number);
    last = sums[at] as number;
  }
};

/** Only what differs from a subscriber of whom nothing is known; empty for most. */
const restText = (state: State): string => {
  let told: Partial<Record<keyof Rest, unknown>> | undefined;
  for (const key of restKeys) {
    const value = state[key];
    if (value === unknownSubscriber[key] || (Array.isArray(value) && value.length === 0)) continue;
    told ??= {};
    told[key] = value;
  }
  return told === undefined ? '' : JSON.stringify(told);
};

/** Packs a state: version, sums by day and month, fingerprints, the rest. Sparse: what is not there takes no room. */
export const encodeState = (state: State): Buffer => {
  end = 0;
  room(1);
  scratch[end++] = stateVersion;
  putSums(state.days);
  putSums(state.months);
  putBytes(state.recent, 'latin1', state.recent.length);
  putBytes(state.lasting, 'latin1', state.lasting.length);
  const rest = restText(state);
  putBytes(rest, 'utf8', Buffer.byteLength(rest));
  return Buffer.from(scratch.subarray(0, end));
};

type Cursor = { readonly bytes: Buffer; at: number };

const broken = (why: string): Error => new Error(`a packed state cannot be read: ${why}`);

const takeNumber = (cursor: Cursor): number => {
  let value = 0;
  let scale = 1;
  for (;;) {
    const byte = cursor.bytes[cursor.at++];
    if (byte === undefined || scale > 2 ** 56) throw broken('it ends too early');
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) break;
    scale *= 0x80;
  }
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
};

const takeCount = (cursor: Cursor): number => {
  const count = takeNumber(cursor);
  if (count < 0 || count > cursor.bytes.length - cursor.at) throw broken('a length is longer than the rest');
  return count;
};

const takeText = (cursor: Cursor, encoding: 'latin1' | 'utf8'): string => {
  const length = takeCount(cursor);
  cursor.at += length;
  return cursor.bytes.toString(encoding, cursor.at - length, cursor.at);
};

const takeSums = (cursor: Cursor): Sums => {
  const count = takeCount(cursor);
  const sums: number[] = [];
  let key = 0;
  for (let n = 0; n < count; n += 1) {
    key += takeNumber(cursor);
    sums.push(key, takeNumber(cursor));
  }
  return sums;
};

const takeFingerprints = (cursor: Cursor): string => {
  const fingerprints = takeText(cursor, 'latin1');
  if (fingerprints.length % fingerprintChars !== 0) throw broken('a fingerprint is cut');
  return fingerprints;
};

/** Unpacks a state. Throws where the bytes are not what encodeState writes: that is a bug or a broken disk. */
export const decodeState = (bytes: Uint8Array): State => {
  const cursor: Cursor = { bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), at: 1 };
  if (bytes[0] !== stateVersion) throw broken(`its version is ${bytes[0]}, this alo reads ${stateVersion}`);
  const days = takeSums(cursor);
  const months = takeSums(cursor);
  const recent = takeFingerprints(cursor);
  const lasting = takeFingerprints(cursor);
  const rest = takeText(cursor, 'utf8');
  const spent = { ...unknownSubscriber, days, months, recent, lasting };
  return rest === '' ? spent : { ...spent, ...(JSON.parse(rest) as Partial<Rest>) };
};
