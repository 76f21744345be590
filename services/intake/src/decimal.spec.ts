import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Decimal, parseDecimal, parseRatio, ratioForm, wholeProduct } from './decimal.ts';

const product = (text: string, factor: string): bigint | undefined =>
  wholeProduct(parseDecimal(text) as Decimal, parseRatio(factor));

describe('an amount stays whole', () => {
  test.each([
    { text: '1500', factor: '1', whole: 1500n, why: 'as it is' },
    { text: '15.00', factor: '100', whole: 1500n, why: 'units with two decimals' },
    { text: '0.1', factor: '10', whole: 1n, why: 'what no double holds' },
    { text: '0.07', factor: '100', whole: 7n, why: 'doubles would say 7.000000000000001' },
    { text: '1.005', factor: '1000', whole: 1005n, why: 'doubles would say 1004.9999999999999' },
    { text: '1.15', factor: '100', whole: 115n, why: 'doubles would say 114.99999999999999' },
    { text: '1500000', factor: '1/1000', whole: 1500n, why: 'thousandths' },
    { text: '-3', factor: '-1', whole: 3n, why: 'what was taken from a balance' },
    { text: '2', factor: '3/2', whole: 3n, why: 'a ratio' },
    { text: '1e3', factor: '1/10', whole: 100n, why: 'an exponent' },
    { text: '1500e-2', factor: '1', whole: 15n, why: 'an exponent below zero' },
    { text: '+5', factor: '1', whole: 5n, why: 'a sign' },
    { text: '007', factor: '1', whole: 7n, why: 'zeros in front' },
    { text: '-0.0', factor: '1', whole: 0n, why: 'nothing, whatever its sign' },
    { text: '123456789012345678901234567890', factor: '1', whole: 123456789012345678901234567890n, why: 'many digits' },
  ])('$text × $factor = $whole: $why', ({ text, factor, whole }) => {
    expect(product(text, factor)).toBe(whole);
  });

  test.each([
    ['1500001', '1/1000'],
    ['0.001', '100'],
    ['1', '1/3'],
    ['1.0000000000000000000000000000001', '1'],
  ])('%s × %s is not whole', (text, factor) => {
    expect(product(text, factor)).toBeUndefined();
  });
});

test.each(['', ' 5', '5 ', '1,000', '1.', '.5', '0x10', 'NaN', 'Infinity', '1e', '--1', '1e61', '1e999999999', '٣'])(
  '%j is no number',
  (text) => {
    expect(parseDecimal(text)).toBeUndefined();
  },
);

test.each(['0', '0.5', '1/0', '/2', '1/', '01', '', 'x', '1e3', '1/-2'])('%j is no ratio', (text) => {
  expect(text).not.toMatch(ratioForm);
});

test('whatever the digits, the product is exactly the ratio, or it is not whole', () => {
  const digits = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });
  const ratio = fc.bigInt({ min: 1n, max: 10n ** 14n });
  fc.assert(
    fc.property(digits, fc.integer({ min: 0, max: 12 }), ratio, ratio, (number, scale, numerator, denominator) => {
      const magnitude = (number < 0n ? -number : number).toString().padStart(scale + 1, '0');
      const text = `${number < 0n ? '-' : ''}${magnitude.slice(0, magnitude.length - scale)}${scale > 0 ? '.' : ''}${magnitude.slice(magnitude.length - scale)}`;
      const whole = product(text, `${numerator}/${denominator}`);
      const [above, below] = [number * numerator, 10n ** BigInt(scale) * denominator];
      if (whole === undefined) expect(above % below).not.toBe(0n);
      else expect(whole * below).toBe(above);
    }),
  );
});
