import * as z from 'zod';

/** A leaf that a relation looks at, whatever stands there: its shape was judged already. */
const leaf = z.unknown().optional();
const part = <Shape extends z.ZodRawShape>(shape: Shape) => z.object(shape).optional().catch(undefined);
const many = <Item extends z.ZodType>(item: Item) => z.array(item).optional().catch(undefined);

const draftSchema = part({
  tiers: part({
    ladder: many(part({ name: leaf, upgradeAt: leaf, retainAt: leaf })),
    review: leaf,
    warn: many(leaf),
  }),
  lists: z
    .record(z.string(), part({ floor: leaf, ranked: part({ topPpm: leaf, leavePpm: leaf }) }))
    .nullish()
    .catch(null),
  occasions: many(
    part({
      id: leaf,
      kind: leaf,
      feb29: leaf,
      on: leaf,
      lunar: leaf,
      sendAt: leaf,
      spread: leaf,
      audience: part({ minTier: leaf, lists: many(leaf) }),
      gift: part({ bands: many(part({ from: leaf })) }),
    }),
  ),
  suspension: part({
    protect: many(part({ list: leaf, minTier: leaf })),
    grace: many(part({ minTier: leaf })),
    remind: many(leaf),
    remindMinTier: leaf,
  }),
  quality: many(part({ id: leaf, minTier: leaf })),
  promotions: part({ muteFrom: leaf }),
  alerts: many(part({ id: leaf, at: many(leaf) })),
  retention: many(part({ id: leaf, day: leaf, window: leaf, of: leaf, minTier: leaf })),
});

/**
 * What relations look at in a policy that may have any shape. A part of the wrong shape is missing here (of lists it
 * is null, for a policy without any is right too), so that the relations of all the others are still checked.
 */
export type Draft = NonNullable<z.infer<typeof draftSchema>>;

export const draftOf = (json: unknown): Draft => draftSchema.parse(json) ?? {};
