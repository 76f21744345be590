import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { goldenMessages, goldenOf } from './golden-messages.ts';
import { jsonSchemas, schemaText } from './json-schemas.ts';

const directory = join(import.meta.dirname, '..', 'schemas');
const schemas = jsonSchemas();
const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });
addFormats.default(ajv);
const validators = new Map([...schemas].map(([file, schema]) => [file, ajv.compile(schema)]));

/** What ajv has to say of a value; nothing when it is valid. */
const complaints = (file: string, value: unknown): string[] => {
  const validate = validators.get(file)!;
  return validate(value) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
};

describe('the files in schemas', () => {
  test('are one for each event, each output and the policy', () => {
    expect(readdirSync(directory).toSorted()).toEqual([...schemas.keys()].toSorted());
  });

  test.each([...schemas])('%s says what the code says; if not: npm run schemas -w @alo/contracts', (file, schema) => {
    expect(readFileSync(join(directory, file), 'utf8')).toBe(schemaText(schema));
  });
});

describe('an independent validator', () => {
  test.each(goldenMessages)('takes $file', ({ message }) => {
    expect(complaints(`${message.type}.json`, message)).toEqual([]);
  });

  const policy = goldenOf('alo.policy.activated.v1').message.data.policy as Record<string, object>;

  test('takes the example policy', () => {
    expect(complaints('alo.policy.json', policy)).toEqual([]);
  });

  test('takes a policy that leaves out what has a default', () => {
    const { id, version, zone, currency, tiers } = policy;
    expect(complaints('alo.policy.json', { id, version, zone, currency, tiers })).toEqual([]);
  });

  test.each([
    { change: { lateness: 'P1M' }, why: 'months are no duration' },
    { change: { tiers: { ...policy.tiers, window: 'previous-month' } }, why: 'the window does not contain today' },
    { change: { alerts: [{ id: 'a', window: 'last-63-days', at: [1] }] }, why: 'no such window' },
    { change: { colour: 'red' }, why: 'an unknown key' },
    { change: { zone: undefined }, why: 'no zone' },
  ])('refuses a policy: $why', ({ change }) => {
    expect(complaints('alo.policy.json', { ...policy, ...change })).not.toEqual([]);
  });

  test.each([
    { type: 'alo.usage.charged.v1', data: { amount: 0 }, why: 'a charge of nothing' },
    { type: 'alo.usage.charged.v1', data: { amount: 1.5 }, why: 'a fraction' },
    { type: 'alo.usage.charged.v1', data: { line: null }, why: 'null is not a missing field' },
    { type: 'alo.usage.adjusted.v1', data: { amount: 0 }, why: 'an adjustment of nothing' },
    { type: 'alo.usage.adjusted.v1', data: { appliesTo: '2026-07-20' }, why: 'no instant' },
    { type: 'alo.invoice.issued.v1', data: { dueOn: '2026-04-31' }, why: '31 April' },
    { type: 'alo.subscriber.updated.v1', data: { birthday: '04-31' }, why: '31 April of any year' },
    { type: 'alo.subscriber.opened.v1', data: { months: { '2026-13': 1 } }, why: 'month 13' },
    { type: 'alo.tier.upgraded.v1', data: { basis: 'mood' }, why: 'no such cause' },
  ])('refuses $type: $why', ({ type, data }) => {
    const { message } = goldenOf(type);
    expect(complaints(`${type}.json`, { ...message, data: { ...message.data, ...data } })).not.toEqual([]);
  });

  test.each([...schemas.keys()].filter((file) => file !== 'alo.policy.json'))(
    '%s takes a message with a field that was added later',
    (file) => {
      const { message } = goldenOf(file.replace(/\.json$/, ''));
      const data = message.data ? { ...message.data, added: 1 } : message.data;
      expect(complaints(file, { ...message, added: 'later', data })).toEqual([]);
    },
  );
});
