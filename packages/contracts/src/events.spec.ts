import { describe, expect, test } from '@jest/globals';
import { type EventName, eventNames, eventType } from './events.ts';
import { goldenOf } from './golden-messages.ts';
import { readText } from './incoming.ts';

/** The golden message of a type with some fields of its data changed; undefined takes a field away. */
const changed = (name: EventName, data: object): string => {
  const { message } = goldenOf(eventType(name));
  return JSON.stringify({ ...message, data: { ...message.data, ...data } });
};

const verdict = (text: string): string => {
  const read = readText(text);
  if (read.kind === 'event') return 'taken';
  return 'refusal' in read ? `${read.refusal.code}: ${read.refusal.message}` : read.kind;
};

test.each(eventNames)('a %s that is right is taken', (name) => {
  expect(verdict(goldenOf(eventType(name)).text)).toBe('taken');
});

const most = 1_000_000_000_000;
const after = (instant: string) => ({ validFrom: '2026-07-03T17:00:00Z', validTo: instant });

type Row = { name: EventName; data: object; why: string };

const taken: Row[] = [
  { name: 'usage.charged', data: { amount: most }, why: 'exactly the most' },
  { name: 'usage.charged', data: { currency: 'EUR' }, why: 'which currency is the policy’s is not asked here' },
  { name: 'usage.adjusted', data: { amount: -most }, why: 'exactly the most, taken back' },
  { name: 'usage.adjusted', data: { reason: '' }, why: 'a reason may be empty' },
  {
    name: 'usage.adjusted',
    data: { appliesTo: '2030-01-01T00:00:00Z' },
    why: 'too late an instant is CLOCK, not SCHEMA',
  },
  { name: 'usage.adjusted', data: { corrects: 'x'.repeat(4096) }, why: 'as long as a text may be' },
  { name: 'trigger.acknowledged', data: { triggerId: 'x'.repeat(9000) }, why: 'as long as the id of an output may be' },
  { name: 'invoice.issued', data: { amount: 0 }, why: 'an invoice of nothing' },
  { name: 'invoice.issued', data: { dueOn: '2028-02-29' }, why: 'a leap day' },
  { name: 'invoice.adjusted', data: { amount: 0 }, why: 'an adjustment of an invoice may be of nothing' },
  { name: 'invoice.adjusted', data: { amount: -1 }, why: 'signed' },
  { name: 'payment.received', data: { invoiceId: undefined }, why: 'payments settle the oldest anyway' },
  { name: 'suspension.requested', data: { debt: undefined }, why: 'a debt need not be named' },
  { name: 'suspension.requested', data: { debt: { amount: 0, currency: 'VND' } }, why: 'who owes nothing' },
  {
    name: 'suspension.requested',
    data: { debt: { amount: 1, currency: 'USD' } },
    why: 'another currency names no debt',
  },
  { name: 'suspension.requested', data: { requestId: '\u0000\n' }, why: 'a request id is data, and is encoded in ids' },
  { name: 'subscriber.opened', data: { months: { '2026-06': -5 } }, why: 'a stored sum may be negative' },
  { name: 'subscriber.opened', data: { months: {}, days: {}, gifts: [] }, why: 'nothing to bring along' },
  { name: 'subscriber.updated', data: { birthday: '02-29' }, why: 'born on a leap day' },
  { name: 'subscriber.updated', data: { consent: {} }, why: 'no answer' },
  { name: 'subscriber.updated', data: { gender: 'non-binary' }, why: 'gender is a free word' },
  { name: 'subscriber.listed', data: { validTo: undefined }, why: 'a listing for good' },
  { name: 'subscriber.listed', data: after('2026-07-03T17:00:00.001Z'), why: 'the shortest listing' },
  { name: 'subscriber.listed', data: { requestedBy: 'AN', approvedBy: 'an' }, why: 'two names that differ' },
  { name: 'subscriber.delisted', data: { validFrom: 5 }, why: 'a field that only a listing has is ignored' },
  { name: 'trigger.acknowledged', data: { triggerId: 'unknown' }, why: 'an unknown one has no effect' },
  { name: 'policy.activated', data: { policy: {} }, why: 'what is in it, checkPolicy says' },
];

test.each(taken)('$name is taken: $why', ({ name, data }) => {
  expect(verdict(changed(name, data))).toBe('taken');
});

const refused: (Row & { says: string })[] = [
  { name: 'usage.charged', data: { amount: 0 }, says: 'amount must be more than 0: 0', why: 'of nothing' },
  { name: 'usage.charged', data: { amount: -1 }, says: 'amount must be more than 0: -1', why: 'negative' },
  {
    name: 'usage.charged',
    data: { amount: most + 1 },
    says: `amount must be at most 10^12: ${most + 1}`,
    why: 'one above',
  },
  {
    name: 'usage.charged',
    data: { currency: 'vnd' },
    says: 'currency must be an ISO 4217 code, such as VND: "vnd"',
    why: 'lower case',
  },
  {
    name: 'usage.charged',
    data: { currency: undefined },
    says: 'currency must be a text: missing',
    why: 'no currency',
  },
  { name: 'usage.adjusted', data: { amount: 0 }, says: 'amount must not be 0: 0', why: 'it would change nothing' },
  {
    name: 'usage.adjusted',
    data: { amount: -most - 1 },
    says: `amount must be at least -10^12: ${-most - 1}`,
    why: 'one below',
  },
  {
    name: 'usage.adjusted',
    data: { appliesTo: '2026-07-20' },
    says: 'appliesTo must be an RFC 3339 instant with a zone, such as 2026-07-31T17:30:00Z: "2026-07-20"',
    why: 'a date is no instant',
  },
  {
    name: 'usage.adjusted',
    data: { corrects: 'x'.repeat(4097) },
    says: `corrects must have at most 4096 characters: "${'x'.repeat(76)}...`,
    why: 'one character too many',
  },
  { name: 'usage.adjusted', data: { corrects: 7 }, says: 'corrects must be a text: 7', why: 'an event id is a text' },
  { name: 'invoice.issued', data: { amount: -1 }, says: 'amount must not be negative: -1', why: 'negative' },
  { name: 'invoice.issued', data: { invoiceId: '' }, says: 'invoiceId must not be empty: ""', why: 'no id' },
  {
    name: 'invoice.issued',
    data: { dueOn: '2026-04-31' },
    says: 'dueOn must be a civil date, such as 2026-07-31: "2026-04-31"',
    why: '31 April',
  },
  {
    name: 'invoice.issued',
    data: { dueOn: '2026-08-15T00:00:00Z' },
    says: 'dueOn must be a civil date, such as 2026-07-31: "2026-08-15T00:00:00Z"',
    why: 'an instant is no date',
  },
  {
    name: 'invoice.adjusted',
    data: { amount: 0.5 },
    says: 'amount must be a whole number of minor units: 0.5',
    why: 'half a unit',
  },
  { name: 'payment.received', data: { amount: 0 }, says: 'amount must be more than 0: 0', why: 'a payment of nothing' },
  {
    name: 'payment.reversed',
    data: { amount: -5 },
    says: 'amount must be more than 0: -5',
    why: 'the type says the sign',
  },
  { name: 'payment.received', data: { invoiceId: null }, says: 'invoiceId must be a text: null', why: 'null' },
  {
    name: 'suspension.requested',
    data: { requestId: undefined },
    says: 'requestId must be a text: missing',
    why: 'no id',
  },
  {
    name: 'suspension.requested',
    data: { stage: 'incoming' },
    says: 'stage must be "outgoing" or "both": "incoming"',
    why: 'no such stage',
  },
  {
    name: 'suspension.requested',
    data: { reason: 'mood' },
    says: 'reason must be "debt", "fraud", "customer-request", "lost-sim", "legal-order" or "identity": "mood"',
    why: 'no such reason',
  },
  {
    name: 'suspension.requested',
    data: { debt: { amount: -1, currency: 'VND' } },
    says: 'debt.amount must not be negative: -1',
    why: 'a debt below nothing',
  },
  { name: 'suspension.requested', data: { debt: null }, says: 'debt must be an object: null', why: 'null' },
  {
    name: 'subscriber.opened',
    data: { months: { '2026-13': 1 } },
    says: 'months.2026-13 must be a civil month, such as 2026-06: "2026-13"',
    why: 'month 13',
  },
  {
    name: 'subscriber.opened',
    data: { months: { '2026-06': 0.5 } },
    says: 'months.2026-06 must be a whole number of minor units: 0.5',
    why: 'half a unit',
  },
  {
    name: 'subscriber.opened',
    data: { days: { '2026-06-31': 1 } },
    says: 'days.2026-06-31 must be a civil date, such as 2026-07-31: "2026-06-31"',
    why: '31 June',
  },
  { name: 'subscriber.opened', data: { months: [] }, says: 'months must be an object: []', why: 'a list of months' },
  {
    name: 'subscriber.opened',
    data: { gifts: [{ occasion: 'tet', year: '2026', value: 1 }] },
    says: 'gifts[0].year must be a year, such as 2026: "2026"',
    why: 'a year is a number',
  },
  {
    name: 'subscriber.updated',
    data: { kind: 'robot' },
    says: 'kind must be "person" or "organisation": "robot"',
    why: 'no such kind',
  },
  {
    name: 'subscriber.updated',
    data: { birthday: '04-31' },
    says: 'birthday must be a month and a day, such as 02-29: "04-31"',
    why: '31 April',
  },
  {
    name: 'subscriber.updated',
    data: { birthday: '1988-02-29' },
    says: 'birthday must be a month and a day, such as 02-29: "1988-02-29"',
    why: 'nobody needs the year',
  },
  {
    name: 'subscriber.updated',
    data: { foundingDay: '9-2' },
    says: 'foundingDay must be a month and a day, such as 02-29: "9-2"',
    why: 'one digit each',
  },
  { name: 'subscriber.updated', data: { gender: null }, says: 'gender must be a text: null', why: 'null' },
  {
    name: 'subscriber.updated',
    data: { consent: { gifts: 'yes' } },
    says: 'consent.gifts must be true or false: "yes"',
    why: 'consent is no word to be guessed at',
  },
  {
    name: 'subscriber.listed',
    data: { requestedBy: 'an', approvedBy: 'an' },
    says: 'approvedBy must not be the one who requested: "an"',
    why: 'four eyes',
  },
  {
    name: 'subscriber.listed',
    data: { approvedBy: undefined },
    says: 'approvedBy must be a text: missing',
    why: 'two eyes',
  },
  {
    name: 'subscriber.listed',
    data: after('2026-07-03T16:59:59Z'),
    says: 'validTo must be after validFrom: "2026-07-03T16:59:59Z"',
    why: 'it ends before it begins',
  },
  {
    name: 'subscriber.listed',
    data: after('2026-07-04T00:00:00+07:00'),
    says: 'validTo must be after validFrom: "2026-07-04T00:00:00+07:00"',
    why: 'it ends when it begins, in other words',
  },
  { name: 'subscriber.delisted', data: { list: undefined }, says: 'list must be a text: missing', why: 'which list' },
  {
    name: 'quality.reported',
    data: { kind: 'echo' },
    says: 'kind must be "dropped-call", "setup-failure", "slow-data", "outage" or "complaint": "echo"',
    why: 'no such kind',
  },
  { name: 'quality.reported', data: { outageId: '' }, says: 'outageId must not be empty: ""', why: 'an empty id' },
  { name: 'trigger.acknowledged', data: { triggerId: '' }, says: 'triggerId must not be empty: ""', why: 'no trigger' },
  {
    name: 'trigger.acknowledged',
    data: { outcome: 'lost' },
    says: 'outcome must be "delivered", "fulfilled", "failed", "released" or "declined": "lost"',
    why: 'no such outcome',
  },
  {
    name: 'policy.activated',
    data: { policy: undefined },
    says: 'policy must be an object: missing',
    why: 'no policy',
  },
  {
    name: 'policy.activated',
    data: { policy: 'p.json' },
    says: 'policy must be an object: "p.json"',
    why: 'a name only',
  },
];

test.each(refused)('$name is refused: $why', ({ name, data, says }) => {
  expect(verdict(changed(name, data))).toBe(`SCHEMA: data.${says}`);
});

test.each([
  { gifts: 1000, says: /^taken$/, why: 'exactly the most' },
  { gifts: 1001, says: /^SCHEMA: data\.gifts must be at most 1000 gifts/, why: 'one above' },
])('an opening with $gifts gifts: $why', ({ gifts, says }) => {
  const one = { occasion: 'tet', year: 2026, value: 1 };
  expect(verdict(changed('subscriber.opened', { gifts: Array(gifts).fill(one) }))).toMatch(says);
});

describe('where nothing is to be said, data may be', () => {
  const names: EventName[] = ['subscriber.closed', 'subscriber.erased', 'time.ticked'];
  test.each(names.flatMap((name) => [undefined, null, {}, 5, 'x'].map((data) => ({ name, data }))))(
    '$data in a $name',
    ({ name, data }) => {
      expect(verdict(JSON.stringify({ ...goldenOf(eventType(name)).message, data }))).toBe('taken');
    },
  );
});
