import type { AloEvent } from '@alo/contracts';
import type { CivilDay } from '../calendar/calendar.ts';
import { identityOf, nameChars, twoBytes } from './identity.ts';

/**
 * The fingerprints of the events that count for a subscriber. Each is 14 characters of one byte: 2 for the civil day of
 * occurredAt, 8 of MD5 over source and id, 4 of CRC-32 over the content. Texts, for they are compact, are scanned fast
 * and are one thing for the garbage collector, however many they hold.
 */
export type Seen = {
  /** Of usage and quality, which are late after days. */
  readonly recent: string;
  /** Of all else, which is late after years. */
  readonly lasting: string;
};

const dayChars = 2;
const knownChars = dayChars + nameChars;
export const fingerprintChars = 14;

/** Of days before these no event of its kind is taken any more, whatever the policy's lateness. */
const recentDays = 41;
const lastingDays = 25 * 31;

/** What an event is known by: its civil day with its source and id; and its content. */
export type Fingerprint = { readonly known: string; readonly content: string };

export const fingerprintOf = (event: AloEvent, day: CivilDay): Fingerprint => {
  const { name, content } = identityOf(event);
  return { known: twoBytes(day) + name, content };
};

export type Sighting = 'new' | 'duplicate' | 'conflict';

/** Is an event known on its civil day, and with the same content? */
export const sightingOf = ({ recent, lasting }: Seen, { known, content }: Fingerprint): Sighting => {
  const found = contentOf(recent, known) ?? (lasting === '' ? undefined : contentOf(lasting, known));
  if (found === undefined) return 'new';
  return found === content ? 'duplicate' : 'conflict';
};

const contentOf = (fingerprints: string, known: string): string | undefined => {
  for (let at = fingerprints.indexOf(known); at !== -1; at = fingerprints.indexOf(known, at + 1)) {
    if (at % fingerprintChars === 0) return fingerprints.slice(at + knownChars, at + fingerprintChars);
  }
  return undefined;
};

/** The fingerprints with another one, less those of days that are past. */
export const withFingerprint = (
  { recent, lasting }: Seen,
  { known, content }: Fingerprint,
  { isLasting, today }: { readonly isLasting: boolean; readonly today: CivilDay },
): Seen =>
  isLasting
    ? { recent, lasting: appended(forget(lasting, today, lastingDays), known, content) }
    : { recent: appended(forget(recent, today, recentDays), known, content), lasting };

let scratch = Buffer.allocUnsafe(64 * 1024);

/** Joins the three into one flat text: + would make a rope, which costs a copy in the old generation when it is read. */
const appended = (fingerprints: string, known: string, content: string): string => {
  if (fingerprints.length + fingerprintChars > scratch.length) scratch = Buffer.allocUnsafe(scratch.length * 2);
  let end = scratch.write(fingerprints, 0, 'latin1');
  end += scratch.write(known, end, 'latin1');
  end += scratch.write(content, end, 'latin1');
  return scratch.toString('latin1', 0, end);
};

const ageOf = (fingerprints: string, at: number, today: CivilDay): number =>
  (today - ((fingerprints.charCodeAt(at) << 8) | fingerprints.charCodeAt(at + 1))) & 0xffff;

/** Days count modulo 2^16; what lies ahead of today is young. */
const isPast = (age: number, days: number) => age > days && age < 0x8000;

/** They stand in the order of their arrival: only once the first is past, or while it lies ahead, do the others need a look. */
const forget = (fingerprints: string, today: CivilDay, days: number): string => {
  if (fingerprints === '' || ageOf(fingerprints, 0, today) <= days) return fingerprints;
  const kept: string[] = [];
  for (let at = 0; at < fingerprints.length; at += fingerprintChars) {
    if (!isPast(ageOf(fingerprints, at, today), days)) kept.push(fingerprints.slice(at, at + fingerprintChars));
  }
  return kept.join('');
};
