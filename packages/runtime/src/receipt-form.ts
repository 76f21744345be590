import * as z from 'zod';

const whole = z.int().min(0);

const receipt = {
  offset: whole,
  step: whole,
  settled: z.object({ dueAt: z.int(), subscriber: z.string() }).optional(),
  count: whole,
  digest: z.string(),
  version: z.string(),
};

/** C as it was written. Later engines may say more. */
export const receiptForm = z.looseObject(receipt);

/** R as it was written, likewise. */
export const appliedForm = z.looseObject({
  ...receipt,
  header: z.string(),
  rearmedUpTo: z.string().optional(),
  lastRecord: z.string().optional(),
  isUnverified: z.boolean().optional(),
});
