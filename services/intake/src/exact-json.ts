/** A JSON document of which numbers can still be read as they were written. */
export type ExactJson = {
  readonly value: unknown;
  /** The digits of a number that stands in this holder, as they were written. */
  readonly numberText: (holder: object | undefined, key: string, value: number) => string;
};

type Reviver = (this: object, key: string, value: unknown, context: { readonly source?: string }) => unknown;

/**
 * Parses JSON and keeps the text of each number that a double does not hold as it was written: an id of 17 digits, an
 * amount with a fraction.
 * @throws SyntaxError where it is no JSON, RangeError where it nests too deep.
 */
export const parseExactly = (text: string): ExactJson => {
  const texts = new Map<object, Map<string, string>>();
  const keep: Reviver = function (key, value, { source }) {
    if (typeof value !== 'number' || source === undefined || source === String(value)) return value;
    const ofHolder = texts.get(this) ?? new Map<string, string>();
    texts.set(this, ofHolder.set(key, source));
    return value;
  };
  const value: unknown = JSON.parse(text, keep as (this: unknown, key: string, value: unknown) => unknown);
  return {
    value,
    numberText: (holder, key, number) => (holder && texts.get(holder)?.get(key)) ?? String(number),
  };
};
