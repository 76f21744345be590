import { isDeepStrictEqual } from 'node:util';
import { decodeBinary, encodeBinary, encodeStructured, outputSchemas, readEvent, type Trigger } from '@alo/contracts';
import fc from 'fast-check';
import { triggerTexts } from '../corpus/messages.ts';
import { type Door, insist, makeDoor, type Outcome } from '../door.ts';
import { editedText, renderText } from '../edits/edited.ts';

const parsedOrNothing = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
};

/** What a consumer may rely on, of whatever was made of a trigger. */
const triggerOf = (bytes: Buffer): Trigger | undefined => {
  const json = parsedOrNothing(bytes) as { readonly type?: string } | null | undefined;
  const type = json?.type as keyof typeof outputSchemas;
  return Object.hasOwn(outputSchemas, type) ? outputSchemas[type].safeParse(json).data : undefined;
};

/** Undefined members are not there on the wire. */
const onWire = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const encoding = makeDoor({
  name: 'triggers',
  casesPerRound: 1000,
  cases: editedText,
  render: (one) => renderText(triggerTexts, one),
  enter: (bytes): Outcome => {
    const trigger = triggerOf(bytes);
    if (!trigger) return 'refused';
    insist(isDeepStrictEqual(onWire(trigger), JSON.parse(encodeStructured(trigger))), 'structured is not what it was');
    insist(isDeepStrictEqual(decodeBinary(encodeBinary(trigger)), onWire(trigger)), 'binary is not what it was');
    return 'taken';
  },
});

const headerNames = [
  'ce_id',
  'ce_type',
  'ce_specversion',
  'CE_TIME',
  'ce_data',
  'ce___proto__',
  'content-type',
  'x',
  '__proto__',
];
const headerValue = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.uint8Array({ maxLength: 20 }),
  fc.array(fc.uint8Array({ maxLength: 4 }), { maxLength: 2 }),
  fc.constantFrom(undefined, '1.0', '\ud800', '2026-08-01T00:00:00Z'),
);
const oddHeaders = fc.array(fc.tuple(fc.constantFrom(...headerNames), headerValue), { maxLength: 4 });

const headerText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** The attributes as headers, and the data as the value, as far as there are any. */
const binaryOf = (bytes: Buffer, odd: readonly (readonly [string, unknown])[]) => {
  const json = parsedOrNothing(bytes);
  const { data, ...attributes } = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>;
  const headers = Object.entries(attributes).map(([name, value]) => [`ce_${name}`, Buffer.from(headerText(value))]);
  return {
    headers: Object.fromEntries([...headers, ...odd]) as Record<string, Uint8Array | undefined>,
    value: json === undefined ? bytes : data === null ? null : Buffer.from(JSON.stringify(data) ?? ''),
  };
};

const binary = makeDoor({
  name: 'binary-messages',
  casesPerRound: 1000,
  cases: fc.record({ message: editedText, odd: oddHeaders }),
  render: ({ message, odd }) => binaryOf(renderText(triggerTexts, message), odd),
  enter: (message): Outcome => {
    const decoded = decodeBinary(message);
    insist(readEvent(decoded).kind !== 'empty', 'a message that is there is empty');
    return decoded === undefined ? 'refused' : 'taken';
  },
});

export const cloudEventDoors: readonly Door[] = [encoding, binary];
