import * as z from 'zod';
import { civilDateText, dayMs, durationText, monthDayText, parseDuration } from '../instant.ts';
import { currencyCode, nonNegativeMinor, positiveMinor } from '../money.ts';
import { recordOf } from '../record.ts';
import { attribute, text } from '../text.ts';
import { windowName, windowOfDays, windowWithToday } from '../windows.ts';
import {
  lunarDayText,
  policyId,
  policyVersion,
  signedDaysText,
  timeOfDayText,
  wholeDaysText,
  wholeNumber,
  zoneText,
} from './policy-text.ts';

const count = wholeNumber(1, 1000);
const dayOfMonth = wholeNumber(1, 28);
const ppm = wholeNumber(1, 1_000_000);

const rung = z.strictObject({
  name: text,
  upgradeAt: positiveMinor.optional(),
  retainAt: nonNegativeMinor.optional(),
});

const review = z.strictObject({
  every: z.enum(['month', 'quarter', 'half-year', 'year']),
  day: dayOfMonth,
  at: timeOfDayText,
  window: windowName,
  downgrade: z.enum(['one-step', 'by-value']).default('one-step'),
  failures: count.default(1),
});

const tiers = z.strictObject({
  window: windowWithToday,
  ladder: z.array(rung).min(1, 'must have a base').max(12, 'must have at most 12 tiers'),
  review: review.optional(),
  warn: z.array(wholeDaysText).max(12, 'must be at most 12 warnings').optional(),
});

const listRule = z.strictObject({
  floor: text.optional(),
  gifts: z.enum(['hold', 'none']).optional(),
  ranked: z.strictObject({ topPpm: ppm, leavePpm: ppm, window: windowName }).optional(),
});

const audience = z.strictObject({
  kinds: z
    .array(z.enum(['person', 'organisation']))
    .min(1, 'must not be empty')
    .optional(),
  gender: text.optional(),
  minTier: text.optional(),
  spend: z.strictObject({ window: windowName, atLeast: nonNegativeMinor }).optional(),
  lists: z.array(text).min(1, 'must not be empty').optional(),
  provinces: z.array(text).min(1, 'must not be empty').optional(),
});

const gift = z.strictObject({
  window: windowName,
  bands: z
    .array(z.strictObject({ from: nonNegativeMinor, value: positiveMinor }))
    .min(1, 'must have a band')
    .max(100, 'must have at most 100 bands'),
});

const occasionParts = {
  id: attribute,
  feb29: z.enum(['feb28', 'mar1']).optional(),
  lead: wholeDaysText.default('P0D'),
  sendAt: timeOfDayText,
  spread: durationText.default('PT0S'),
  audience: audience.optional(),
  gift: gift.optional(),
};

const occasion = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('birthday'), ...occasionParts }),
    z.strictObject({ kind: z.literal('founding-day'), ...occasionParts }),
    z.strictObject({
      kind: z.literal('holiday'),
      on: monthDayText.optional(),
      lunar: lunarDayText.optional(),
      ...occasionParts,
    }),
    z.strictObject({ kind: z.literal('conference'), on: civilDateText, ...occasionParts }),
  ],
  {
    error: ({ code }) =>
      code === 'invalid_union' ? 'must be "birthday", "founding-day", "holiday" or "conference"' : undefined,
  },
);

const protect = z.strictObject({
  list: text.optional(),
  minTier: text.optional(),
  maxConsecutiveSkips: wholeNumber(0, 1000).optional(),
  debtCap: z
    .strictObject({ absolute: nonNegativeMinor.optional(), percentOfAverage: wholeNumber(0, 100_000).optional() })
    .optional(),
  skipDays: wholeNumber(1, 3660).optional(),
});

const suspension = z.strictObject({
  never: z.array(z.enum(['debt', 'fraud', 'customer-request', 'lost-sim', 'legal-order', 'identity'])).optional(),
  protect: z.array(protect).max(32, 'must be at most 32 rules').optional(),
  grace: z
    .array(z.strictObject({ minTier: text, days: wholeNumber(1, 366) }))
    .max(12, 'must be at most 12')
    .optional(),
  remind: z.array(signedDaysText).max(12, 'must be at most 12').optional(),
  remindAt: timeOfDayText.default('09:00'),
  remindMinTier: text.optional(),
});

const quality = z.strictObject({
  id: attribute,
  kinds: z
    .array(z.enum(['dropped-call', 'setup-failure', 'slow-data', 'outage', 'complaint']))
    .min(1, 'must not be empty'),
  window: windowOfDays,
  atLeast: count,
  minTier: text.optional(),
  cooldown: durationText.optional(),
});

const alert = z.strictObject({
  id: attribute,
  window: windowName,
  at: z.array(positiveMinor).min(1, 'must have a threshold').max(16, 'must have at most 16 thresholds'),
});

const retention = z.strictObject({
  id: attribute,
  every: z.literal('month'),
  day: dayOfMonth,
  at: timeOfDayText,
  window: windowName,
  belowPercent: wholeNumber(1, 1000),
  of: windowName,
  minTier: text.optional(),
});

/** The shape of a policy, SPEC section 9; checkPolicy also checks what its parts say of each other. */
export const policySchema = z.strictObject({
  id: policyId,
  version: policyVersion,
  zone: zoneText,
  currency: currencyCode,
  lateness: durationText
    .refine((value) => !(parseDuration(value) > 38 * dayMs), { error: 'must be at most P38D' })
    .default('P35D'),
  futureTolerance: durationText.default('PT15M'),
  consent: z.enum(['opt-in', 'opt-out']).default('opt-out'),
  tiers,
  lists: recordOf(text, listRule).optional(),
  gifts: z
    .strictObject({ yearlyCap: nonNegativeMinor.optional(), operatorProvinces: z.array(text).optional() })
    .optional(),
  occasions: z.array(occasion).max(100, 'must be at most 100 occasions').optional(),
  suspension: suspension.optional(),
  quality: z.array(quality).max(32, 'must be at most 32').optional(),
  promotions: z.strictObject({ muteFrom: text.optional() }).optional(),
  alerts: z.array(alert).max(32, 'must be at most 32 alerts').optional(),
  retention: z.array(retention).max(32, 'must be at most 32').optional(),
});

export type Policy = z.infer<typeof policySchema>;
export type Review = z.infer<typeof review>;
export type Occasion = z.infer<typeof occasion>;
