import * as z from 'zod';
import { dayMs, isCivilDate, monthDayText, parseDuration } from './instant.ts';
import { currencyCode, nonNegativeMinor, positiveMinor } from './money.ts';
import { attribute, text } from './text.ts';
import { containsToday, parseWindow, windowName } from './windows.ts';

const isZone = (zone: string): boolean => {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(zone)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }) !== undefined;
  } catch {
    return false;
  }
};

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day, such as 09:00');

const durationText = z.string().refine((value) => !Number.isNaN(parseDuration(value)), {
  error: 'must be an ISO 8601 duration of weeks, days, hours, minutes and seconds, such as P14D or PT2H',
});

const wholeDays = durationText.refine(
  (value) => Number.isNaN(parseDuration(value)) || parseDuration(value) % dayMs === 0,
  {
    error: 'must be whole days, such as P14D',
  },
);

/** Days before (`-P3D`) or after (`P1D`) a date. */
const signedDays = z.string().refine((value) => parseDuration(value.replace(/^-/, '')) % dayMs === 0, {
  error: 'must be whole days before or after, such as -P3D or P1D',
});

const list = text;
const count = z.int().min(1, 'must be at least 1').max(1000, 'must be at most 1000');
const id = attribute;

const rung = z.strictObject({
  name: text,
  upgradeAt: positiveMinor.optional(),
  retainAt: nonNegativeMinor.optional(),
});

const every = z.enum(['month', 'quarter', 'half-year', 'year']);
const dayOfMonth = z.int().min(1, 'must be 1 to 28').max(28, 'must be 1 to 28');

const review = z.strictObject({
  every,
  day: dayOfMonth,
  at: timeOfDay,
  window: windowName,
  downgrade: z.enum(['one-step', 'by-value']).default('one-step'),
  failures: count.default(1),
});

const tiers = z.strictObject({
  window: windowName.refine((name) => containsToday(parseWindow(name) ?? { kind: 'year-to-date', name }), {
    error: 'must be a window that contains today, such as month-to-date or last-30-days',
  }),
  ladder: z.array(rung).min(1, 'must have a base').max(12, 'must have at most 12 tiers'),
  review: review.optional(),
  warn: z.array(wholeDays).max(12, 'must be at most 12 warnings').optional(),
});

const ppm = z.int().min(1, 'must be 1 to 1000000').max(1_000_000, 'must be 1 to 1000000');

const listRule = z.strictObject({
  floor: text.optional(),
  gifts: z.enum(['hold', 'none']).optional(),
  ranked: z
    .strictObject({ topPpm: ppm, leavePpm: ppm, window: windowName })
    .refine((ranked) => ranked.leavePpm >= ranked.topPpm, {
      path: ['leavePpm'],
      error: 'must not be smaller than topPpm',
    })
    .optional(),
});

const audience = z.strictObject({
  kinds: z
    .array(z.enum(['person', 'organisation']))
    .min(1, 'must not be empty')
    .optional(),
  gender: text.optional(),
  minTier: text.optional(),
  spend: z.strictObject({ window: windowName, atLeast: nonNegativeMinor }).optional(),
  lists: z.array(list).min(1, 'must not be empty').optional(),
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
  id,
  feb29: z.enum(['feb28', 'mar1']).optional(),
  lead: wholeDays.default('P0D'),
  sendAt: timeOfDay,
  spread: durationText.default('PT0S'),
  audience: audience.optional(),
  gift: gift.optional(),
};

const lunarDay = z
  .string()
  .regex(/^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|30)$/, 'must be a lunar month and day, such as 01-01');

const conferenceDay = z.string().refine(isCivilDate, { error: 'must be a civil date, such as 2026-12-12' });

const occasion = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('birthday'), ...occasionParts }),
  z.strictObject({ kind: z.literal('founding-day'), ...occasionParts }),
  z
    .strictObject({
      kind: z.literal('holiday'),
      on: monthDayText.optional(),
      lunar: lunarDay.optional(),
      ...occasionParts,
    })
    .refine((holiday) => (holiday.on === undefined) !== (holiday.lunar === undefined), {
      error: 'must have either on or lunar',
    }),
  z.strictObject({ kind: z.literal('conference'), on: conferenceDay, ...occasionParts }),
]);

const protect = z
  .strictObject({
    list: list.optional(),
    minTier: text.optional(),
    maxConsecutiveSkips: z.int().min(0, 'must not be negative').max(1000, 'must be at most 1000').optional(),
    debtCap: z
      .strictObject({
        absolute: nonNegativeMinor.optional(),
        percentOfAverage: z.int().min(0, 'must not be negative').max(100_000, 'must be at most 100000').optional(),
      })
      .optional(),
    skipDays: z.int().min(1, 'must be at least 1').max(3660, 'must be at most 3660').optional(),
  })
  .refine((rule) => rule.list !== undefined || rule.minTier !== undefined, { error: 'must have a list or a minTier' });

const suspension = z.strictObject({
  never: z.array(z.enum(['debt', 'fraud', 'customer-request', 'lost-sim', 'legal-order', 'identity'])).optional(),
  protect: z.array(protect).max(32, 'must be at most 32 rules').optional(),
  grace: z
    .array(
      z.strictObject({ minTier: text, days: z.int().min(1, 'must be at least 1').max(366, 'must be at most 366') }),
    )
    .max(12, 'must be at most 12')
    .optional(),
  remind: z.array(signedDays).max(12, 'must be at most 12').optional(),
  remindAt: timeOfDay.default('09:00'),
  remindMinTier: text.optional(),
});

const quality = z.strictObject({
  id,
  kinds: z
    .array(z.enum(['dropped-call', 'setup-failure', 'slow-data', 'outage', 'complaint']))
    .min(1, 'must not be empty'),
  window: windowName.refine((name) => (parseWindow(name) ?? { kind: 'last-days' }).kind === 'last-days', {
    error: 'must be last-N-days',
  }),
  atLeast: count,
  minTier: text.optional(),
  cooldown: durationText.optional(),
});

const alert = z.strictObject({
  id,
  window: windowName,
  at: z.array(positiveMinor).min(1, 'must have a threshold').max(16, 'must have at most 16 thresholds'),
});

const retention = z.strictObject({
  id,
  every: z.literal('month'),
  day: dayOfMonth,
  at: timeOfDay,
  window: windowName,
  belowPercent: z.int().min(1, 'must be 1 to 1000').max(1000, 'must be 1 to 1000'),
  of: windowName,
  minTier: text.optional(),
});

/** The shape of a policy, SPEC section 9; checkPolicy also checks what its parts say of each other. */
export const policySchema = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9._~-]{1,100}$/, 'must be 1 to 100 letters, digits and . _ ~ -'),
  version: z.int().min(1, 'must be at least 1'),
  zone: z.string().refine(isZone, { error: 'must be an IANA time zone, such as Asia/Ho_Chi_Minh' }),
  currency: currencyCode,
  lateness: durationText
    .refine((value) => !(parseDuration(value) > 38 * dayMs), { error: 'must be at most P38D' })
    .default('P35D'),
  futureTolerance: durationText.default('PT15M'),
  consent: z.enum(['opt-in', 'opt-out']).default('opt-out'),
  tiers,
  lists: z.record(list, listRule).optional(),
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
