import { decodeBinary, decodeLine, nestsDeeper, readEvent, shown } from '@alo/contracts';
import type { SourceRecord } from '@alo/runtime/live';
import { composeEvent, overlayEvent } from './compose-event.ts';
import { type ExactJson, parseExactly } from './exact-json.ts';
import { readHeader } from './read-origin.ts';
import type { SourceTopic } from './source-topic.ts';
import { isCarried } from './targets.ts';

/** What came of a record: an event for the journal, by its subscriber and as its bytes, or why it is none. */
export type Mapped =
  | { readonly kind: 'event'; readonly key: string; readonly value: Uint8Array }
  | { readonly kind: 'unreadable'; readonly reason: string };

type Unreadable = Extract<Mapped, { kind: 'unreadable' }>;

const isObject = (json: unknown): json is Readonly<Record<string, unknown>> =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

const unreadable = (reason: string): Unreadable => ({ kind: 'unreadable', reason });

/** What readEvent takes of data, and an envelope around it. */
const nestingMax = 130;

/** Makes a structured CloudEvent of a record of the operator's, such as the engine takes. Never throws. */
export const mapRecord = (topic: SourceTopic, record: SourceRecord, hmacKey: string): Mapped => {
  const document = documentOf(topic, record);
  if (document.kind === 'unreadable') return document;
  const event = eventOf(topic, record, document, hmacKey);
  if (event.kind === 'unreadable') return event;
  const isAsItCame = topic.format === 'cloudevents-structured' && event.json === document.value;
  return judged(topic, event.json, isAsItCame ? record.value : null);
};

type Document = ({ readonly kind: 'document' } & ExactJson) | Unreadable;

const documentOf = (topic: SourceTopic, record: SourceRecord): Document => {
  if (topic.format === 'cloudevents-binary') return binaryDocument(topic, record);
  if (record.value === null) return unreadable('the record has no value');
  const document = parsed(record.value, isMapped(topic));
  return document.kind === 'document' && nestsDeeper(document.value, nestingMax)
    ? unreadable('the value nests too deep')
    : document;
};

/** Whether anything in it is to be read as it was written: that costs time. */
const isMapped = ({ fields }: SourceTopic): boolean => fields.length > 0;

/** As much as brokers take as a record if nobody tells them otherwise. Reading more exactly would take seconds. */
const mappedBytesMax = 1024 * 1024;

const parsed = (bytes: Uint8Array, exactly: boolean): Document => {
  if (exactly && bytes.length > mappedBytesMax) {
    return unreadable(`the value has ${bytes.length} bytes, and at most ${mappedBytesMax} are mapped`);
  }
  const text = decodeLine(bytes);
  if (text === undefined) return unreadable('the value is not UTF-8');
  try {
    return { kind: 'document', ...(exactly ? parseExactly(text) : { value: JSON.parse(text), numberText }) };
  } catch (error) {
    if (error instanceof RangeError) return unreadable('the value nests too deep');
    return unreadable(`the value is not JSON: ${shown(text.slice(0, shownMax))}`);
  }
};

/** More of a text than a reason shows. */
const shownMax = 200;

const noBytes = new Uint8Array(0);

/** The attributes are headers, the data is the value. */
const binaryDocument = (topic: SourceTopic, record: SourceRecord): Document => {
  const attributes = decodeBinary({ headers: record.headers, value: noBytes });
  if (!attributes)
    return unreadable('the headers are not those of a CloudEvent: ce_specversion is missing or not UTF-8');
  if (record.value === null) return { kind: 'document', value: { ...attributes, data: null }, numberText };
  if (record.value.length === 0) return { kind: 'document', value: attributes, numberText };
  const data = parsed(record.value, isMapped(topic));
  if (data.kind === 'unreadable') return data;
  return { ...data, value: { ...attributes, data: data.value } };
};

const numberText = (_holder: unknown, _key: string, value: number): string => String(value);

type Composed = { readonly kind: 'json'; readonly json: unknown } | Unreadable;

const eventOf = (topic: SourceTopic, record: SourceRecord, document: ExactJson, hmacKey: string): Composed => {
  const opened = { record, document };
  const made = topic.format === 'json' ? composeEvent(topic, opened, hmacKey) : overlayEvent(topic, opened, hmacKey);
  return made.kind === 'fault' ? unreadable(made.fault) : { kind: 'json', json: traced(made.json, record) };
};

/** W3C Trace Context, version 00. */
const traceparentForm = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** A trace that the operator's own systems have begun, in a header, goes on; the event's own attribute stays. */
const traced = (json: unknown, record: SourceRecord): unknown => {
  if (!isObject(json) || json.traceparent !== undefined) return json;
  const header = readHeader(record, 'traceparent');
  const isTrace = header.kind === 'raw' && traceparentForm.test(header.text ?? '');
  return isTrace ? { ...json, traceparent: header.text } : json;
};

const judged = ({ types }: SourceTopic, json: unknown, bytes: Uint8Array | null): Mapped => {
  const type = isObject(json) ? json.type : undefined;
  if (typeof type === 'string' && !(isCarried(type) && types.includes(type))) {
    return unreadable(`type ${shown(type)} is not one that this topic may carry: ${types.join(', ')}`);
  }
  const read = readEvent(json);
  if (read.kind === 'event') {
    return { kind: 'event', key: read.event.subject, value: bytes ?? Buffer.from(JSON.stringify(json)) };
  }
  return unreadable(read.kind === 'empty' ? 'the value is empty' : read.refusal.message);
};
