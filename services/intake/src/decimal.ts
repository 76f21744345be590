/** A decimal number, exactly: digits × 10^-scale. */
export type Decimal = { readonly digits: bigint; readonly scale: number };

/** A ratio of whole numbers; the denominator is more than 0. */
export type Ratio = { readonly numerator: bigint; readonly denominator: bigint };

const decimalForm = /^([+-]?)(\d{1,40})(?:\.(\d{1,40}))?(?:[eE]([+-]?\d{1,3}))?$/;
/** Past this a number is no amount, and its digits would only cost time. */
const exponentMax = 60;

/** Reads digits with an optional fraction and exponent; undefined where the text is no such number. */
export const parseDecimal = (text: string): Decimal | undefined => {
  const parts = decimalForm.exec(text);
  if (!parts) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = parts;
  if (Math.abs(Number(exponent)) > exponentMax) return undefined;
  const digits = BigInt(whole + fraction);
  return { digits: sign === '-' ? -digits : digits, scale: fraction.length - Number(exponent) };
};

export const ratioForm = /^-?[1-9]\d{0,14}(?:\/[1-9]\d{0,14})?$/;

/** Reads a ratio of the right form: `100`, `1/100`. */
export const parseRatio = (text: string): Ratio => {
  const [numerator = '1', denominator = '1'] = text.split('/');
  return { numerator: BigInt(numerator), denominator: BigInt(denominator) };
};

const fractionOf = ({ digits, scale }: Decimal, { numerator, denominator }: Ratio): Ratio => ({
  numerator: digits * numerator * 10n ** BigInt(Math.max(0, -scale)),
  denominator: denominator * 10n ** BigInt(Math.max(0, scale)),
});

/** The product, or undefined where it is not whole. */
export const wholeProduct = (decimal: Decimal, ratio: Ratio): bigint | undefined => {
  const { numerator, denominator } = fractionOf(decimal, ratio);
  return numerator % denominator === 0n ? numerator / denominator : undefined;
};

/** The product, cut towards zero. */
export const cutProduct = (decimal: Decimal, ratio: Ratio): bigint => {
  const { numerator, denominator } = fractionOf(decimal, ratio);
  return numerator / denominator;
};
