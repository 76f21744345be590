import { formatInstant, lastInstant, percentEncode } from '@alo/contracts';
import type { SourceRecord } from '@alo/runtime/live';
import type { ExactJson } from './exact-json.ts';
import { type Raw, rawOf } from './field-shape.ts';
import type { FieldSource, OriginSource } from './intake-schema.ts';
import { lookUp, parsePointer } from './json-pointer.ts';

/** A record that is being mapped, and the document in it. */
export type Opened = { readonly record: SourceRecord; readonly document: ExactJson };

/** What was found at an origin. */
export type Found =
  | ({ readonly kind: 'raw' } & Raw)
  | { readonly kind: 'missing' }
  | { readonly kind: 'fault'; readonly fault: string };

export type Origin = {
  readonly read: (opened: Opened) => Found /** As it is named in a reason. */;
  readonly name: string;
};

const missing: Found = { kind: 'missing' };
const raw = (value: unknown): Found => ({ kind: 'raw', ...rawOf(value) });

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const fromBytes = (bytes: string | Uint8Array | null | undefined): Found => {
  if (bytes === null || bytes === undefined) return missing;
  if (typeof bytes === 'string') return raw(bytes);
  try {
    return raw(utf8.decode(bytes));
  } catch {
    return { kind: 'fault', fault: 'must be UTF-8' };
  }
};

/** A header as text; the first where there are several of that name. */
export const readHeader = ({ headers }: SourceRecord, name: string): Found => {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  return fromBytes(Array.isArray(value) ? value[0] : value);
};

/** What JSON says is nothing is not there. */
const pointerOrigin = (text: string): Origin => {
  const pointer = parsePointer(text);
  const read = ({ document }: Opened): Found => {
    const { holder, key, value } = lookUp(document.value, pointer);
    if (value === undefined || value === null) return missing;
    if (typeof value !== 'number') return raw(value);
    return { kind: 'raw', value, text: document.numberText(holder, key, value) };
  };
  return { read, name: text === '' ? 'the whole value' : text };
};

/** Some write micro- or nanoseconds where milliseconds belong: thousands of years on. */
const timeOf = (timestampMs: number): Found => {
  if (timestampMs < 0) return missing;
  if (timestampMs <= lastInstant) return raw(formatInstant(timestampMs));
  return { kind: 'fault', fault: `must be milliseconds up to the year 9999: ${timestampMs}` };
};

const recordTime: Origin = {
  read: ({ record: { timestampMs } }) => timeOf(timestampMs),
  name: "the record's timestamp",
};

const recordKey: Origin = { read: ({ record }) => fromBytes(record.key), name: "the record's key" };

const single = ({ pointer, header, attribute, key, constant }: OriginSource): Origin => {
  if (pointer !== undefined) return pointerOrigin(pointer);
  if (header !== undefined) return { read: ({ record }) => readHeader(record, header), name: `header ${header}` };
  if (attribute !== undefined) return { ...pointerOrigin(`/${attribute}`), name: `attribute ${attribute}` };
  if (constant !== undefined) return { read: () => raw(constant), name: 'a constant' };
  return key ? recordKey : recordTime;
};

const encoded = (found: Found): Found => {
  if (found.kind !== 'raw') return found;
  if (found.text === undefined) return { kind: 'fault', fault: 'must be of texts' };
  return found.text.isWellFormed()
    ? raw(percentEncode(found.text))
    : { kind: 'fault', fault: 'must be proper Unicode' };
};

/** Parts with slashes between, each percent-encoded: so no two lists of parts give one text. */
const joined = (parts: readonly Origin[]): Origin => ({
  read: (opened) => {
    const texts: string[] = [];
    for (const part of parts) {
      const found = encoded(part.read(opened));
      if (found.kind !== 'raw') return found;
      texts.push(found.text as string);
    }
    return raw(texts.join('/'));
  },
  name: parts.map(({ name }) => name).join(' and '),
});

/** How the value of a field is found in a record. */
export const makeOrigin = (source: FieldSource): Origin =>
  source.join ? joined(source.join.map(single)) : single(source);
