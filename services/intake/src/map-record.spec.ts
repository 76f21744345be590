import { createHmac } from 'node:crypto';
import type { SourceRecord } from '@alo/runtime/live';
import { describe, expect, test } from '@jest/globals';
import { checkIntake } from './intake-config.ts';
import { mapRecord } from './map-record.ts';
import { prepareTopic, type SourceTopic } from './source-topic.ts';

type Json = Record<string, unknown>;

const hmacKey = 'a key of a test, which no other knows';
const hashOf = (text: string) => createHmac('sha256', hmacKey).update(text).digest('base64url');

const topicOf = (config: Json): SourceTopic => {
  const check = checkIntake({ topics: { t: config } });
  if (!check.ok) throw new Error(JSON.stringify(check.problems));
  return prepareTopic(check.config.topics.t as never);
};

const record = (value: unknown, more: Partial<SourceRecord> = {}): SourceRecord => ({
  topic: 'operator.t',
  partition: 3,
  offset: '9007199254740993',
  timestampMs: Date.parse('2026-07-31T17:00:00Z'),
  key: null,
  headers: {},
  value: value === null ? null : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
  ...more,
});

/** The event as JSON, or the reason why there is none. */
const mapped = (topic: SourceTopic, given: SourceRecord): unknown => {
  const result = mapRecord(topic, given, hmacKey);
  if (result.kind === 'unreadable') return result.reason;
  const event = JSON.parse(Buffer.from(result.value).toString()) as Json;
  expect(result.key).toBe(event.subject);
  return event;
};

const charge = {
  specversion: '1.0',
  id: 'cdr-1',
  source: '/billing',
  type: 'alo.usage.charged.v1',
  subject: 's-17',
  time: '2026-08-10T09:00:00+07:00',
  data: { amount: 1_000_000, currency: 'VND', service: 'voice', line: '84901234567', cell: 'HN-12' },
};
const types = ['alo.usage.charged.v1', 'alo.subscriber.closed.v1'];
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const otherTrace = '00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('a CloudEvent in structured mode', () => {
  const structured = topicOf({ format: 'cloudevents-structured', types });

  test('goes into the journal byte for byte', () => {
    const text = ` {"traceparent":"${traceparent}",${JSON.stringify(charge).slice(1)} `;
    const result = mapRecord(structured, record(text), hmacKey);
    expect(result).toEqual({ kind: 'event', key: 's-17', value: Buffer.from(text) });
  });

  test.each([
    [
      { ...charge, type: 'alo.payment.received.v1' },
      `type "alo.payment.received.v1" is not one that this topic may carry: ${types.join(', ')}`,
    ],
    [
      { ...charge, type: 'alo.policy.activated.v1' },
      `type "alo.policy.activated.v1" is not one that this topic may carry: ${types.join(', ')}`,
    ],
    [{ ...charge, type: 7 }, 'type must be a text: 7'],
    [{ ...charge, subject: undefined }, 'subject must name the subscriber: missing'],
    [{ ...charge, time: 'now' }, 'time must be an RFC 3339 instant with a zone, such as 2026-07-31T17:30:00Z: "now"'],
    [{ ...charge, data: { ...charge.data, amount: 0.5 } }, 'data.amount must be a whole number of minor units: 0.5'],
    [{ ...charge, data: { ...charge.data, amount: 2 ** 53 } }, 'data.amount must be at most 10^12: 9007199254740992'],
    [
      { ...charge, data: { ...charge.data, line: '\ud800' } },
      'data.line must be proper Unicode (it has a lone surrogate): "\\ud800"',
    ],
    [
      [charge],
      'the event must be an object: [{"specversion":"1.0","id":"cdr-1","source":"/billing","type":"alo.usage.char...',
    ],
    ['no JSON', 'the value is not JSON: "no JSON"'],
    ['', 'the value is not JSON: ""'],
    ['7', 'the event must be an object: 7'],
    [null, 'the record has no value'],
    ['['.repeat(500_000), /^the value is not JSON: "\[\[/],
    [`${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`, 'the value nests too deep'],
  ])('%# is refused in words', (value, reason) => {
    const told = mapped(structured, record(value));
    expect(told).toEqual(reason instanceof RegExp ? expect.stringMatching(reason) : reason);
  });

  test('is refused where its bytes are not UTF-8', () => {
    expect(mapped(structured, record('', { value: Buffer.from([0x7b, 0xff, 0x7d]) }))).toBe('the value is not UTF-8');
  });

  test('takes a trace from the header, unless it has one of its own', () => {
    const headers = { traceparent: Buffer.from(traceparent) };
    expect(mapped(structured, record(charge, { headers }))).toEqual({ ...charge, traceparent });
    const traced = { ...charge, traceparent: otherTrace };
    expect(mapped(structured, record(traced, { headers }))).toEqual(traced);
  });

  test.each(['', 'x', traceparent.toUpperCase(), `${traceparent}-1`])(
    'passes over a header that is no trace: %j',
    (text) => {
      expect(mapped(structured, record(charge, { headers: { traceparent: Buffer.from(text) } }))).toEqual(charge);
    },
  );

  test('whose subject is a phone number has it hashed, and nothing else changed', () => {
    const hashing = topicOf({ format: 'cloudevents-structured', types, subject: { attribute: 'subject', hash: true } });
    expect(mapped(hashing, record({ ...charge, subject: '84901234567' }))).toEqual({
      ...charge,
      subject: hashOf('84901234567'),
    });
  });

  test('keeps no subject of its own where another place names the subscriber and names none', () => {
    const byHeader = topicOf({ format: 'cloudevents-structured', types, subject: { header: 'x-subscriber' } });
    expect(mapped(byHeader, record(charge))).toBe('subject must name the subscriber: missing');
    const headers = { 'x-subscriber': [Buffer.from('s-1'), Buffer.from('s-2')] };
    expect(mapped(byHeader, record(charge, { headers }))).toEqual({ ...charge, subject: 's-1' });
  });

  test('has its line hashed where it has one, and gets none where it has none', () => {
    const hashing = topicOf({
      format: 'cloudevents-structured',
      types,
      fields: { 'data.line': { pointer: '/data/line', hash: true } },
    });
    const { line, ...others } = charge.data;
    expect(mapped(hashing, record(charge))).toEqual({ ...charge, data: { ...charge.data, line: hashOf(line) } });
    expect(mapped(hashing, record({ ...charge, data: { ...charge.data, line: 84901234567 } }))).toEqual({
      ...charge,
      data: { ...charge.data, line: hashOf(line) },
    });
    expect(mapped(hashing, record({ ...charge, data: others }))).toEqual({ ...charge, data: others });
    const closed = { ...charge, type: 'alo.subscriber.closed.v1', data: 'gone' };
    expect(mapped(hashing, record(closed))).toEqual(closed);
    expect(mapped(hashing, record({ ...charge, data: { ...charge.data, line: '' } }))).toBe(
      'data.line, from /data/line, must not be empty: ""',
    );
  });
});

describe('a CloudEvent in binary mode', () => {
  const binary = topicOf({ format: 'cloudevents-binary', types });
  const { data, ...attributes } = charge;
  const headers = {
    'content-type': Buffer.from('application/json'),
    ...Object.fromEntries(Object.entries(attributes).map(([name, text]) => [`ce_${name}`, Buffer.from(text)])),
  };

  test('becomes one in structured mode', () => {
    expect(mapped(binary, record(data, { headers }))).toEqual({ ...charge, datacontenttype: 'application/json' });
  });

  test('without a value has no data', () => {
    const closed = { ...headers, ce_type: Buffer.from('alo.subscriber.closed.v1') };
    const { data: _none, ...event } = {
      ...charge,
      type: 'alo.subscriber.closed.v1',
      datacontenttype: 'application/json',
    };
    expect(mapped(binary, record('', { headers: closed }))).toEqual(event);
    expect(mapped(binary, record(null, { headers: closed }))).toEqual({ ...event, data: null });
  });

  test.each([
    [data, {}, 'the headers are not those of a CloudEvent: ce_specversion is missing or not UTF-8'],
    [
      data,
      { ...headers, ce_subject: Buffer.from([0xff]) },
      'the headers are not those of a CloudEvent: ce_specversion is missing or not UTF-8',
    ],
    [data, { ...headers, ce_subject: undefined }, 'subject must name the subscriber: missing'],
    ['x', headers, 'the value is not JSON: "x"'],
    [null, headers, 'data must be an object: null'],
  ])('%# is refused in words', (value, given, reason) => {
    expect(mapped(binary, record(value, { headers: given as SourceRecord['headers'] }))).toBe(reason);
  });

  test('whose key names the subscriber', () => {
    const byKey = topicOf({ format: 'cloudevents-binary', types, subject: { key: true, hash: true } });
    expect(mapped(byKey, record(data, { headers, key: Buffer.from('84901234567') }))).toMatchObject({
      subject: hashOf('84901234567'),
    });
    expect(mapped(byKey, record(data, { headers }))).toBe('subject must name the subscriber: missing');
    expect(mapped(byKey, record(data, { headers, key: Buffer.from([0xff]) }))).toBe(
      "subject, from the record's key, must be UTF-8",
    );
  });

  test('whose header names the subscriber, unless it has no value', () => {
    const byHeader = topicOf({ format: 'cloudevents-binary', types, subject: { header: 'who' } });
    const by = (who: unknown) => mapped(byHeader, record(data, { headers: { ...headers, who } as never }));
    expect(by('s-1')).toMatchObject({ subject: 's-1' });
    for (const who of [undefined, null, []]) expect(by(who)).toBe('subject must name the subscriber: missing');
  });
});

describe('plain JSON', () => {
  const config = {
    format: 'json',
    types: ['alo.usage.charged.v1'],
    subject: { pointer: '/msisdn', hash: true },
    fields: {
      source: { constant: '/switch' },
      id: { join: [{ pointer: '/switch' }, { pointer: '/sequence' }] },
      time: { pointer: '/at', format: 'dd/MM/yyyy HH:mm:ss', zone: 'Asia/Ho_Chi_Minh' },
      'data.amount': { pointer: '/charge/thousandths', factor: '1/1000' },
      'data.currency': { constant: 'VND' },
      'data.service': { pointer: '/service', words: { V: 'voice', '*': 'other' } },
      'data.line': { pointer: '/msisdn', hash: true },
    },
  };
  const cdr = {
    msisdn: '84901234567',
    switch: 'hn/1',
    sequence: 12,
    at: '01/08/2026 00:30:00',
    charge: { thousandths: 1_500_000 },
    service: 'V',
    cell: 'HN-12',
  };
  const event = {
    specversion: '1.0',
    datacontenttype: 'application/json',
    type: 'alo.usage.charged.v1',
    source: '/switch',
    id: 'hn%2F1/12',
    subject: hashOf('84901234567'),
    time: '2026-07-31T17:30:00Z',
    data: { amount: 1500, currency: 'VND', service: 'voice', line: hashOf('84901234567') },
  };
  const plain = topicOf(config);
  const withFields = (fields: Json, more: Json = {}) =>
    topicOf({ ...config, ...more, fields: { ...config.fields, ...fields } });

  test('becomes an event of what is mapped, and of nothing else', () => {
    const value = Buffer.from(
      mapRecord(plain, record(cdr), hmacKey).kind === 'event' ? JSON.stringify(mapped(plain, record(cdr))) : '',
    );
    expect(JSON.parse(value.toString())).toEqual(event);
    expect(value.toString()).not.toContain('8490');
    expect(value.toString()).not.toContain('HN-12');
  });

  test('takes its trace from the header', () => {
    expect(mapped(plain, record(cdr, { headers: { traceparent } }))).toEqual({ ...event, traceparent });
  });

  test.each([
    [{ msisdn: 84901234567 }, { subject: event.subject }, 'a phone number that is a number'],
    [{ service: 'X' }, { data: { ...event.data, service: 'other' } }, 'a word that is not named'],
    [{ charge: { thousandths: '1500000.0' } }, {}, 'an amount that is a text'],
    [{ sequence: '12' }, {}, 'a part of an id that is a text'],
    [{ switch: 'hn', sequence: '1/12' }, { id: 'hn/1%2F12' }, 'no two lists of parts give one id'],
  ])('with %j is taken: $2', (change, expected, _why) => {
    expect(mapped(plain, record({ ...cdr, ...change }))).toEqual({ ...event, ...expected });
  });

  test('keeps an id of more digits than a double holds', () => {
    const text = JSON.stringify(cdr).replace('"sequence":12', '"sequence":9007199254740993');
    expect(mapped(plain, record(text))).toMatchObject({ id: 'hn%2F1/9007199254740993' });
  });

  test.each([
    [{ msisdn: undefined }, 'subject, from /msisdn, is missing'],
    [{ msisdn: null }, 'subject, from /msisdn, is missing'],
    [{ msisdn: '' }, 'subject, from /msisdn, must not be empty: ""'],
    [{ msisdn: '  ' }, 'subject, from /msisdn, must not be empty: "  "'],
    [{ msisdn: true }, 'subject, from /msisdn, must be a text: true'],
    [{ msisdn: '\ud800' }, 'subject, from /msisdn, must be proper Unicode: "\\ud800"'],
    [{ switch: '\udfff' }, 'id, from /switch and /sequence, must be proper Unicode'],
    [{ switch: {} }, 'id, from /switch and /sequence, must be of texts'],
    [{ sequence: undefined }, 'id, from /switch and /sequence, is missing'],
    [{ at: '2026-08-01T00:30:00Z' }, 'time, from /at, must be written as dd/MM/yyyy HH:mm:ss: "2026-08-01T00:30:00Z"'],
    [{ at: 5 }, 'time, from /at, must be written as dd/MM/yyyy HH:mm:ss: "5"'],
    [{ charge: {} }, 'data.amount, from /charge/thousandths, is missing'],
    [
      { charge: { thousandths: 1_500_001 } },
      'data.amount, from /charge/thousandths, must be a whole number when multiplied by 1/1000: "1500001"',
    ],
    [{ charge: { thousandths: 'much' } }, 'data.amount, from /charge/thousandths, must be a number: "much"'],
    [{ charge: { thousandths: [5] } }, 'data.amount, from /charge/thousandths, must be a number: [5]'],
    [{ charge: { thousandths: 0 } }, 'data.amount must be more than 0: 0'],
    [{ charge: { thousandths: 1_000_000_000_001_000 } }, 'data.amount must be at most 10^12: 1000000000001'],
    [
      { charge: { thousandths: '9007199254740993000' } },
      'data.amount, from /charge/thousandths, must not be larger than any amount: "9007199254740993000"',
    ],
    [{ service: 5.5 }, undefined],
    [{ service: {} }, 'data.service, from /service, must be a text: {}'],
  ])('with %j is refused: %s', (change, reason) => {
    const told = mapped(plain, record({ ...cdr, ...change }));
    if (reason === undefined) expect(told).toMatchObject({ data: { service: 'other' } });
    else expect(told).toBe(reason);
  });

  test.each([
    [null, 'the record has no value'],
    ['[]', 'subject, from /msisdn, is missing'],
    [`${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`, 'the value nests too deep'],
    ['['.repeat(400_000) + ']'.repeat(400_000), 'the value nests too deep'],
    [`{"a":"${'x'.repeat(1024 * 1024)}"}`, 'the value has 1048584 bytes, and at most 1048576 are mapped'],
  ])('%# is refused in words', (value, reason) => {
    expect(mapped(plain, record(value))).toBe(reason);
  });

  test('whose events nobody names is named by its place, exactly', () => {
    const { id: _id, source: _source, ...others } = config.fields;
    const nameless = topicOf({ ...config, fields: others });
    expect(mapped(nameless, record(cdr))).toMatchObject({
      source: '/intake/operator.t',
      id: 'operator.t/3/9007199254740993',
    });
  });

  test.each([
    [{ pointer: '/when' }, '2026-07-31T17:30:00.1239Z', '2026-07-31T17:30:00.123Z'],
    [{ pointer: '/when' }, '2026-08-01T00:30:00+07:00', '2026-07-31T17:30:00Z'],
    [{ pointer: '/when', format: 'epoch-ms' }, 1_785_519_000_123, '2026-07-31T17:30:00.123Z'],
    [{ pointer: '/when', format: 'epoch-ms' }, '1785519000123.9', '2026-07-31T17:30:00.123Z'],
    [{ pointer: '/when', format: 'epoch-s' }, 1_785_519_000, '2026-07-31T17:30:00Z'],
    [{ pointer: '/when', format: 'epoch-s' }, '1785519000.1239', '2026-07-31T17:30:00.123Z'],
    [
      { pointer: '/when', format: 'epoch-ms' },
      1e30,
      'time, from /when, must be an instant of the years 0000 to 9999: "1e+30"',
    ],
    [{ pointer: '/when', format: 'epoch-s' }, 'x', 'time, from /when, must be seconds since 1970: "x"'],
    [
      { pointer: '/when' },
      5,
      'time, from /when, must be an RFC 3339 instant with a zone, such as 2026-07-31T17:30:00Z: "5"',
    ],
    [{ pointer: '/when', format: 'yyyyMMddHHmm', zone: 'Europe/London' }, 202603290130, '2026-03-29T01:30:00Z'],
    [{ pointer: '/when', format: 'yyyyMMddHHmm', zone: 'Europe/London' }, 202610250130, '2026-10-25T00:30:00Z'],
    [{ timestamp: true }, undefined, '2026-07-31T17:00:00Z'],
  ])('reads time by %j of %j: %s', (time, when, expected) => {
    const told = mapped(withFields({ time }), record(JSON.stringify({ ...cdr, when })));
    expect(typeof told === 'string' ? told : (told as Json).time).toBe(expected);
  });

  test('has no time where the record has no timestamp', () => {
    const topic = withFields({ time: { timestamp: true } });
    expect(mapped(topic, record(cdr, { timestampMs: -1 }))).toBe("time, from the record's timestamp, is missing");
  });

  test.each([
    { timestampMs: 253_402_300_799_999, told: '9999-12-31T23:59:59.999Z', why: 'the last that can be written' },
    { timestampMs: 253_402_300_800_000, why: 'one later' },
    { timestampMs: 1_785_519_000_000_000, why: 'microseconds' },
    { timestampMs: 1_785_519_000_000_000_000, why: 'nanoseconds' },
    { timestampMs: Number.NaN, why: 'no number' },
  ])('takes a timestamp in milliseconds up to the year 9999: $why', ({ timestampMs, told }) => {
    const topic = withFields({ time: { timestamp: true } });
    const found = mapped(topic, record(cdr, { timestampMs }));
    const refused = `time, from the record's timestamp, must be milliseconds up to the year 9999: ${timestampMs}`;
    expect(typeof found === 'string' ? found : (found as Json).time).toBe(told ?? refused);
  });

  describe('of several types', () => {
    const several = withFields(
      {
        type: {
          header: 'kind',
          words: { C: 'alo.usage.charged.v1', P: 'alo.payment.received.v1', S: 'alo.suspension.requested.v1' },
        },
        'data.invoiceId': { pointer: '/bill' },
        'data.requestId': { pointer: '/request' },
        'data.stage': { constant: 'both' },
        'data.reason': { constant: 'debt' },
        'data.debt.amount': { pointer: '/owed' },
        'data.debt.currency': { constant: 'VND' },
      },
      { types: ['alo.usage.charged.v1', 'alo.payment.received.v1', 'alo.suspension.requested.v1'] },
    );
    const as = (kind: string, value: Json) => mapped(several, record(value, { headers: { kind: Buffer.from(kind) } }));

    test('gives each what is its own', () => {
      expect(as('C', { ...cdr, bill: 'b-1' })).toEqual(event);
      const { service: _service, ...payment } = { ...cdr, bill: 'b-1' };
      expect(as('P', payment)).toMatchObject({ type: 'alo.payment.received.v1' });
      expect((as('P', payment) as Json).data).toEqual({ amount: 1500, currency: 'VND', invoiceId: 'b-1' });
    });

    test('makes no debt of a currency alone', () => {
      const request = { requestId: 'r-1', stage: 'both', reason: 'debt' };
      expect((as('S', { ...cdr, request: 'r-1' }) as Json).data).toEqual(request);
      expect((as('S', { ...cdr, request: 'r-1', owed: 0 }) as Json).data).toEqual({
        ...request,
        debt: { amount: 0, currency: 'VND' },
      });
    });

    test('refuses a word that stands for none, and none at all', () => {
      expect(as('X', cdr)).toBe('type, from header kind, must be one of its words: "X"');
      expect(mapped(several, record(cdr))).toBe('type, from header kind, is missing');
    });

    test('refuses a type that is named in the record and may not come', () => {
      const named = withFields({ type: { pointer: '/type' } });
      expect(mapped(named, record({ ...cdr, type: 'alo.policy.activated.v1' }))).toBe(
        'type "alo.policy.activated.v1" is not one that this topic may carry: alo.usage.charged.v1',
      );
    });
  });

  test('makes a profile of dates and words as an operator writes them', () => {
    const profiles = topicOf({
      format: 'json',
      types: ['alo.subscriber.updated.v1'],
      subject: { pointer: '/id' },
      fields: {
        time: { pointer: '/at', format: 'epoch-s' },
        'data.kind': { pointer: '/company', words: { true: 'organisation', false: 'person' } },
        'data.birthday': { pointer: '/born', format: 'dd/MM/yyyy' },
        'data.consent.gifts': { pointer: '/gifts', words: { Y: true, N: false } },
        'data.consent.promotions': { pointer: '/ads' },
      },
    });
    const profile = { id: 's-1', at: 0, company: false, born: '29/02/1988', gifts: 'N', ads: true };
    expect(mapped(profiles, record(profile))).toMatchObject({
      time: '1970-01-01T00:00:00Z',
      data: { kind: 'person', birthday: '02-29', consent: { gifts: false, promotions: true } },
    });
    expect(mapped(profiles, record({ ...profile, ads: 'yes' }))).toBe(
      'data.consent.promotions, from /ads, must be true or false: "yes"',
    );
    expect((mapped(profiles, record({ id: 's-1', at: 0, company: true })) as Json).data).toEqual({
      kind: 'organisation',
    });
  });
});
