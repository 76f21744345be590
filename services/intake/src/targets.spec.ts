import { eventData, eventNames } from '@alo/contracts';
import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { type CarriedName, dataFields, kindOfTarget } from './targets.ts';

type JsonSchema = {
  readonly type?: string;
  readonly properties?: Record<string, JsonSchema>;
  readonly required?: readonly string[];
  readonly format?: string;
};

const schemaOf = (name: CarriedName): JsonSchema => z.toJSONSchema(eventData[name], { io: 'input' }) as JsonSchema;

/** A part that may be left out makes what is in it optional. */
const leaves = ({ properties = {}, required = [] }: JsonSchema, path = '', isNeeded = true): [string, boolean][] =>
  Object.entries(properties).flatMap(([name, schema]): [string, boolean][] => {
    const needed = isNeeded && required.includes(name);
    return schema.properties ? leaves(schema, `${path}${name}.`, needed) : [[path + name, needed]];
  });

const names = Object.keys(dataFields) as CarriedName[];

test('a topic may carry every type but those that alo itself writes', () => {
  const own = ['time.ticked', 'policy.activated'];
  expect([...names].sort()).toEqual(eventNames.filter((name) => !own.includes(name)).sort());
});

describe.each(names)('the fields of %s', (name) => {
  const { needed, optional } = dataFields[name];
  const expected = leaves(schemaOf(name));

  test('are those of its schema, and needed where that needs them', () => {
    const told: [string, boolean][] = [
      ...Object.keys(needed).map((field): [string, boolean] => [field, true]),
      ...Object.keys(optional).map((field): [string, boolean] => [field, false]),
    ];
    expect(new Map(told)).toEqual(new Map(expected));
  });

  test('are instants, dates, amounts and flags where the schema says so', () => {
    const find = (path: string): JsonSchema | undefined =>
      path.split('.').reduce<JsonSchema | undefined>((schema, step) => schema?.properties?.[step], schemaOf(name));
    for (const [field, kind] of Object.entries({ ...needed, ...optional })) {
      const { format, type } = find(field) ?? {};
      expect([field, kind === 'instant']).toEqual([field, format === 'date-time']);
      expect([field, kind === 'date']).toEqual([field, format === 'date']);
      expect([field, kind === 'amount']).toEqual([field, type === 'integer']);
      expect([field, kind === 'flag']).toEqual([field, type === 'boolean']);
      expect([field, kind === 'as-it-is']).toEqual([
        field,
        type === 'object' || type === 'array' || type === undefined,
      ]);
    }
  });
});

test.each(['toString', 'data.toString', 'data.', 'data', 'subject', 'specversion', 'datacontenttype'])(
  '%s is no field that a mapping sets',
  (target) => {
    expect(kindOfTarget(target, ['alo.usage.charged.v1'])).toBeUndefined();
  },
);
