import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { type AloEvent, canonicalJson } from '@alo/contracts';

/** Of MD5, in characters of one byte. */
export const nameChars = 8;

export const twoBytes = (value: number): string => String.fromCharCode((value >>> 8) & 255, value & 255);

/** Name and content of an event, which are the same in every zone: 8 and 4 characters. */
export type Identity = NonNullable<AloEvent['identity']>;

/** The name is source and id; the content is type, time as an instant and data as canonical JSON. */
export const identityOf = (event: AloEvent): Identity => {
  if (event.identity) return event.identity;
  const name = hash('md5', `${event.source}\0${event.id}`, 'latin1').slice(0, nameChars);
  const content = crc32(`${event.type}\0${event.occurredAt}\0${canonicalJson(event.rawData ?? null)}`);
  return { name, content: twoBytes(content >>> 16) + twoBytes(content) };
};
