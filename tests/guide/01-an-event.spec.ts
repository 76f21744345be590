/*
 * 1. What an event is
 *
 * alo reads events and says triggers. An event is a fact that came in: a charge, a profile, a listing, a request. It is
 * a CloudEvent 1.0, one JSON object. In a file of events it stands on one line; here it is spread out to be read.
 *
 * These chapters are tests. Each can be run alone, read from top to bottom, and changed to see what happens.
 */
import { formatInstant, type Incoming, readText } from '@alo/contracts';
import { expect, test } from '@jest/globals';

const event = `
{
  "specversion": "1.0",
  "id": "cdr-1",
  "source": "/billing",
  "type": "alo.usage.charged.v1",
  "subject": "s-17",
  "time": "2026-08-10T09:00:00+07:00",
  "data": { "amount": 1000000, "currency": "VND", "service": "voice" }
}`;

/*
 * `subject` is the subscriber: whoever is owed care, by an opaque reference of the operator's. Never a phone number: the
 * subject stands in every trigger. `source` and `id` together name the event. `time` is when it happened.
 *
 * `readText` is the door. Behind it nothing is checked again.
 */
test('an event names its type, its subscriber, itself, and the instant at which it happened', () => {
  expect(eventOf(readText(event))).toMatchObject({
    name: 'usage.charged',
    subject: 's-17',
    source: '/billing',
    id: 'cdr-1',
    data: { amount: 1_000_000, currency: 'VND', service: 'voice' },
  });
});

/*
 * Money is a whole number of the currency's smallest unit: 1,000,000 đồng, for VND has none smaller. Instants are kept in
 * milliseconds of UTC. They need a zone. Digits finer than a millisecond are cut off.
 */
test('an instant is the same in whatever zone it is written', () => {
  const { occurredAt } = eventOf(readText(event));
  expect(formatInstant(occurredAt)).toBe('2026-08-10T02:00:00Z');
  const finer = eventOf(readText(event.replace('09:00:00', '09:00:00.1239')));
  expect(formatInstant(finer.occurredAt)).toBe('2026-08-10T02:00:00.123Z');
});

/*
 * What is no event is a value too: a refusal with a code and a sentence. The sentence says where the fault is, what would
 * be right, and what stands there. Nothing is thrown.
 */
test.each([
  [
    '09:00:00+07:00',
    '09:00:00',
    'time must be an RFC 3339 instant with a zone, such as 2026-07-31T17:30:00Z: "2026-08-10T09:00:00"',
  ],
  [
    '2026-08-10T09:00:00+07:00',
    '2016-12-31T23:59:60Z',
    'time must be an RFC 3339 instant with a zone, such as 2026-07-31T17:30:00Z: "2016-12-31T23:59:60Z"',
  ],
  ['"subject": "s-17",', '', 'subject must name the subscriber: missing'],
  ['1000000,', '0.5,', 'data.amount must be a whole number of minor units: 0.5'],
  ['1000000,', '0,', 'data.amount must be more than 0: 0'],
  ['"voice"', '"fax"', 'data.service must be "voice", "sms", "data", "roaming", "vas" or "other": "fax"'],
])('with %j made %j it is refused in words', (right, wrong, message) => {
  expect(readText(event.replace(right, wrong))).toMatchObject({ refusal: { code: 'SCHEMA', message } });
});

/*
 * There is a difference between a line of which not even the envelope can be read, and an event that is wrong inside. The
 * second still has a time, and time is what moves alo's clock (chapter 7). Without a subject there is no envelope, except
 * for the two types that belong to no subscriber.
 */
test('only what has a whole envelope has a time', () => {
  expect(readText(event.replace('"subject": "s-17",', ''))).toMatchObject({ kind: 'unreadable' });
  expect(readText(event.replace('1000000,', '0,'))).toMatchObject({ kind: 'refused', time: expect.any(Number) });
  expect(readText(event.replace('charged.v1', 'charged.v9'))).toMatchObject({
    kind: 'refused',
    time: expect.any(Number),
    refusal: { code: 'UNKNOWN', message: 'type "alo.usage.charged.v9" is not one that alo knows' },
  });
});

test('a tick needs no subscriber', () => {
  const tick = `{ "specversion": "1.0", "id": "t-1", "source": "/clock", "type": "alo.time.ticked.v1", "time": "2026-08-10T02:00:00Z" }`;
  expect(eventOf(readText(tick))).toMatchObject({ name: 'time.ticked', subject: '' });
});

/* Fields that nobody knows are ignored, and yet kept: they are part of what makes two events the same (chapter 5). */
test('a field that nobody knows does no harm', () => {
  const more = eventOf(readText(event.replace('"voice"', '"voice", "cell": "HN-12"')));
  expect(more.data).toEqual({ amount: 1_000_000, currency: 'VND', service: 'voice' });
  expect(more.rawData).toMatchObject({ cell: 'HN-12' });
});

const eventOf = (incoming: Incoming) => {
  if (incoming.kind !== 'event') throw new Error(`no event: ${JSON.stringify(incoming)}`);
  return incoming.event;
};
