/**
 * Sums by civil day or month: key, sum, key, sum and so on, keys ascending, no sum of 0 that was never written.
 * A flat list of numbers, for there is one for each subscriber.
 */
export type Sums = readonly number[];

/** Sums with an amount added at a key, and all keys below `oldest` gone. */
export const addTo = (sums: Sums, key: number, amount: number, oldest: number): Sums => {
  const last = sums.length - 2;
  const kept = last >= 0 && (sums[0] as number) < oldest ? sums.slice(indexOf(sums, oldest)) : sums.slice();
  if (key < oldest) return kept;
  const at = key > (sums[last] ?? Number.NEGATIVE_INFINITY) ? kept.length : indexOf(kept, key);
  if (kept[at] === key) kept[at + 1] = (kept[at + 1] as number) + amount;
  else kept.splice(at, 0, key, amount);
  return kept;
};

/** The index of a key, or of the place where it belongs. */
const indexOf = (sums: Sums, key: number): number => {
  let at = sums.length;
  while (at > 0 && (sums[at - 2] as number) >= key) at -= 2;
  return at;
};

/** The sum at one key. */
export const sumAt = (sums: Sums, key: number): number => {
  const at = indexOf(sums, key);
  return sums[at] === key ? (sums[at + 1] as number) : 0;
};

/** The sum over from <= key < to. */
export const sumBetween = (sums: Sums, from: number, to: number): number => {
  let sum = 0;
  for (let at = sums.length - 2; at >= 0 && (sums[at] as number) >= from; at -= 2) {
    if ((sums[at] as number) < to) sum += sums[at + 1] as number;
  }
  return sum;
};
