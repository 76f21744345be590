import * as z from 'zod';

/** A leaf that a relation looks at, whatever stands there: its shape was judged already. */
const leaf = z.unknown().optional();

const origins = { pointer: leaf, header: leaf, attribute: leaf, key: leaf, timestamp: leaf, constant: leaf };
const options = { hash: leaf, factor: leaf, words: leaf, format: leaf, zone: leaf };

const originDraft = z.object(origins).optional().catch(undefined);
const fieldDraft = z
  .object({ ...origins, ...options, join: z.array(originDraft).optional().catch([]) })
  .optional()
  .catch(undefined);

const topicDraft = z
  .object({
    format: leaf,
    types: z.array(leaf).optional().catch(undefined),
    subject: fieldDraft,
    fields: z.record(z.string(), fieldDraft).optional().catch(undefined),
  })
  .optional()
  .catch(undefined);

const draftSchema = z
  .object({ topics: z.record(z.string(), topicDraft).optional().catch(undefined) })
  .optional()
  .catch(undefined);

export type OriginDraft = NonNullable<z.infer<typeof originDraft>>;
export type FieldDraft = NonNullable<z.infer<typeof fieldDraft>>;
export type TopicDraft = NonNullable<z.infer<typeof topicDraft>>;

/** The topics of an intake.json that may have any shape; what has the wrong one is missing here. */
export const topicDraftsOf = (json: unknown): (readonly [name: string, topic: TopicDraft])[] =>
  Object.entries(draftSchema.parse(json)?.topics ?? {}).flatMap(([name, topic]) => (topic ? [[name, topic]] : []));
