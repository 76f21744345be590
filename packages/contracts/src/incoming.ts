import type * as z from 'zod';
import {
  type EventData,
  type EventName,
  type EventType,
  envelope,
  eventNames,
  eventSchemas,
  eventType,
  needsSubject,
} from './events.ts';
import { explain, foundAt, pathOf, shown } from './explain.ts';
import { type Instant, parseInstant } from './instant.ts';
import { nestsDeeper } from './nesting.ts';

/** Why a record was not taken: SPEC section 2. */
export const refusalCodes = [
  'SCHEMA',
  'UNKNOWN',
  'CURRENCY',
  'CLOCK',
  'LATE',
  'CONFLICT',
  'REFERENCE',
  'STATE',
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

export type Refusal = { readonly code: RefusalCode; readonly message: string };

type EventOf<Name extends EventName> = {
  readonly name: Name;
  readonly type: EventType<Name>;
  readonly source: string;
  readonly id: string;
  /** The subscriber; empty for what belongs to none. */
  readonly subject: string;
  readonly occurredAt: Instant;
  readonly data: EventData<Name>;
  /** The data as it came, unknown fields too: what makes two events the same. */
  readonly rawData: unknown;
  readonly traceparent?: string | undefined;
  /** What it is known by, where whoever read it has worked that out. */
  readonly identity?: { readonly name: string; readonly content: string };
};

/** An event that came in, whose envelope and data are as SPEC section 2 says. */
export type AloEvent<Name extends EventName = EventName> = { [N in Name]: EventOf<N> }[Name];

/** One record after the door. `time` is there when an envelope could be read: it is what moves now. */
export type Incoming =
  | { readonly kind: 'event'; readonly time: Instant; readonly event: AloEvent }
  | { readonly kind: 'refused'; readonly time: Instant; readonly refusal: Refusal }
  | { readonly kind: 'unreadable'; readonly refusal: Refusal }
  | { readonly kind: 'empty' };

type Entry = { name: EventName; schema: z.ZodType };

const entries = new Map<string, Entry>(
  eventNames.map((name) => [eventType(name), { name, schema: eventSchemas[eventType(name)] as z.ZodType }]),
);

/** More levels than this would only be there to exhaust a stack. */
const nestingMax = 128;

/** The first problem in words: where, what would be right, and what stands there. */
const problemOf = (json: unknown, error: z.ZodError): string => {
  const issue = error.issues[0] as z.core.$ZodIssue;
  return `${pathOf(issue.path) || 'the event'} ${explain(issue)}: ${shown(foundAt(json, issue))}`;
};

const refuse = (code: RefusalCode, message: string): Refusal => ({ code, message });

/** Takes a parsed JSON value through the door: an event, or why it is none. Never throws. */
export const readEvent = (json: unknown): Incoming => {
  const type = typeof json === 'object' && json !== null ? (json as { type?: unknown }).type : undefined;
  const entry = typeof type === 'string' ? entries.get(type) : undefined;
  if (!entry) return withoutSchema(json);
  const parsed = entry.schema.safeParse(json);
  if (!parsed.success) return withoutEvent(json, parsed.error);
  return toEvent(entry.name, parsed.data as WireEvent, json as { data?: unknown });
};

type WireEvent = {
  type: string;
  source: string;
  id: string;
  subject?: string | null;
  time: string;
  recordedtime?: string | null;
  traceparent?: unknown;
  data: unknown;
};

/** W3C Trace Context, version 00: an id of zeros only is none. */
const traceparentForm = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

const toEvent = (name: EventName, wire: WireEvent, json: { data?: unknown }): Incoming => {
  if (typeof json.data === 'object' && nestsDeeper(json.data, nestingMax)) {
    return {
      kind: 'refused',
      time: timeOf(wire),
      refusal: refuse('SCHEMA', `data must not nest more than ${nestingMax} levels`),
    };
  }
  const occurredAt = parseInstant(wire.time);
  const event = {
    name,
    type: wire.type,
    source: wire.source,
    id: wire.id,
    subject: needsSubject(wire.type) ? (wire.subject as string) : '',
    occurredAt,
    data: wire.data,
    rawData: json.data,
  };
  const traced = typeof wire.traceparent === 'string' && traceparentForm.test(wire.traceparent);
  return {
    kind: 'event',
    time: timeOf(wire),
    event: (traced ? { ...event, traceparent: wire.traceparent } : event) as AloEvent,
  };
};

const timeOf = (wire: { time: string; recordedtime?: string | null | undefined }): Instant =>
  parseInstant(wire.recordedtime ?? wire.time);

const withoutSchema = (json: unknown): Incoming => {
  const head = envelope.safeParse(json);
  if (!head.success) return { kind: 'unreadable', refusal: refuse('SCHEMA', problemOf(json, head.error)) };
  const refusal = refuse('UNKNOWN', `type ${shown(head.data.type)} is not one that alo knows`);
  return { kind: 'refused', time: timeOf(head.data), refusal };
};

const withoutEvent = (json: unknown, error: z.ZodError): Incoming => {
  const head = envelope.safeParse(json);
  if (!head.success) return { kind: 'unreadable', refusal: refuse('SCHEMA', problemOf(json, head.error)) };
  return { kind: 'refused', time: timeOf(head.data), refusal: refuse('SCHEMA', problemOf(json, error)) };
};

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of a line's bytes, or undefined where they are not UTF-8. */
export const decodeLine = (bytes: Uint8Array): string | undefined => {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
};

/** Reads one line of a journal: structured CloudEvents JSON, UTF-8. Never throws. */
export const readLine = (bytes: Uint8Array): Incoming => {
  const text = decodeLine(bytes);
  if (text === undefined) return { kind: 'unreadable', refusal: refuse('SCHEMA', 'the line is not UTF-8') };
  return readText(text);
};

/** More of a line than a message shows. */
const lineShownMax = 1000;

/** Like readLine, for a line that is text already. */
export const readText = (text: string): Incoming => {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    if (isBlank(text)) return { kind: 'empty' };
    return {
      kind: 'unreadable',
      refusal: refuse('SCHEMA', `the line is not JSON: ${shown(text.slice(0, lineShownMax))}`),
    };
  }
  return readEvent(json);
};

const isBlank = (text: string) => /^[ \t\r\n]*$/.test(text);
