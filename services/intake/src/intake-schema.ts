import { recordOf, zoneText } from '@alo/contracts';
import * as z from 'zod';
import { ratioForm } from './decimal.ts';
import { jsonPointerForm } from './json-pointer.ts';
import { type CarriedType, carriedTypes } from './targets.ts';

const filled = z.string().min(1, 'must not be empty');
const pointer = z.string().regex(jsonPointerForm, 'must be a JSON Pointer, such as /charge/amount');
const attribute = z.string().regex(/^[a-z0-9]+$/, 'must be the name of a CloudEvents attribute, such as subject');
const yes = z.literal(true, { error: 'must be true, or not be there' });
const scalarWords = 'must be a text, a number, true or false';
const scalar = z
  .unknown()
  .refine((value) => ['string', 'number', 'boolean'].includes(typeof value), { error: scalarWords })
  .transform((value) => value as string | number | boolean);

/** Where a value comes from: one of these. */
const origins = {
  pointer: pointer.optional(),
  header: filled.optional(),
  attribute: attribute.optional(),
  key: yes.optional(),
  timestamp: yes.optional(),
  constant: scalar.optional(),
};

const part = z.strictObject(origins);

/** Where the value of a field comes from, and what is made of it. */
export const fieldSource = z.strictObject({
  ...origins,
  join: z.array(part).min(2, 'must be at least two parts').max(16, 'must be at most 16 parts').optional(),
  hash: z.boolean().optional(),
  factor: z
    .string()
    .regex(ratioForm, 'must be a whole number or a ratio in quotes, such as "100" or "1/100"')
    .optional(),
  words: recordOf(
    z.string(),
    z.union([z.string(), z.boolean()], { error: 'must be a text, true or false' }),
  ).optional(),
  format: filled.optional(),
  zone: zoneText.optional(),
});

const types = z.array(z.enum(carriedTypes as [CarriedType, ...CarriedType[]])).min(1, 'must name a type of event');

const parts = { types, subject: fieldSource.optional(), fields: recordOf(z.string(), fieldSource).default({}) };

const sourceTopic = z.discriminatedUnion(
  'format',
  [
    z.strictObject({ format: z.literal('cloudevents-structured'), ...parts }),
    z.strictObject({ format: z.literal('cloudevents-binary'), ...parts }),
    z.strictObject({ format: z.literal('json'), ...parts }),
  ],
  {
    error: ({ code }) =>
      code === 'invalid_union' ? 'must be "cloudevents-structured", "cloudevents-binary" or "json"' : undefined,
  },
);

const topicName = z.string().regex(/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/, 'must be the name of a Kafka topic');

/** The shape of intake.json; checkIntake also checks what its parts say of each other. */
export const intakeSchema = z.strictObject({
  topics: recordOf(topicName, sourceTopic).refine((topics) => Object.keys(topics).length > 0, {
    error: 'must have a topic',
  }),
});

export type FieldSource = z.output<typeof fieldSource>;
export type OriginSource = z.output<typeof part>;
export type SourceTopicConfig = z.output<typeof sourceTopic>;
export type IntakeConfig = z.output<typeof intakeSchema>;
