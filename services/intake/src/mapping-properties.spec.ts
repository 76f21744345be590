import { readLine } from '@alo/contracts';
import type { SourceRecord } from '@alo/runtime/live';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkIntake } from './intake-config.ts';
import { mapRecord } from './map-record.ts';
import { prepareTopic, type SourceTopic } from './source-topic.ts';

const hmacKey = 'a key of a test, which no other knows';
const types = [
  'alo.usage.charged.v1',
  'alo.suspension.requested.v1',
  'alo.subscriber.opened.v1',
  'alo.subscriber.closed.v1',
];

const overlaid = {
  subject: { attribute: 'subject', hash: true },
  fields: { 'data.line': { pointer: '/data/line', hash: true }, time: { attribute: 'time' } },
};
const plain = {
  subject: { pointer: '/subject', hash: true },
  fields: {
    type: { pointer: '/type' },
    id: { join: [{ pointer: '/id' }, { key: true }] },
    source: { header: 'source' },
    time: { pointer: '/time' },
    'data.amount': { pointer: '/data/amount', factor: '1/100' },
    'data.currency': { pointer: '/data/currency' },
    'data.service': { pointer: '/data/service', words: { '*': 'other' } },
    'data.requestId': { pointer: '/data/requestId' },
    'data.stage': { pointer: '/data/stage' },
    'data.reason': { pointer: '/data/reason' },
    'data.debt.amount': { pointer: '/data/debt/amount' },
    'data.debt.currency': { constant: 'VND' },
    'data.months': { pointer: '/data/months' },
  },
};

const configs = {
  structured: { format: 'cloudevents-structured', types },
  'structured-and-hashed': { format: 'cloudevents-structured', types, ...overlaid },
  binary: { format: 'cloudevents-binary', types },
  'binary-and-hashed': { format: 'cloudevents-binary', types, ...overlaid },
  plain: { format: 'json', types, ...plain },
  charges: {
    format: 'json',
    types: ['alo.usage.charged.v1'],
    subject: { pointer: '/subject' },
    fields: {
      time: { timestamp: true },
      'data.amount': { pointer: '/amount', factor: '1/100' },
      'data.currency': { constant: 'VND' },
      'data.service': { constant: 'voice' },
    },
  },
};
const check = checkIntake({ topics: configs });
if (!check.ok) throw new Error(JSON.stringify(check.problems));
const topics = Object.entries(check.config.topics).map(([name, config]) => ({ name, topic: prepareTopic(config) }));
const mixed = topics.filter(({ name }) => name !== 'charges');

const odd = fc.oneof(
  fc.jsonValue(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom<unknown>(null, '', 0, -0, 2 ** 53, 1e300, '\ud800', '__proto__', [], {}, true),
);
const text = fc.oneof({ weight: 8, arbitrary: fc.string({ minLength: 1 }) }, { weight: 1, arbitrary: odd });
const or = (weight: number, usual: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: odd });

const data = fc.record(
  {
    amount: or(
      9,
      fc.integer({ min: 1, max: 10 ** 12 }).map((n) => n * 100),
    ),
    currency: or(20, fc.constant('VND')),
    service: or(9, fc.constantFrom('voice', 'sms')),
    line: text,
    requestId: text,
    stage: or(9, fc.constant('both')),
    reason: or(9, fc.constant('debt')),
    debt: or(4, fc.record({ amount: or(9, fc.nat()), currency: fc.constant('VND') })),
    months: or(4, fc.dictionary(fc.constantFrom('2026-06', '__proto__'), fc.integer())),
  },
  { requiredKeys: ['amount', 'currency', 'service', 'requestId', 'stage', 'reason'] },
);
const attributes = {
  specversion: or(30, fc.constant('1.0')),
  id: text,
  source: text,
  type: or(20, fc.constantFrom(...types, 'alo.payment.received.v1')),
  subject: text,
  time: or(20, fc.constant('2026-07-31T17:30:00+07:00')),
};
const event = fc.record({ ...attributes, data: or(20, data) });

const bytes = (value: unknown) => Buffer.from(JSON.stringify(value) ?? '');
/** An object may have a toString that is none. */
const wordsOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
const header = fc.oneof(
  fc.string().map(Buffer.from),
  fc.uint8Array().map(Buffer.from),
  fc.constant(undefined),
  fc.string(),
);
const anyHeaders = fc.dictionary(
  fc.constantFrom('traceparent', 'source', 'ce_time', '__proto__', 'content-type'),
  header,
);

/** The attributes in the value and in headers, so that each format finds them. */
const records = fc
  .record({
    event,
    anyHeaders,
    isSpoilt: fc.integer({ min: 0, max: 9 }),
    spoilt: fc.uint8Array(),
    inHeaders: fc.boolean(),
  })
  .map(
    ({ event: { data: itsData, ...rest }, anyHeaders: more, isSpoilt, spoilt, inHeaders }): SourceRecord => ({
      topic: 't',
      partition: 0,
      offset: '7',
      timestampMs: 0,
      key: isSpoilt === 1 ? null : Buffer.from('k'),
      headers: {
        source: 'somewhere',
        ...(inHeaders &&
          Object.fromEntries(Object.entries(rest).map(([name, value]) => [`ce_${name}`, Buffer.from(wordsOf(value))]))),
        ...more,
      },
      value: isSpoilt === 0 ? spoilt : bytes(inHeaders ? itsData : { ...rest, data: itsData }),
    }),
  );

describe.each(mixed)('whatever lies in a topic that is $name', ({ topic }) => {
  test('becomes an event that the engine takes, of a type that may come, under its subscriber, or has a reason', () => {
    const seen = { event: 0, unreadable: 0 };
    fc.assert(
      fc.property(records, (record) => {
        const mapped = mapRecord(topic, record, hmacKey);
        seen[mapped.kind] += 1;
        if (mapped.kind === 'unreadable') return mapped.reason !== '';
        const read = readLine(mapped.value);
        if (read.kind !== 'event') return false;
        expect(read.event.subject).toBe(mapped.key);
        expect(topic.types).toContain(read.event.type);
        if (topic.fields.length > 0) expect(mapped.key).toMatch(/^[\w-]{43}$/);
        return true;
      }),
      { numRuns: 1200 },
    );
    expect(Math.min(seen.event, seen.unreadable)).toBeGreaterThan(9);
  });
});

test('an amount by a factor is exactly that, or refused', () => {
  const charges = topics.find(({ name }) => name === 'charges')?.topic as SourceTopic;
  const sums = fc.bigInt({ min: 1n, max: 2n * 10n ** 14n });
  fc.assert(
    fc.property(sums, fc.boolean(), (hundredths, isText) => {
      const amount = isText ? `"${hundredths}"` : `${hundredths}`;
      const value = Buffer.from(`{"subject":"s","amount":${amount}}`);
      const record = { topic: 't', partition: 0, offset: '7', timestampMs: 0, key: null, headers: {}, value };
      const mapped = mapRecord(charges, record, hmacKey);
      const isTaken = mapped.kind === 'event';
      expect(isTaken).toBe(hundredths % 100n === 0n && hundredths <= 100n * 10n ** 12n);
      if (isTaken) expect(BigInt(JSON.parse(Buffer.from(mapped.value).toString()).data.amount) * 100n).toBe(hundredths);
    }),
    {
      examples: [
        [100n, true],
        [99n, false],
        [100n * 10n ** 12n, false],
        [100n * 10n ** 12n + 100n, true],
      ],
    },
  );
});
