import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeLine, type Incoming, readLine, readText } from './incoming.ts';

const charge = {
  specversion: '1.0',
  id: 'c-1',
  source: '/billing',
  type: 'alo.usage.charged.v1',
  subject: 's-17',
  time: '2026-07-20T02:15:00Z',
  data: { amount: 1000, currency: 'VND', service: 'data' },
};
const time = Date.parse(charge.time);

/** The charge as a line, with some attributes changed, and then some of its text. */
const line = (change: object = {}, from = '', to = ''): string =>
  JSON.stringify({ ...charge, ...change }).replace(from, to);
const withData = (change: object, from = '', to = ''): string =>
  line({ data: { ...charge.data, ...change } }, from, to);
const request = { type: 'alo.suspension.requested.v1', data: { requestId: 'r', stage: 'both', reason: 'debt' } };

const message = (incoming: Incoming): string => ('refusal' in incoming ? incoming.refusal.message : '');
const instantWords = 'must be an RFC 3339 instant with a zone, such as 2026-07-31T17:30:00Z';

describe('a line without a readable envelope is SCHEMA, moves no time, and says what is wrong', () => {
  test.each([
    { text: 'nope', says: 'the line is not JSON: "nope"', why: 'no JSON' },
    { text: '{"id":1', says: 'the line is not JSON: "{\\"id\\":1"', why: 'cut off' },
    { text: "{'id':1}", says: `the line is not JSON: "{'id':1}"`, why: 'quotes of JavaScript' },
    { text: '{}{}', says: 'the line is not JSON: "{}{}"', why: 'two on a line' },
    { text: '\u0000', says: 'the line is not JSON: "\\u0000"', why: 'NUL' },
    { text: '\ufeff{}', says: 'the line is not JSON: "\\ufeff{}"', why: 'a byte order mark, made visible' },
    { text: '\u00a0', says: 'the line is not JSON: "\u00a0"', why: 'white space that JSON does not know' },
    {
      text: 'a\u2028\u0085b',
      says: 'the line is not JSON: "a\\u2028\\u0085b"',
      why: 'line ends would break the message',
    },
    { text: 'x'.repeat(100), says: `the line is not JSON: "${'x'.repeat(76)}...`, why: 'long, and so cut' },
    { text: `${'x'.repeat(75)}😀😀`, says: `the line is not JSON: "${'x'.repeat(75)}...`, why: 'cut between pairs' },
    { text: '5', says: 'the event must be an object: 5', why: 'a number' },
    { text: 'null', says: 'the event must be an object: null', why: 'null' },
    { text: '"text"', says: 'the event must be an object: "text"', why: 'a text' },
    { text: '[{}]', says: 'the event must be an object: [{}]', why: 'a batch' },
    { text: '{}', says: 'specversion must be "1.0": missing', why: 'nothing at all' },
    { text: line({ specversion: '0.3' }), says: 'specversion must be "1.0": "0.3"', why: 'an old CloudEvent' },
    { text: line({ specversion: 1 }), says: 'specversion must be "1.0": 1', why: 'a number' },
    { text: line({ id: undefined }), says: 'id must be a text: missing', why: 'no id' },
    { text: line({ id: null }), says: 'id must be a text: null', why: 'null for an id' },
    { text: line({ id: 5 }), says: 'id must be a text: 5', why: 'a number for an id' },
    { text: line({ id: '' }), says: 'id must not be empty: ""', why: 'an empty id' },
    {
      text: line({ id: 'x'.repeat(1025) }),
      says: `id must have at most 1024 characters: "${'x'.repeat(76)}...`,
      why: 'one character too many: outputs are named by it',
    },
    {
      text: line({ id: 'a\nb' }),
      says: 'id must not hold control characters or noncharacters: "a\\nb"',
      why: 'a line end',
    },
    {
      text: line({ id: 'a\u0000' }),
      says: 'id must not hold control characters or noncharacters: "a\\u0000"',
      why: 'NUL',
    },
    {
      text: line({ id: '\u0085' }),
      says: 'id must not hold control characters or noncharacters: "\\u0085"',
      why: 'a C1',
    },
    {
      text: line({ id: '\uffff' }),
      says: 'id must not hold control characters or noncharacters: "\uffff"',
      why: 'no character',
    },
    {
      text: line({ id: 'X' }, 'X', '\\ud800'),
      says: 'id must be proper Unicode (it has a lone surrogate): "\\ud800"',
      why: 'half a character',
    },
    {
      text: line({ subject: 'X' }, 'X', 's\\udc00'),
      says: 'subject must be proper Unicode (it has a lone surrogate): "s\\udc00"',
      why: 'the other half',
    },
    { text: line({ source: undefined }), says: 'source must be a text: missing', why: 'no source' },
    { text: line({ source: '' }), says: 'source must not be empty: ""', why: 'an empty source' },
    { text: line({ type: undefined }), says: 'type must be a text: missing', why: 'no type' },
    { text: line({ type: 7 }), says: 'type must be a text: 7', why: 'a number for a type' },
    { text: line({ subject: undefined }), says: 'subject must name the subscriber: missing', why: 'nobody' },
    { text: line({ subject: null }), says: 'subject must name the subscriber: null', why: 'nobody' },
    { text: line({ subject: '' }), says: 'subject must not be empty: ""', why: 'nobody' },
    { text: line({ subject: 84_901 }), says: 'subject must be a text: 84901', why: 'a number' },
    {
      text: line({ type: 'alo.usage.invented.v1', subject: undefined }),
      says: 'subject must name the subscriber: missing',
      why: 'the envelope comes before the type',
    },
    {
      text: line({ subject: undefined, data: {} }),
      says: 'subject must name the subscriber: missing',
      why: 'the envelope comes before the data',
    },
    {
      text: line({ type: 'alo.time.ticked.v1', subject: 5 }),
      says: 'subject must be a text: 5',
      why: 'not needed, but wrong',
    },
    { text: line({ time: undefined }), says: 'time must be a text: missing', why: 'no time' },
    { text: line({ time: time }), says: `time must be a text: ${time}`, why: 'a number for a time' },
    {
      text: line({ time: '2026-07-20T02:15:00' }),
      says: `time ${instantWords}: "2026-07-20T02:15:00"`,
      why: 'no zone',
    },
    {
      text: line({ time: '2026-02-30T00:00:00Z' }),
      says: `time ${instantWords}: "2026-02-30T00:00:00Z"`,
      why: '30 Feb',
    },
    { text: line({ time: '2016-12-31T23:59:60Z' }), says: `time ${instantWords}: "2016-12-31T23:59:60Z"`, why: 'leap' },
    {
      text: line({ time: '2026-07-20T24:00:00Z' }),
      says: `time ${instantWords}: "2026-07-20T24:00:00Z"`,
      why: '24:00',
    },
    { text: line({ recordedtime: 'now' }), says: `recordedtime ${instantWords}: "now"`, why: 'now would not move' },
    { text: line({ recordedtime: '' }), says: `recordedtime ${instantWords}: ""`, why: 'empty is not missing' },
  ])('$why: $says', ({ text, says }) => {
    expect(readText(text)).toEqual({ kind: 'unreadable', refusal: { code: 'SCHEMA', message: says } });
  });
});

describe('a line with an envelope that is refused moves the time all the same', () => {
  test.each([
    { text: line({ type: 'alo.usage.invented.v1' }), code: 'UNKNOWN', why: 'a type that nobody defined' },
    { text: line({ type: 'alo.usage.charged.v2' }), code: 'UNKNOWN', why: 'a version that nobody defined' },
    { text: line({ type: 'ALO.USAGE.CHARGED.V1' }), code: 'UNKNOWN', why: 'upper case' },
    { text: line({ type: 'alo.tier.upgraded.v1' }), code: 'UNKNOWN', why: 'what alo says itself' },
    { text: line({ type: '__proto__' }), code: 'UNKNOWN', why: 'what every object has' },
    { text: line({ type: 'alo.usage.invented.v1', data: 5 }), code: 'UNKNOWN', why: 'unknown comes before the data' },
    { text: line({ data: 5 }), code: 'SCHEMA', why: 'data of another kind' },
  ])('$code: $why', ({ text, code }) => {
    expect(readText(text)).toMatchObject({ kind: 'refused', time, refusal: { code } });
  });

  test('an unknown type is named', () => {
    const read = readText(line({ type: 'alo.usage.invented.v1' }));
    expect(message(read)).toBe('type "alo.usage.invented.v1" is not one that alo knows');
  });
});

describe('data is refused, with its place and what stands there', () => {
  test.each([
    { text: line({ data: undefined }), says: 'data must be an object: missing', why: 'no data' },
    { text: line({ data: null }), says: 'data must be an object: null', why: 'null' },
    { text: line({ data: [] }), says: 'data must be an object: []', why: 'a list' },
    { text: line({ data: undefined, data_base64: 'e30=' }), says: 'data must be an object: missing', why: 'base64' },
    {
      text: withData({}, '1000', '1e400'),
      says: 'data.amount must be a whole number of minor units: Infinity',
      why: '1e400',
    },
    {
      text: withData({}, '1000', '0.5'),
      says: 'data.amount must be a whole number of minor units: 0.5',
      why: 'half a đồng',
    },
    {
      text: withData({}, '1000', '"1000"'),
      says: 'data.amount must be a whole number of minor units: "1000"',
      why: 'a text',
    },
    { text: withData({}, '1000', '-0'), says: 'data.amount must be more than 0: -0', why: 'minus nothing' },
    {
      text: withData({}, '1000', '9007199254740992'),
      says: 'data.amount must be at most 10^12: 9007199254740992',
      why: '2^53',
    },
    { text: withData({ amount: null }), says: 'data.amount must be a whole number of minor units: null', why: 'null' },
    { text: withData({ line: null }), says: 'data.line must be a text: null', why: 'null is not a missing field' },
    { text: withData({ line: '' }), says: 'data.line must not be empty: ""', why: 'an empty text' },
    {
      text: withData({ service: 'fax' }),
      says: 'data.service must be "voice", "sms", "data", "roaming", "vas" or "other": "fax"',
      why: 'none of those',
    },
    {
      text: line({ ...request, data: { ...request.data, requestId: 'X' } }, '"X"', '"\\ud800"'),
      says: 'data.requestId must be proper Unicode (it has a lone surrogate): "\\ud800"',
      why: 'it would stand in an id',
    },
    {
      text: line({}, '"amount":1000', '"__proto__":{"amount":1000}'),
      says: 'data.amount must be a whole number of minor units: missing',
      why: 'a key named __proto__ lends nothing',
    },
    {
      text: line({ type: 'alo.subscriber.opened.v1', data: {} }, '"data":{}', '"data":{"months":{"__proto__":5}}'),
      says: 'data.months.__proto__ must not be a key: 5',
      why: 'a record would lose it without a word',
    },
    {
      text: line({ type: 'alo.policy.activated.v1', data: {} }, '"data":{}', '"data":{"policy":{"__proto__":5}}'),
      says: 'data.policy.__proto__ must not be a key: 5',
      why: 'a policy would lose it without a word, and its hash with it',
    },
    {
      text: line({ type: 'alo.subscriber.opened.v1', data: { gifts: [{ occasion: 'tet', year: 2026, value: -1 }] } }),
      says: 'data.gifts[0].value must not be negative: -1',
      why: 'a place in a list',
    },
    {
      text: line({ type: 'alo.subscriber.opened.v1', data: { months: { 'a\nb': 1 } } }),
      says: 'data.months.a\\u000ab must be a civil month, such as 2026-06: "a\\nb"',
      why: 'a key with a line end would break the message',
    },
  ])('$why: $says', ({ text, says }) => {
    expect(readText(text)).toEqual({ kind: 'refused', time, refusal: { code: 'SCHEMA', message: says } });
  });
});

describe('an event is taken', () => {
  test('with its own time as an instant, and its data as it came beside what alo knows of it', () => {
    const data = { ...charge.data, colour: 'red', amount: 5 };
    expect(readText(line({ data }))).toEqual({
      kind: 'event',
      time,
      event: {
        name: 'usage.charged',
        type: 'alo.usage.charged.v1',
        source: '/billing',
        id: 'c-1',
        subject: 's-17',
        occurredAt: time,
        data: { amount: 5, currency: 'VND', service: 'data' },
        rawData: data,
      },
    });
  });

  test.each([
    { text: `${line()}\r`, why: 'a carriage return is white space' },
    { text: ` \t${line()} `, why: 'and so are spaces and tabs' },
    { text: withData({}, '1000', '1000.0'), why: '1000.0 is whole' },
    { text: withData({}, '1000', '1e3'), why: 'so is 1e3' },
    { text: line({ subject: 'khách/17 😀' }), why: 'a subject of any characters' },
    { text: line({ subject: ' ' }), why: 'a space is no control character' },
    { text: line({ recordedtime: null }), why: 'null is an unset attribute in CloudEvents' },
    {
      text: line({ dataschema: 5, comments: [[]], datacontenttype: 'text/xml' }),
      why: 'unknown attributes are ignored',
    },
    { text: line({ traceparent: 7 }), why: 'a trace that is none is ignored' },
    { text: withData({ more: 1e300 }, '1e+300', '1e400'), why: 'unknown fields are ignored, whatever they hold' },
    { text: line({}, '"data"', '"__proto__":{"id":5},"data"'), why: 'a key named __proto__ among the attributes too' },
  ])('$why', ({ text }) => {
    expect(readText(text)).toMatchObject({ kind: 'event', time, event: { id: 'c-1', data: { amount: 1000 } } });
  });

  test.each([
    { subject: undefined, why: 'without a subject' },
    { subject: null, why: 'with null' },
    { subject: 's-17', why: 'with one, which is passed over' },
  ])('a tick and a policy belong to nobody, $why', ({ subject }) => {
    for (const [type, data] of [['time.ticked'], ['policy.activated', { policy: {} }]]) {
      expect(readText(line({ type: `alo.${type}.v1`, subject, data }))).toMatchObject({ event: { subject: '' } });
    }
  });

  test('and moves now by its recordedtime where it has one', () => {
    const read = readText(line({ recordedtime: '2026-07-20T02:15:03.250Z' }));
    expect(read).toMatchObject({ kind: 'event', time: time + 3250, event: { occurredAt: time } });
  });

  test('and a refused line moves it so too', () => {
    const read = readText(line({ recordedtime: '2026-07-20T02:15:03.250Z', data: 5 }));
    expect(read).toMatchObject({ kind: 'refused', time: time + 3250 });
  });
});

describe('a trace is continued', () => {
  const ids = '4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7';
  test.each([
    { traceparent: `00-${ids}-01`, kept: true, why: 'as W3C says' },
    { traceparent: `00-${ids.toUpperCase()}-01`, kept: false, why: 'upper case' },
    { traceparent: `00-${ids}`, kept: false, why: 'no flags' },
    { traceparent: `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, kept: false, why: 'a trace of zeros is none' },
    { traceparent: `00-4bf92f3577b34da6a3ce929d0e0e4736-${'0'.repeat(16)}-01`, kept: false, why: 'nor is a span' },
  ])('$kept for $traceparent: $why', ({ traceparent, kept }) => {
    const read = readText(line({ traceparent }));
    expect(read.kind === 'event' && read.event.traceparent).toBe(kept ? traceparent : undefined);
  });
});

describe('nothing is', () => {
  test.each(['', ' ', '\t', '\r', ' \r'])('a blank line: %j', (text) => {
    expect(readText(text)).toEqual({ kind: 'empty' });
  });
});

describe('nesting', () => {
  const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
  const inData = (levels: number) => withData({ more: 'X' }, '"X"', nested(levels));

  test.each([
    { levels: 32, kind: 'event', why: 'more than anybody sends' },
    { levels: 127, kind: 'event', why: 'exactly the most: data is a level too' },
    { levels: 128, kind: 'refused', why: 'one above' },
    { levels: 100_000, kind: 'refused', why: 'an attack on the stack' },
  ])('of $levels levels in data makes it $kind: $why', ({ levels, kind }) => {
    expect(readText(inData(levels)).kind).toBe(kind);
  });

  test.each([
    { text: inData(100_000), says: 'data must not nest more than 128 levels', where: 'in data' },
    { text: withData({}, '1000', nested(100_000)), says: 'data.amount must be a whole number', where: 'in a field' },
    {
      text: line({ id: 'X' }, '"X"', nested(100_000)),
      says: 'id must be a text: a value that nests',
      where: 'in an id',
    },
    { text: nested(100_000), says: 'the event must be an object: a value that nests', where: 'instead of an event' },
    { text: '['.repeat(100_000), says: 'the line is not JSON', where: 'without an end' },
    { text: '{"a":'.repeat(100_000), says: 'the line is not JSON', where: 'of objects, without an end' },
    {
      text: line({ type: 'alo.policy.activated.v1', data: { policy: { a: 'X' } } }, '"X"', nested(100_000)),
      says: 'data must not nest more than 128 levels',
      where: 'in a policy',
    },
  ])('of 100,000 levels overflows no stack $where', ({ text, says }) => {
    expect(message(readText(text))).toContain(says);
  });

  test('of 100,000 levels in an attribute that nobody knows is ignored', () => {
    expect(readText(line({ more: 'X' }, '"X"', nested(100_000))).kind).toBe('event');
  });
});

describe('bytes', () => {
  const bytes = (text: string) => new TextEncoder().encode(text);

  test('that are UTF-8 are read as their text', () => {
    expect(readLine(bytes(line({ subject: 'khách' })))).toEqual(readText(line({ subject: 'khách' })));
  });

  test.each([
    { bad: [0xff], why: 'no such byte' },
    { bad: [0xc3], why: 'half a character' },
    { bad: [0xed, 0xa0, 0x80], why: 'a surrogate' },
    { bad: [0xc0, 0xaf], why: 'too long a form' },
  ])('that are not UTF-8 are unreadable: $why', ({ bad }) => {
    const read = readLine(Uint8Array.from([...bytes('{"id":"'), ...bad, ...bytes('"}')]));
    expect(read).toEqual({ kind: 'unreadable', refusal: { code: 'SCHEMA', message: 'the line is not UTF-8' } });
  });

  test('keep a byte order mark: who reads a file takes it off the first line', () => {
    expect(decodeLine(Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b, 0x7d))).toBe('\ufeff{}');
  });
});

test('whatever the line, the door throws nothing and every message is one line of proper Unicode', () => {
  const wild = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.json().map((json) => line({ data: 'X' }, '"X"', json)),
    fc.dictionary(fc.constantFrom(...Object.keys(charge)), fc.jsonValue()).map((change) => line(change)),
    fc
      .dictionary(fc.constantFrom('amount', 'currency', 'service', 'line'), fc.jsonValue())
      .map((data) => withData(data)),
  );
  fc.assert(
    fc.property(wild, (text) => {
      const said = message(readText(text));
      return said.isWellFormed() && !/[\n\r\u0085\u2028\u2029]/.test(said);
    }),
  );
});
