import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkIntake } from './intake-config.ts';

type Json = Record<string, unknown>;

const cdr: Json = {
  format: 'json',
  types: ['alo.usage.charged.v1'],
  subject: { pointer: '/msisdn', hash: true },
  fields: {
    time: { pointer: '/at', format: 'dd/MM/yyyy HH:mm', zone: 'Asia/Ho_Chi_Minh' },
    'data.amount': { pointer: '/charge', factor: '1/1000' },
    'data.currency': { constant: 'VND' },
    'data.service': { pointer: '/service', words: { V: 'voice', '*': 'other' } },
  },
};
const fields = cdr.fields as Json;

const problemsOf = (json: unknown): string[] => {
  const check = checkIntake(json);
  return check.ok ? [] : check.problems.map(({ path, message }) => `${path} ${message}`);
};
const ofTopic = (topic: unknown): string[] =>
  problemsOf({ topics: { t: topic } }).map((text) => text.replace(/^topics\.t\.?/, ''));
const ofField = (target: string, source: unknown): string[] =>
  ofTopic({ ...cdr, fields: { ...fields, [target]: source } }).map((text) => text.replace(`fields.${target}`, ''));

test('a file that is right has no problem', () => {
  expect(
    problemsOf({ topics: { t: cdr, 'operator.usage.v1': { format: 'cloudevents-binary', types: cdr.types } } }),
  ).toEqual([]);
});

describe('the whole', () => {
  test.each([
    [[], '(intake) must be an object; it is []'],
    [{}, 'topics must be an object; it is missing'],
    [{ topics: {} }, 'topics must have a topic; it is {}'],
    [{ topics: { t: cdr }, zone: 'UTC' }, 'zone is not a key that intake knows'],
    [{ topics: { 'a b': cdr } }, 'topics.a b must be the name of a Kafka topic; it is "a b"'],
    [{ topics: { '..': cdr } }, 'topics... must be the name of a Kafka topic; it is ".."'],
    [
      { topics: { 'alo.journal.v1': cdr } },
      'topics.alo.journal.v1 must be a topic of your own systems; this one is written by alo',
    ],
  ])('%j: %s', (json, problem) => {
    expect(problemsOf(json)).toEqual([problem]);
  });
});

describe('a key named __proto__ is lost nowhere', () => {
  const text = JSON.stringify({ topics: { t: cdr } });

  test.each([
    { before: '"t":', path: 'topics.__proto__' },
    { before: '"time":', path: 'topics.t.fields.__proto__' },
    { before: '"V":', path: 'topics.t.fields.data.service.words.__proto__' },
  ])('at $path', ({ before, path }) => {
    const given = JSON.parse(text.replace(before, `"__proto__":{},${before}`));
    expect(problemsOf(given)).toEqual([`${path} must not be a key; it is {}`]);
  });
});

describe('a topic', () => {
  test.each([
    [{ format: 'avro' }, 'format must be "cloudevents-structured", "cloudevents-binary" or "json"; it is "avro"'],
    [{ types: [] }, 'types must name a type of event; it is []'],
    [
      { types: ['alo.usage.charged.v1', 'alo.usage.charged.v1'] },
      'types[1] must not be there twice; it is "alo.usage.charged.v1"',
    ],
    [{ subject: undefined }, 'subject must say who the subscriber is; it is missing'],
    [{ fields: {} }, 'fields.time must say where it comes from: every event needs it; it is missing'],
    [
      { types: ['alo.usage.charged.v1', 'alo.payment.received.v1'] },
      'fields.type must say where it comes from: a topic of several types needs it; it is missing',
    ],
    [{ partitions: 3 }, 'partitions is not a key that intake knows'],
    [
      { subject: { pointer: '/a', header: 'b' } },
      'subject must say once where it comes from (pointer, header, attribute, key, timestamp, constant, join); it has pointer and header',
    ],
    [
      { subject: { hash: true } },
      'subject must say once where it comes from (pointer, header, attribute, key, timestamp, constant, join); it has none',
    ],
    [
      { subject: { attribute: 'subject' } },
      'subject.attribute must not be there: plain JSON has no attributes, so use pointer',
    ],
  ])('%j: %s', (change, problem) => {
    expect(ofTopic({ ...cdr, ...change })).toContain(problem);
  });

  test.each(['alo.time.ticked.v1', 'alo.policy.activated.v1', 'usage.charged'])('does not carry %s', (type) => {
    expect(ofTopic({ ...cdr, types: [type] })[0]).toMatch(/^types\[0\] must be "alo\.usage\.charged\.v1", .*; it is/);
  });

  test('of CloudEvents needs no mapping at all', () => {
    expect(ofTopic({ format: 'cloudevents-structured', types: ['alo.subscriber.closed.v1'] })).toEqual([]);
  });
});

describe('a field', () => {
  test.each([
    ['data.amonut', { pointer: '/a' }, ' must be type, source, id, time or a field that the data of these types has'],
    ['data.dueOn', { pointer: '/a' }, ' must be type, source, id, time or a field that the data of these types has'],
    ['subject', { pointer: '/a' }, ' must stand beside fields, not within'],
    ['id', { pointer: 'a' }, '.pointer must be a JSON Pointer, such as /charge/amount; it is "a"'],
    ['id', { pointer: '/a', colour: 1 }, '.colour is not a key that intake knows'],
    ['id', { header: '' }, '.header must not be empty; it is ""'],
    ['id', { key: false }, '.key must be true, or not be there; it is false'],
    ['id', { constant: null }, '.constant must be a text, a number, true or false; it is null'],
    ['id', { join: [{ pointer: '/a' }] }, '.join must be at least two parts; it is [{"pointer":"/a"}]'],
    [
      'id',
      { join: [{ pointer: '/a' }, {}] },
      '.join[1] must say once where it comes from (pointer, header, attribute, key, timestamp, constant); it has none',
    ],
    [
      'id',
      { join: [{ pointer: '/a' }, { pointer: '/b', hash: true }] },
      '.join[1].hash is not a key that intake knows',
    ],
    ['time', { pointer: '/a', hash: true }, '.hash must not be there: the field is an instant'],
    ['time', { join: [{ pointer: '/a' }, { pointer: '/b' }] }, '.join must not be there: the field is an instant'],
    ['data.line', { pointer: '/a', factor: '10' }, '.factor must not be there: the field is a text'],
    ['data.line', { pointer: '/a', hash: true, words: {} }, '.words must not be there: what is hashed is not read'],
    ['data.service', { pointer: '/a', words: { a: true } }, '.words.a must be a text; it is true'],
    [
      'data.amount',
      { pointer: '/a', factor: '0.01' },
      '.factor must be a whole number or a ratio in quotes, such as "100" or "1/100"; it is "0.01"',
    ],
    ['data.amount', { constant: 'much' }, '.constant must be a number; it is "much"'],
    ['data.amount', { constant: 1, factor: '1/3' }, '.constant must be a whole number when multiplied by 1/3; it is 1'],
    ['time', { pointer: '/a', format: 'dd/MM/yyyy', zone: 'UTC' }, '.format must have HH, mm; it is "dd/MM/yyyy"'],
    [
      'time',
      { pointer: '/a', format: 'yyyy-MM-ddTHH:mm', zone: 'UTC' },
      '.format has T, which means nothing; letters of the text itself stand in quotes; it is "yyyy-MM-ddTHH:mm"',
    ],
    [
      'time',
      { pointer: '/a', format: 'dd/MM/yyyy HH:mm' },
      '.zone must be set, for a local time is none without; it is missing',
    ],
    [
      'time',
      { pointer: '/a', format: 'dd/MM/yyyy HH:mm', zone: 'Mars/Base' },
      '.zone must be an IANA time zone, such as Asia/Ho_Chi_Minh; it is "Mars/Base"',
    ],
    ['time', { pointer: '/a', format: 'epoch-ms', zone: 'UTC' }, '.zone must not be there: only a local time has one'],
    ['time', { pointer: '/a', zone: 'UTC' }, '.zone must not be there: only a local time has one'],
    [
      'type',
      { constant: 'alo.payment.received.v1' },
      '.constant must be one of types (alo.usage.charged.v1); it is "alo.payment.received.v1"',
    ],
    [
      'type',
      { pointer: '/t', words: { P: 'alo.payment.received.v1' } },
      '.words.P must be one of types (alo.usage.charged.v1); it is "alo.payment.received.v1"',
    ],
  ])('%s of %j: %s', (target, source, problem) => {
    expect(ofField(target, source)).toEqual([problem]);
  });

  test.each([
    ['data.dueOn', { pointer: '/a', format: 'dd/MM/yyyy' }, []],
    ['data.dueOn', { pointer: '/a' }, []],
    ['data.dueOn', { pointer: '/a', format: 'dd/MM' }, ['.format must have yyyy; it is "dd/MM"']],
    ['data.dueOn', { pointer: '/a', zone: 'UTC' }, ['.zone must not be there: the field is a date']],
  ])('%s of %j in an invoice has the problems %j', (target, source, problems) => {
    const invoice = {
      ...cdr,
      types: ['alo.invoice.issued.v1'],
      fields: {
        time: { timestamp: true },
        'data.amount': { pointer: '/charge' },
        'data.currency': { constant: 'VND' },
        'data.invoiceId': { key: true },
        [target]: source,
      },
    };
    expect(ofTopic(invoice).map((text) => text.replace(`fields.${target}`, ''))).toEqual(problems);
  });
});

test('problems of several topics and of all their fields are told at once', () => {
  const problems = problemsOf({
    topics: {
      a: { ...cdr, format: 'csv' },
      b: {
        ...cdr,
        subject: {},
        fields: { ...fields, time: { pointer: 'x' }, 'data.amount': { pointer: '/a', zone: 'UTC' } },
      },
      'c d': cdr,
    },
  });
  expect(problems.map((text) => text.split(' must ')[0])).toEqual([
    'topics.a.format',
    'topics.b.fields.time.pointer',
    'topics.c d',
    'topics.b.subject',
    'topics.b.fields.data.amount.zone',
  ]);
});

test('whatever the JSON, it is right or has a problem, and nothing is thrown', () => {
  const spoilt = fc.oneof(fc.jsonValue(), fc.constantFrom({}, [], null, '', '/', 0));
  const source = fc.dictionary(
    fc.constantFrom('pointer', 'header', 'key', 'constant', 'join', 'hash', 'factor', 'words', 'format', 'zone'),
    fc.oneof(spoilt, fc.constantFrom('/a', '1/2', 'yyyy', 'UTC', true)),
  );
  const topic = fc.record(
    {
      format: fc.oneof(fc.constantFrom('json', 'cloudevents-binary'), spoilt),
      types: fc.oneof(fc.constant(['alo.usage.charged.v1']), spoilt),
      subject: fc.oneof(source, spoilt),
      fields: fc.oneof(
        fc.dictionary(fc.constantFrom('time', 'id', 'data.amount', 'data.line', 'toString'), source),
        spoilt,
      ),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.jsonValue(),
        fc.dictionary(fc.string(), topic).map((topics) => ({ topics })),
      ),
      (json) => {
        const check = checkIntake(json);
        expect(check.ok || check.problems.length > 0).toBe(true);
      },
    ),
  );
});
