import { describe, expect, test } from '@jest/globals';
import { CloudEvent, HTTP, Kafka } from 'cloudevents';
import fc from 'fast-check';
import { decodeBinary, encodeBinary, encodeStructured } from './cloudevents.ts';
import { goldenMessages } from './golden-messages.ts';
import { type OutputName, outputId, outputNames, outputSchemas, type Trigger } from './outputs.ts';

const outputs = goldenMessages.filter(({ message }) => message.type in outputSchemas);
const triggers = outputs.map(({ file, message }) => ({ file, trigger: message as unknown as Trigger }));

/**
 * What the reader says of an event. It writes every time with milliseconds, so times are compared as instants; and in
 * structured mode it drops data that is null, so that is compared with none.
 */
const attributesOf = (event: object): object => {
  const { time, data, ...rest } = JSON.parse(JSON.stringify(event));
  return { ...rest, ...(data !== null && { data }), time: Date.parse(time) };
};

/** Kafka's key, which the package's Kafka binding makes an attribute that nobody sent. */
const withoutKey = (event: object): object => {
  const { partitionkey, ...rest } = attributesOf(event) as { partitionkey?: unknown };
  return rest;
};

/** The package's Kafka binding takes a message as alo writes it, but for a null value: that it does not know. */
const readFromKafka = (trigger: Trigger): object => {
  const { key, headers, value } = encodeBinary(trigger);
  const message = { key, headers, value: value ?? 'null', body: value, timestamp: undefined };
  return withoutKey(Kafka.toEvent(message as never) as object);
};

const readFromHttp = (trigger: Trigger): object => {
  const headers = { 'content-type': 'application/cloudevents+json' };
  return attributesOf(HTTP.toEvent({ headers, body: encodeStructured(trigger) }) as object);
};

const readBack = (trigger: Trigger, bytes: boolean): object | undefined => {
  const { headers, value } = encodeBinary(trigger);
  if (!bytes) return decodeBinary({ headers, value });
  const entries = Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)] as const);
  return decodeBinary({ headers: Object.fromEntries(entries), value: value === null ? null : Buffer.from(value) });
};

describe('an independent reader', () => {
  test.each(triggers)('takes $file as a valid CloudEvent', ({ trigger }) => {
    expect(attributesOf(new CloudEvent(trigger, true))).toEqual(attributesOf(trigger));
  });

  test.each(triggers)('reads $file in structured mode, attribute by attribute', ({ trigger }) => {
    expect(readFromHttp(trigger)).toEqual(attributesOf(trigger));
  });

  test.each(triggers)('reads $file in binary mode, attribute by attribute', ({ trigger }) => {
    expect(readFromKafka(trigger)).toEqual(attributesOf(trigger));
  });
});

describe('binary mode', () => {
  test('is headers of text, the subject as key, and the data as value', () => {
    const trigger = triggers.find(({ file }) => file.endsWith('alo.promotions.muted.v1.json'))!.trigger;
    expect(encodeBinary(trigger)).toEqual({
      key: 'khách/17 (Đà Nẵng)',
      headers: {
        'content-type': 'application/json',
        ce_specversion: '1.0',
        ce_id: trigger.id,
        ce_source: '/alo/example',
        ce_type: 'alo.promotions.muted.v1',
        ce_subject: 'khách/17 (Đà Nẵng)',
        ce_time: '2026-07-20T02:15:00Z',
      },
      value: JSON.stringify(trigger.data),
    });
  });

  test('has no header for an attribute without a value, which kafkajs would fail at', () => {
    const trigger = { ...triggers[0]!.trigger, traceparent: undefined } as unknown as Trigger;
    expect(Object.keys(encodeBinary(trigger).headers)).not.toContain('ce_traceparent');
  });

  test('of data that is null has no value, which ends the key in a compacted topic', () => {
    const left = triggers.find(({ file }) => file.endsWith('of-who-left.json'))!.trigger;
    expect(encodeBinary(left).value).toBeNull();
  });

  test.each(triggers)('of $file is read back as it was, from texts and from bytes', ({ trigger }) => {
    expect(readBack(trigger, false)).toEqual(trigger);
    expect(readBack(trigger, true)).toEqual(trigger);
  });

  test.each([
    { event: { id: 'a', source: '/s', type: 't', specversion: '1.0', data: { a: [1, 'đ'] } }, why: 'an object' },
    { event: { id: 'a', source: '/s', type: 't', specversion: '1.0', data: 'text' }, why: 'a text' },
    {
      event: { id: 'a', source: '/s', type: 't', specversion: '1.0', subject: '😀', more: 'x', data: 5 },
      why: 'a number',
    },
  ])('of what the package writes is read: $why', ({ event }) => {
    const written = Kafka.binary(
      new CloudEvent<unknown>({
        ...event,
        datacontenttype: 'application/json',
        time: '2026-07-20T02:15:00Z',
      } as object),
    );
    const decoded = decodeBinary({
      headers: written.headers as Record<string, string | undefined>,
      value: JSON.stringify(written.value),
    });
    expect(decoded).toMatchObject({ ...event, datacontenttype: 'application/json' });
    expect(Date.parse(String(decoded?.time))).toBe(Date.parse('2026-07-20T02:15:00Z'));
  });

  const head = { ce_specversion: '1.0', ce_id: 'a' };
  const read = { specversion: '1.0', id: 'a' };
  test.each([
    {
      headers: { ...head, CE_Subject: 's' },
      value: '{}',
      decoded: { ...read, subject: 's', data: {} },
      why: 'upper case',
    },
    {
      headers: { ...head, 'Content-Type': 'a/b' },
      value: '1',
      decoded: { ...read, datacontenttype: 'a/b', data: 1 },
      why: 'of the data',
    },
    {
      headers: { ...head, traceparent: 'x' },
      value: '1',
      decoded: { ...read, data: 1 },
      why: 'a header of another kind is passed over',
    },
    {
      headers: { ...head, ce_subject: undefined },
      value: '1',
      decoded: { ...read, data: 1 },
      why: 'a header without a value',
    },
    {
      headers: { ...head, ce_subject: ['s', 't'] },
      value: '1',
      decoded: { ...read, subject: 's', data: 1 },
      why: 'the first of two',
    },
    { headers: { ...head, ce_subject: [] }, value: '1', decoded: { ...read, data: 1 }, why: 'none of none' },
    { headers: { ...head, ce_data: 'x', ce___proto__: 'y' }, value: '', decoded: read, why: 'what names no attribute' },
    { headers: head, value: '', decoded: read, why: 'no data' },
    { headers: head, value: null, decoded: { ...read, data: null }, why: 'null' },
  ])('is read with care: $why', ({ headers, value, decoded }) => {
    expect(decodeBinary({ headers, value })).toEqual(decoded);
  });

  test.each([
    { headers: { 'content-type': 'application/cloudevents+json' }, value: '{}', why: 'structured mode' },
    { headers: {}, value: '{}', why: 'no CloudEvent' },
    { headers: head, value: '{', why: 'data that is no JSON' },
    { headers: head, value: Buffer.from([0x22, 0xff, 0x22]), why: 'data that is not UTF-8' },
    { headers: { ...head, ce_subject: Buffer.from([0xff]) }, value: '{}', why: 'an attribute that is not UTF-8' },
  ])('is none: $why', ({ headers, value }) => {
    expect(decodeBinary({ headers, value })).toBeUndefined();
  });
});

/** Any text that an attribute may be: all of Unicode but control characters and noncharacters, and not empty. */
const word = fc
  .string({
    unit: fc.oneof(
      fc.constantFrom('đ', '😀', '%', '/', ' ', '"', '\\', '\u00a0', '\ufeff'),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
    ),
  })
  .filter((text) => text !== '' && !/[\p{Cc}\p{Noncharacter_Code_Point}]/u.test(text));
const instant = fc
  .date({ min: new Date('1990-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString().replace('.000Z', 'Z'));

/** Any trigger that is valid: the shape of a golden one, with all that is free in it made anew. */
const anyTrigger: fc.Arbitrary<Trigger> = fc
  .record({
    golden: fc.constantFrom(...triggers.map(({ trigger }) => trigger)),
    subject: word,
    part: word,
    source: fc.stringMatching(/^\/alo\/[A-Za-z0-9._~-]{1,20}$/),
    time: instant,
    expirytime: fc.option(instant, { nil: undefined }),
  })
  .map(({ golden, subject, part, source, time, expirytime }) => {
    const name = outputNames.find((known) => golden.type === `alo.${known}.v1`) as OutputName;
    const because = golden.data && { ...golden.data.because, cause: { due: part, at: time } };
    return {
      ...golden,
      ...{ subject, source, time, id: outputId(name, subject, part) },
      ...(expirytime !== undefined && { expirytime }),
      data: golden.data && { ...golden.data, because },
    } as Trigger;
  });

describe('whatever the trigger', () => {
  test('it is valid, so that what follows says something', () => {
    fc.assert(fc.property(anyTrigger, (trigger) => outputSchemas[trigger.type].safeParse(trigger).success));
  });

  test('an independent reader finds it the same in both modes', () => {
    fc.assert(
      fc.property(anyTrigger, (trigger) => {
        expect(attributesOf(new CloudEvent(trigger, true))).toEqual(attributesOf(trigger));
        expect(readFromHttp(trigger)).toEqual(attributesOf(trigger));
        expect(readFromKafka(trigger)).toEqual(attributesOf(trigger));
      }),
    );
  });

  test('it is read back as it was', () => {
    fc.assert(
      fc.property(anyTrigger, fc.boolean(), (trigger, bytes) => {
        expect(readBack(trigger, bytes)).toEqual(trigger);
      }),
    );
  });
});
