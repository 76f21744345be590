/** Chance that a seed decides: the same seed, the same chances, on every machine. */
export type Chance = {
  /** From 0 up to, but not, 1. */
  readonly unit: () => number;
  /** A whole number from 0 up to, but not, the limit. */
  readonly below: (limit: number) => number;
  /** A whole number, both ends among them. */
  readonly between: (from: number, to: number) => number;
  readonly happens: (probability: number) => boolean;
  readonly pick: <Item>(items: readonly Item[]) => Item;
};

/** Spreads a number over all its bits, so that seeds side by side have nothing in common. */
const spread = (value: number): number => {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
};

/** One stream of chances of a seed: streams of other names are independent of it. */
export const makeChance = (seed: number, stream: string): Chance => {
  let state = spread(seed + 1);
  for (let at = 0; at < stream.length; at += 1) state = spread(state ^ stream.charCodeAt(at));
  const unit = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(unit() * limit);
  return {
    unit,
    below,
    between: (from, to) => from + below(to - from + 1),
    happens: (probability) => probability > 0 && unit() < probability,
    pick: <Item>(items: readonly Item[]) => items[below(items.length)] as Item,
  };
};
