import * as z from 'zod';

/** The largest amount of a single event, in minor units. */
export const amountMinorMax = 1_000_000_000_000;

const tooMuch = 'must be at most 10^12';

const minor = (min: number, tooLittle: string) =>
  z
    .int({
      error: ({ code }) => {
        if (code === 'too_big') return tooMuch;
        return code === 'too_small' ? tooLittle : 'must be a whole number of minor units';
      },
    })
    .min(min, tooLittle)
    .max(amountMinorMax, tooMuch)
    .meta({ description: 'Minor units of the currency.' });

/** Money in minor units, more than nothing. */
export const positiveMinor = minor(1, 'must be more than 0');
export const nonNegativeMinor = minor(0, 'must not be negative');
export const signedMinor = minor(-amountMinorMax, 'must be at least -10^12');

export const currencyCode = z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code, such as VND');

export const debt = z.object({ amount: nonNegativeMinor, currency: currencyCode });
