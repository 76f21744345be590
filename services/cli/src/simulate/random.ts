/** Bound once: in a test's own realm every look at a global is slow. */
const { PI, cos, exp, floor, imul, log, sqrt } = Math;

/** Where a stream of random numbers starts: 32 bits. */
export type Seed = number;

/** Gives the next number of one stream: at least 0 and below 1. */
export type Random = () => number;

/** One round of MurmurHash3 (32 bits) over a word. */
const mix = (hash: number, word: number): number => {
  const scrambled = imul(word, 0xcc9e2d51);
  const mixed = hash ^ imul((scrambled << 15) | (scrambled >>> 17), 0x1b873593);
  return (imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
};

const mixText = (hash: number, text: string): number => {
  let mixed = mix(hash, text.length);
  for (let i = 0; i < text.length; i++) mixed = mix(mixed, text.charCodeAt(i));
  return mixed;
};

/** The end of MurmurHash3: every bit that went in moves every bit that comes out. */
const avalanche = (hash: number): Seed => {
  const first = imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const second = imul(first ^ (first >>> 13), 0xc2b2ae35);
  return (second ^ (second >>> 16)) >>> 0;
};

/** A seed of its own for whatever has a name: `fork(seed, 'subscriber', 17)`. Numbers are taken as 32 bits. */
export const fork = (seed: Seed, ...names: readonly (string | number)[]): Seed => {
  let hash = seed | 0;
  for (const name of names) hash = typeof name === 'string' ? mixText(hash, name) : mix(hash, name);
  return avalanche(hash);
};

/** Chris Doty-Humphrey's sfc32 (PractRand), started from a seed. */
export const randomOf = (seed: Seed): Random => {
  let [a, b, c, counter] = [seed | 0, 0x9e3779b9 | 0, 0x243f6a88, 1];
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 0x1_0000_0000;
  };
  for (let round = 0; round < 12; round++) next();
  return next;
};

/** True in that share of all draws. */
export const chance = (random: Random, share: number): boolean => random() < share;

/** True for that share of all seeds; for what is seldom, and needs no stream of its own unless it happens. */
export const strikes = (seed: Seed, share: number): boolean => seed < share * 0x1_0000_0000;

/** A number from `from` to below `to`. */
export const uniform = (random: Random, from: number, to: number): number => from + random() * (to - from);

/** A number from `from` to below `to` whose orders of magnitude are equally likely. */
export const logUniform = (random: Random, from: number, to: number): number => from * exp(random() * log(to / from));

/** A whole number from `from` to `to`, both included. */
export const integer = (random: Random, from: number, to: number): number => from + floor(random() * (to - from + 1));

/** A number of the standard normal distribution (Box and Muller). */
export const normal = (random: Random): number => sqrt(-2 * log(1 - random())) * cos(2 * PI * random());

/** A number whose logarithm is normally distributed, with that median. */
export const logNormal = (random: Random, { median, sigma }: { median: number; sigma: number }): number =>
  median * exp(sigma * normal(random));

/** How often something happens that happens `mean` times on average (Knuth), at most `most` times. */
export const poisson = (random: Random, { mean, most }: { mean: number; most: number }): number => {
  const limit = exp(-mean);
  let count = 0;
  for (let product = random(); product > limit && count < most; product *= random()) count++;
  return count;
};

/** One of the values, all equally likely. */
export const pick = <Value>(random: Random, values: readonly Value[]): Value =>
  values[floor(random() * values.length)] as Value;

/** Values with the share, summed up to and with each, that `pickWeighted` needs. */
export type Weighted<Value> = readonly { readonly value: Value; readonly upTo: number }[];

/** Prepares values with their weights, of whatever sum. */
export const weighted = <Value>(entries: readonly (readonly [value: Value, weight: number])[]): Weighted<Value> => {
  const total = entries.reduce((sum, [, weight]) => sum + weight, 0);
  let sum = 0;
  return entries.map(([value, weight]) => {
    sum += weight;
    return { value, upTo: sum / total };
  });
};

/** One of the values, each as likely as its weight says. */
export const pickWeighted = <Value>(random: Random, values: Weighted<Value>): Value => {
  const drawn = random();
  for (const { value, upTo } of values) if (drawn < upTo) return value;
  return (values[values.length - 1] as Weighted<Value>[number]).value;
};
