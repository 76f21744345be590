import * as z from 'zod';

/** The largest amount of a single event, in minor units. */
export const amountMinorMax = 1_000_000_000_000;

const whole = z.int({ error: 'must be a whole number of minor units' });

/** Money in minor units, more than nothing. */
export const positiveMinor = whole.min(1, 'must be more than 0').max(amountMinorMax, 'must be at most 10^12');
export const nonNegativeMinor = whole.min(0, 'must not be negative').max(amountMinorMax, 'must be at most 10^12');
export const signedMinor = whole
  .min(-amountMinorMax, 'must be at least -10^12')
  .max(amountMinorMax, 'must be at most 10^12');

export const currencyCode = z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code, such as VND');

export const debt = z.object({ amount: nonNegativeMinor, currency: currencyCode });
