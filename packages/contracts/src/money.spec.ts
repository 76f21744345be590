import { describe, expect, test } from '@jest/globals';
import { currencyCode, nonNegativeMinor, positiveMinor, signedMinor } from './money.ts';

const most = 1_000_000_000_000;
const verdict = (schema: typeof signedMinor, amount: unknown) => {
  const parsed = schema.safeParse(amount);
  return parsed.success ? 'taken' : parsed.error.issues[0]?.message;
};

const whole = 'must be a whole number of minor units';
const tooMuch = 'must be at most 10^12';

describe('an amount', () => {
  test.each([
    { amount: 1, positive: 'taken', notNegative: 'taken', signed: 'taken', why: 'the least' },
    { amount: 0, positive: 'must be more than 0', notNegative: 'taken', signed: 'taken', why: 'nothing' },
    { amount: -0, positive: 'must be more than 0', notNegative: 'taken', signed: 'taken', why: 'the other nothing' },
    { amount: -1, positive: 'must be more than 0', notNegative: 'must not be negative', signed: 'taken', why: 'less' },
    { amount: most, positive: 'taken', notNegative: 'taken', signed: 'taken', why: 'exactly the most' },
    { amount: most + 1, positive: tooMuch, notNegative: tooMuch, signed: tooMuch, why: 'one above' },
    { amount: 2 ** 53, positive: tooMuch, notNegative: tooMuch, signed: tooMuch, why: 'no longer exact' },
    {
      amount: -most,
      positive: 'must be more than 0',
      notNegative: 'must not be negative',
      signed: 'taken',
      why: 'exactly the least that is signed',
    },
    {
      amount: -most - 1,
      positive: 'must be more than 0',
      notNegative: 'must not be negative',
      signed: 'must be at least -10^12',
      why: 'one below',
    },
    {
      amount: -(2 ** 53),
      positive: 'must be more than 0',
      notNegative: 'must not be negative',
      signed: 'must be at least -10^12',
      why: 'no longer exact',
    },
    { amount: 0.5, positive: whole, notNegative: whole, signed: whole, why: 'no smaller unit' },
    { amount: Number.POSITIVE_INFINITY, positive: whole, notNegative: whole, signed: whole, why: '1e400 in JSON' },
    { amount: '1', positive: whole, notNegative: whole, signed: whole, why: 'a text' },
    { amount: null, positive: whole, notNegative: whole, signed: whole, why: 'null' },
    { amount: true, positive: whole, notNegative: whole, signed: whole, why: 'true' },
  ])('of $amount: $why', ({ amount, positive, notNegative, signed }) => {
    expect(verdict(positiveMinor, amount)).toBe(positive);
    expect(verdict(nonNegativeMinor, amount)).toBe(notNegative);
    expect(verdict(signedMinor, amount)).toBe(signed);
  });

  test('of 5.0 in JSON is whole', () => {
    expect(verdict(positiveMinor, JSON.parse('5.0'))).toBe('taken');
  });
});

describe('a currency', () => {
  test.each([
    { code: 'VND', taken: true, why: 'the đồng' },
    { code: 'vnd', taken: false, why: 'lower case' },
    { code: 'VN', taken: false, why: 'a country' },
    { code: 'đồng', taken: false, why: 'a name' },
    { code: 'VND\n', taken: false, why: 'a line end' },
  ])('$code is taken: $taken, $why', ({ code, taken }) => {
    expect(currencyCode.safeParse(code).success).toBe(taken);
  });
});
