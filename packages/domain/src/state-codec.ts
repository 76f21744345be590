import { dayMs, firstInstant, lastInstant } from '@alo/contracts';
import { fingerprintChars } from './admission/fingerprints.ts';
import type { Sums } from './spend/sums.ts';
import { type State, unknownSubscriber } from './state.ts';

/** The first byte of a packed state. A state of another version is not read; stores rise with it, to say so at the start. */
export const stateVersion = 2;

/** What changes with every charge: sums by day and month, and fingerprints. */
type Hot = Pick<State, 'days' | 'months' | 'recent' | 'lasting'>;

/** What seldom changes, as far as it differs from a subscriber of whom nothing is known: a small object, for many have one. */
export type StateRest = Partial<Omit<State, keyof Hot>>;

const hotKeys: readonly string[] = ['days', 'months', 'recent', 'lasting'] satisfies (keyof Hot)[];
const restKeys = Object.keys(unknownSubscriber).filter((key) => !hotKeys.includes(key)) as (keyof StateRest)[];

/** Shared by all of whom there is nothing but spend. */
const noRest: StateRest = {};

const restAt = <Key extends keyof StateRest>(rest: StateRest, key: Key): State[Key] =>
  (rest[key] ?? unknownSubscriber[key]) as State[Key];

const isTold = (value: unknown, key: keyof StateRest): boolean =>
  value !== unknownSubscriber[key] && !(Array.isArray(value) && value.length === 0);

const isRestOf = (rest: StateRest, state: State): boolean => {
  for (const key of restKeys) if (rest[key] !== (isTold(state[key], key) ? state[key] : undefined)) return false;
  return true;
};

/** The rest of a state; what is the same as `before` is not held twice. */
const restOf = (state: State, before: StateRest | undefined): StateRest => {
  if (before !== undefined && isRestOf(before, state)) return before;
  const told = restKeys.filter((key) => isTold(state[key], key));
  return told.length === 0 ? noRest : Object.fromEntries(told.map((key) => [key, state[key]]));
};

const isErased = ({ phase }: StateRest): boolean => phase === 'erased';

/** About what a rest takes in memory. */
const restBytes = (rest: StateRest | undefined): number =>
  rest === undefined || rest === noRest ? 0 : 60 + Object.keys(rest).length * 160;

const numberBytesMax = 9;
const lengthsMax = 4;

/** No more bytes than this are written for the hot part of a state. */
const hotBytesMax = ({ days, months, recent, lasting }: State): number =>
  (days.length + months.length + lengthsMax) * numberBytesMax + recent.length + lasting.length;

let end = 0;

/** A whole number of either sign, small ones in one byte. */
const putNumber = (into: Buffer, value: number): void => {
  let rest = value < 0 ? -value * 2 - 1 : value * 2;
  while (rest >= 0x80) {
    into[end++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  into[end++] = rest;
};

const putSums = (into: Buffer, sums: Sums): void => {
  putNumber(into, sums.length / 2);
  let last = 0;
  for (let at = 0; at < sums.length; at += 2) {
    putNumber(into, (sums[at] as number) - last);
    putNumber(into, sums[at + 1] as number);
    last = sums[at] as number;
  }
};

/** Writes the hot part of a state from a place on, and tells where it ends. */
const writeHot = ({ days, months, recent, lasting }: State, into: Buffer, from: number): number => {
  end = from;
  putSums(into, days);
  putSums(into, months);
  putNumber(into, recent.length);
  putNumber(into, lasting.length);
  end += into.write(recent, end, 'latin1');
  if (lasting !== '') end += into.write(lasting, end, 'latin1');
  return end;
};

let cursor = 0;
let limit = 0;

const broken = (why: string): Error => new Error(`a packed state cannot be read: ${why}`);

const takeNumber = (hot: Buffer): number => {
  let value = 0;
  for (let scale = 1; ; scale *= 0x80) {
    if (cursor >= limit || scale > 2 ** 56) throw broken('it ends too early');
    const byte = hot[cursor++] as number;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) break;
  }
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
};

const takeCount = (hot: Buffer): number => {
  const count = takeNumber(hot);
  if (count < 0 || count > limit - cursor) throw broken('a length is longer than the rest');
  return count;
};

const takeSums = (hot: Buffer): Sums => {
  const count = takeCount(hot);
  const sums: number[] = [];
  let key = 0;
  for (let n = 0; n < count; n += 1) {
    key += takeNumber(hot);
    sums.push(key, takeNumber(hot));
  }
  return sums;
};

const takeFingerprints = (hot: Buffer, length: number): string => {
  if (length === 0) return '';
  if (length % fingerprintChars !== 0) throw broken('a fingerprint is cut');
  cursor += length;
  return hot.toString('latin1', cursor - length, cursor);
};

/** The state whose hot part lies there, with its rest. */
const thaw = (hot: Buffer, from: number, to: number, rest: StateRest): State => {
  cursor = from;
  limit = to;
  const days = takeSums(hot);
  const months = takeSums(hot);
  const recentLength = takeCount(hot);
  const lastingLength = takeCount(hot);
  if (recentLength + lastingLength !== limit - cursor) throw broken('its lengths do not add up');
  const recent = takeFingerprints(hot, recentLength);
  const lasting = takeFingerprints(hot, lastingLength);
  return {
    phase: restAt(rest, 'phase'),
    days,
    months,
    recent,
    lasting,
    tier: rest.tier,
    listings: restAt(rest, 'listings'),
    firedAlerts: restAt(rest, 'firedAlerts'),
    occasions: restAt(rest, 'occasions'),
    dropped: rest.dropped,
    quality: rest.quality,
    ledger: rest.ledger,
    suspension: rest.suspension,
    standing: rest.standing,
    profile: rest.profile,
  };
};

const lengthBytes = 4;

const utf8BytesMax = 3;

/**
 * Both parts as a store holds them: version, length of the hot part, the hot part, the rest as JSON. The bytes hold
 * until the next are asked for.
 */
const encode = (hot: Buffer, from: number, to: number, rest: StateRest): Buffer => {
  const text = rest === noRest ? '' : JSON.stringify(rest);
  const hotStart = 1 + lengthBytes;
  const hotEnd = hotStart + to - from;
  const bytesMax = hotEnd + text.length * utf8BytesMax;
  if (bytesMax > encoded.length) encoded = Buffer.allocUnsafe(bytesMax);
  encoded[0] = stateVersion;
  encoded.writeUInt32LE(to - from, 1);
  hot.copy(encoded, hotStart, from, to);
  return encoded.subarray(0, text === '' ? hotEnd : hotEnd + encoded.write(text, hotEnd, 'utf8'));
};

let encoded = Buffer.allocUnsafe(64 * 1024);

/** The days and months of the years 0 to 9999: there are no others. */
const daysThereAre = { first: firstInstant / dayMs, last: lastInstant / dayMs };
const monthsThereAre = { first: 0, last: 12 * 10_000 - 1 };

/** They are written rising, and exact. */
const refuseBrokenSums = (sums: Sums, { first, last }: typeof daysThereAre): void => {
  let before = first - 1;
  for (let at = 0; at < sums.length; at += 2) {
    const [key, sum] = [sums[at] as number, sums[at + 1] as number];
    if (key <= before || key > last || !Number.isSafeInteger(sum)) throw broken('its sums are none');
    before = key;
  }
};

const isLikeUnknown = (value: unknown, key: keyof StateRest): boolean => {
  if (key === 'phase') return typeof value === 'string';
  const isList = Array.isArray(unknownSubscriber[key]);
  return typeof value === 'object' && value !== null && Array.isArray(value) === isList;
};

const restIn = (text: string): StateRest => {
  const rest = jsonOf(text);
  if (typeof rest !== 'object' || rest === null || Array.isArray(rest)) throw broken('its rest is no JSON object');
  for (const [key, value] of Object.entries(rest)) {
    const isKnown = (restKeys as readonly string[]).includes(key);
    if (!isKnown || !isLikeUnknown(value, key as keyof StateRest)) throw broken('its rest holds what no state has');
  }
  return rest;
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * Takes apart what `encode` made, and looks through it once: whoever has it at hand need not. Throws where the bytes
 * are something else: that is a bug or a broken disk.
 */
const decode = (packed: Uint8Array): { readonly hot: Buffer; readonly rest: StateRest } => {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  if (bytes[0] !== stateVersion) throw broken(`its version is ${bytes[0]}, this alo reads ${stateVersion}`);
  if (bytes.length < 1 + lengthBytes) throw broken('it ends too early');
  const hotEnd = 1 + lengthBytes + bytes.readUInt32LE(1);
  if (hotEnd > bytes.length) throw broken('a length is longer than the rest');
  const hot = bytes.subarray(1 + lengthBytes, hotEnd);
  const rest = hotEnd === bytes.length ? noRest : restIn(bytes.toString('utf8', hotEnd));
  const { days, months } = thaw(hot, 0, hot.length, rest);
  refuseBrokenSums(days, daysThereAre);
  refuseBrokenSums(months, monthsThereAre);
  return { hot, rest };
};

/** How states lie in memory and in a store. */
export const stateCodec = { hotBytesMax, writeHot, restOf, restBytes, isErased, thaw, encode, decode };

export const encodeState = (state: State): Buffer => {
  const hot = Buffer.allocUnsafe(hotBytesMax(state));
  return Buffer.from(encode(hot, 0, writeHot(state, hot, 0), restOf(state, undefined)));
};

export const decodeState = (packed: Uint8Array): State => {
  const { hot, rest } = decode(packed);
  return thaw(hot, 0, hot.length, rest);
};
