import * as z from 'zod';
import { eventSchemas } from './events.ts';
import { outputSchemas } from './outputs.ts';
import { policySchema } from './policy/policy.ts';

/** A JSON Schema of draft 2020-12. */
export type JsonSchema = { readonly [keyword: string]: unknown };

type Override = NonNullable<z.core.ToJSONSchemaParams['override']>;

/** A record that is checked before it is read (record.ts) is described by what it is read as. */
const describeRecord: Override = ({ zodSchema, jsonSchema }) => {
  const { def } = zodSchema._zod;
  if (def.type !== 'pipe') return;
  const { $schema, ...described } = jsonSchemaOf(def.out as z.ZodType);
  Object.assign(jsonSchema, described);
};

/** Of what is read, not of what comes out of reading: fields that are added later must not break who is strict. */
const jsonSchemaOf = (schema: z.ZodType): JsonSchema =>
  z.toJSONSchema(schema, { io: 'input', override: describeRecord }) as JsonSchema;

const titled = (title: string, schema: z.ZodType): [string, JsonSchema] => {
  const { $schema, ...described } = jsonSchemaOf(schema);
  return [`${title}.json`, { $schema, title, ...described }];
};

/**
 * A JSON Schema for every event, every output and the policy, by its file name. It says what JSON Schema can say: what
 * it refuses is wrong, and what it takes may still be refused, such as a listing that ends before it begins.
 */
export const jsonSchemas = (): ReadonlyMap<string, JsonSchema> =>
  new Map([
    ...Object.entries(eventSchemas).map(([type, schema]) => titled(type, schema)),
    ...Object.entries(outputSchemas).map(([type, schema]) => titled(type, schema)),
    titled('alo.policy', policySchema),
  ]);

/** A schema as its file holds it. */
export const schemaText = (schema: JsonSchema): string => `${JSON.stringify(schema, null, 2)}\n`;
