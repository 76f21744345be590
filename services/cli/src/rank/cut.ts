/** The exact line of a share of those above 0: who reaches its value is within, ties too. */
export type Cut = { readonly rank: number; readonly value: number };

const million = 1_000_000;

/** The cut at rank ceil(N × ppm / 10^6), of values above 0 in rising order. Nobody is within where there are none. */
export const cutAt = (rising: Float64Array, ppm: number): Cut => {
  const rank = Math.ceil((rising.length * ppm) / million);
  return { rank, value: rising[rising.length - rank] ?? Number.POSITIVE_INFINITY };
};

/** Collects numbers, eight bytes each, and gives them back in rising order. */
export const collectValues = () => {
  let values = new Float64Array(1024);
  let count = 0;
  return {
    add: (value: number): void => {
      if (count === values.length) {
        const longer = new Float64Array(count * 2);
        longer.set(values);
        values = longer;
      }
      values[count++] = value;
    },
    rising: (): Float64Array => values.subarray(0, count).sort(),
  };
};
