import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { type AloEvent, canonicalJson } from '@alo/contracts';
import type { CivilDay } from '../calendar/calendar.ts';

/**
 * The fingerprints of one civil day of occurredAt. Each is 12 bytes, one character a byte: 8 of MD5 over source and
 * id, 4 of CRC-32 over the content. Strings, for they are compact, are scanned fast and stand still in memory.
 * `recent` are of usage and quality, which are late after days; `lasting` of all else, which is late after years.
 */
export type SeenDay = { readonly day: CivilDay; readonly recent: string; readonly lasting: string };

export const nameBytes = 8;
export const fingerprintBytes = 12;

/** Of days before this one no event of this kind is taken any more, whatever the policy's lateness. */
const recentDays = 41;
const lastingDays = 25 * 31;

export type Fingerprint = { readonly name: string; readonly content: string };

/** An event's name is its source and id; its content type, time as an instant and data as canonical JSON. */
export const fingerprintOf = (event: AloEvent): Fingerprint => {
  const name = hash('md5', `${event.source}\0${event.id}`, 'latin1').slice(0, nameBytes);
  const content = crc32(`${event.type}\0${event.occurredAt}\0${canonicalJson(event.rawData ?? null)}`);
  return {
    name,
    content: String.fromCharCode(content >>> 24, (content >>> 16) & 255, (content >>> 8) & 255, content & 255),
  };
};

export type Sighting = 'new' | 'duplicate' | 'conflict';

/** Is an event known on its civil day, and with the same content? */
export const sightingOf = (seen: readonly SeenDay[], day: CivilDay, { name, content }: Fingerprint): Sighting => {
  const known = seen.findLast((ids) => ids.day === day);
  const found = known && (contentOf(known.recent, name) ?? contentOf(known.lasting, name));
  if (found === undefined) return 'new';
  return found === content ? 'duplicate' : 'conflict';
};

const contentOf = (ids: string, name: string): string | undefined => {
  for (let at = ids.indexOf(name); at !== -1; at = ids.indexOf(name, at + 1)) {
    if (at % fingerprintBytes === 0) return ids.slice(at + nameBytes, at + fingerprintBytes);
  }
  return undefined;
};

/** Remembers a fingerprint, and forgets those of days that are past. */
export const remember = (
  seen: readonly SeenDay[],
  day: CivilDay,
  fingerprint: Fingerprint,
  { lasting, today }: { readonly lasting: boolean; readonly today: CivilDay },
): readonly SeenDay[] => {
  const ids = fingerprint.name + fingerprint.content;
  const kept = forget(seen, today);
  const at = kept.findLastIndex((known) => known.day <= day);
  const known = kept[at];
  if (known?.day !== day) {
    kept.splice(at + 1, 0, { day, recent: lasting ? '' : ids, lasting: lasting ? ids : '' });
  } else {
    kept[at] = lasting ? { ...known, lasting: known.lasting + ids } : { ...known, recent: known.recent + ids };
  }
  return kept;
};

const forget = (seen: readonly SeenDay[], today: CivilDay): SeenDay[] => {
  const oldest = seen[0];
  if (!oldest || oldest.day >= today - recentDays) return seen.slice();
  return seen
    .filter(({ day, lasting }) => day >= today - recentDays || (lasting !== '' && day >= today - lastingDays))
    .map((ids) => (ids.day >= today - recentDays || ids.recent === '' ? ids : { ...ids, recent: '' }));
};
