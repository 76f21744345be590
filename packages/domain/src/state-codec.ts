import { fingerprintChars } from './admission/fingerprints.ts';
import type { Sums } from './spend/sums.ts';
import { type State, unknownSubscriber } from './state.ts';

/** The first byte of a packed state. A state of another version is not read. */
export const stateVersion = 1;

/** What changes with every charge: sums by day and month, and fingerprints. */
type Hot = Pick<State, 'days' | 'months' | 'recent' | 'lasting'>;
/** What seldom changes, and most subscribers lack. */
type Rest = Omit<State, keyof Hot>;

/**
 * A state as it lies in memory between two of a subscriber's events: two things where a state is a dozen, which is
 * what memory and the garbage collector are short of. `hot` holds one byte in each character.
 */
export type FrozenState = { readonly hot: string; readonly part: RestPart };

/** It is written at every flush and changes seldom: its text is made once, when it is first asked for. */
type RestPart = { readonly rest: Rest; text: string | undefined };

const hotKeys: readonly string[] = ['days', 'months', 'recent', 'lasting'] satisfies (keyof Hot)[];
const restKeys = Object.keys(unknownSubscriber).filter((key) => !hotKeys.includes(key)) as (keyof Rest)[];

const restOf = (state: State): Rest => {
  const { days: _days, months: _months, recent: _recent, lasting: _lasting, ...rest } = state;
  return rest;
};
const noRest: RestPart = { rest: restOf(unknownSubscriber), text: '' };

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
  let rest = value < 0 ? -value * 2 - 1 : value * 2;
  while (rest >= 0x80) {
    scratch[end++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  scratch[end++] = rest;
};

const numberBytesMax = 9;

const putSums = (sums: Sums): void => {
  room((sums.length + 1) * numberBytesMax);
  putNumber(sums.length / 2);
  let last = 0;
  for (let at = 0; at < sums.length; at += 2) {
    putNumber((sums[at] as number) - last);
    putNumber(sums[at + 1] as number);
    last = sums[at] as number;
  }
};

const putFingerprints = (fingerprints: string): void => {
  room(fingerprints.length);
  end += scratch.write(fingerprints, end, 'latin1');
};

/** Freezes a state. What is the same as in `before`, an earlier one of the subscriber, is not held twice. */
export const freezeState = (state: State, before?: FrozenState): FrozenState => {
  end = 0;
  putSums(state.days);
  putSums(state.months);
  room(2 * numberBytesMax);
  putNumber(state.recent.length);
  putNumber(state.lasting.length);
  putFingerprints(state.recent);
  if (state.lasting !== '') putFingerprints(state.lasting);
  const hot = scratch.toString('latin1', 0, end);
  if (before && isRestOf(before.part.rest, state)) return { hot, part: before.part };
  return { hot, part: isRestOf(noRest.rest, state) ? noRest : { rest: restOf(state), text: undefined } };
};

const isRestOf = (rest: Rest, state: State): boolean => restKeys.every((key) => rest[key] === state[key]);

let cursor = 0;

const broken = (why: string): Error => new Error(`a packed state cannot be read: ${why}`);

const takeNumber = (hot: string): number => {
  let value = 0;
  for (let scale = 1; ; scale *= 0x80) {
    const byte = hot.charCodeAt(cursor++);
    if (!(byte >= 0) || scale > 2 ** 56) throw broken('it ends too early');
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) break;
  }
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
};

const takeCount = (hot: string): number => {
  const count = takeNumber(hot);
  if (count < 0 || count > hot.length - cursor) throw broken('a length is longer than the rest');
  return count;
};

const takeSums = (hot: string): Sums => {
  const count = takeCount(hot);
  const sums: number[] = [];
  let key = 0;
  for (let n = 0; n < count; n += 1) {
    key += takeNumber(hot);
    sums.push(key, takeNumber(hot));
  }
  return sums;
};

const takeFingerprints = (hot: string, length: number): string => {
  if (length % fingerprintChars !== 0) throw broken('a fingerprint is cut');
  cursor += length;
  return hot.slice(cursor - length, cursor);
};

/** The state that was frozen. */
export const thawState = ({ hot, part: { rest } }: FrozenState): State => {
  cursor = 0;
  const days = takeSums(hot);
  const months = takeSums(hot);
  const recentLength = takeCount(hot);
  const lastingLength = takeCount(hot);
  if (recentLength + lastingLength !== hot.length - cursor) throw broken('its lengths do not add up');
  const recent = takeFingerprints(hot, recentLength);
  const lasting = takeFingerprints(hot, lastingLength);
  return {
    phase: rest.phase,
    days,
    months,
    recent,
    lasting,
    tier: rest.tier,
    listings: rest.listings,
    firedAlerts: rest.firedAlerts,
    dropped: rest.dropped,
    standing: rest.standing,
    profile: rest.profile,
  };
};

const restText = (part: RestPart): string => {
  part.text ??= makeRestText(part.rest);
  return part.text;
};

/** Only what differs from a subscriber of whom nothing is known. */
const makeRestText = (rest: Rest): string => {
  const told = restKeys.filter((key) => {
    const value = rest[key];
    return value !== unknownSubscriber[key] && !(Array.isArray(value) && value.length === 0);
  });
  return told.length === 0 ? '' : JSON.stringify(Object.fromEntries(told.map((key) => [key, rest[key]])));
};

const lengthBytes = 4;

/** Packs a frozen state for a store: version, length of the hot part, the hot part, the rest as JSON. */
export const encodeFrozen = ({ hot, part }: FrozenState): Buffer => {
  const text = restText(part);
  const bytes = Buffer.allocUnsafe(1 + lengthBytes + hot.length + Buffer.byteLength(text));
  bytes[0] = stateVersion;
  bytes.writeUInt32LE(hot.length, 1);
  const at = 1 + lengthBytes + bytes.write(hot, 1 + lengthBytes, 'latin1');
  if (text !== '') bytes.write(text, at, 'utf8');
  return bytes;
};

/** Unpacks what encodeFrozen wrote. Throws where the bytes are something else: that is a bug or a broken disk. */
export const decodeFrozen = (packed: Uint8Array): FrozenState => {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  if (bytes[0] !== stateVersion) throw broken(`its version is ${bytes[0]}, this alo reads ${stateVersion}`);
  if (bytes.length < 1 + lengthBytes) throw broken('it ends too early');
  const hotEnd = 1 + lengthBytes + bytes.readUInt32LE(1);
  if (hotEnd > bytes.length) throw broken('a length is longer than the rest');
  const hot = bytes.toString('latin1', 1 + lengthBytes, hotEnd);
  if (hotEnd === bytes.length) return { hot, part: noRest };
  const text = bytes.toString('utf8', hotEnd);
  return { hot, part: { rest: { ...noRest.rest, ...(JSON.parse(text) as Partial<Rest>) }, text } };
};

export const encodeState = (state: State): Buffer => encodeFrozen(freezeState(state));
export const decodeState = (packed: Uint8Array): State => thawState(decodeFrozen(packed));
