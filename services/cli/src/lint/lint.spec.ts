import { checkPolicy } from '@alo/contracts';
import { describe, expect, test } from '@jest/globals';
import { lintPolicy } from './lint.ts';

const ladder = [{ name: 'base' }, { name: 'vip', upgradeAt: 1_000_000, retainAt: 800_000 }];
const review = { every: 'month', day: 28, at: '06:00', window: 'previous-month' };

type Parts = { readonly tiers?: object; readonly [section: string]: unknown };

/** Of this nothing is unwise. */
const wise = ({ tiers, ...parts }: Parts = {}) => ({
  id: 'example',
  version: 1,
  zone: 'Asia/Ho_Chi_Minh',
  currency: 'VND',
  lateness: 'P27D',
  tiers: { window: 'month-to-date', ladder, review, warn: ['P7D'], ...tiers },
  ...parts,
});

const advised = (parts: Parts): string[] => {
  const check = checkPolicy(wise(parts));
  if (!check.ok) throw new Error(JSON.stringify(check.problems));
  return lintPolicy(check.policy).map(({ rule, path }) => `${rule} ${path}`);
};

test('a wise policy gets no advice', () => {
  expect(advised({})).toEqual([]);
});

describe('a review before late charges are in', () => {
  const early = ['early-review tiers.review.day'];
  test.each([
    { lateness: 'P27D', day: 28, told: [], why: '27 days and six hours after the month' },
    { lateness: 'P27DT6H', day: 28, told: [], why: 'exactly when the last may come' },
    { lateness: 'P27DT6H1M', day: 28, told: early, why: 'a minute too early' },
    { lateness: 'P35D', day: 3, told: early, why: 'on the 3rd, and charges come for five weeks' },
    { lateness: 'P2D', day: 3, told: [], why: 'on the 3rd, and they come for two days' },
  ])('$lateness, on day $day: $why', ({ lateness, day, told }) => {
    expect(advised({ lateness, tiers: { review: { ...review, day } } })).toEqual(told);
  });

  test('also where the window is not over on that day', () => {
    expect(advised({ lateness: 'P1D', tiers: { review: { ...review, window: 'last-30-days' } } })).toEqual(early);
  });

  test('and none where nothing is reviewed', () => {
    expect(advised({ lateness: 'P35D', tiers: { review: undefined, warn: undefined } })).toEqual([]);
  });
});

describe('a warning longer than the period', () => {
  const long = ['long-warning tiers.warn[0]'];
  test.each([
    { every: 'month', lead: 'P28D', told: [], why: 'as long as the shortest month' },
    { every: 'month', lead: 'P29D', told: long, why: 'a day longer' },
    { every: 'quarter', lead: 'P90D', told: [], why: 'as long as the shortest quarter' },
    { every: 'quarter', lead: 'P91D', told: long, why: 'a day longer' },
    { every: 'half-year', lead: 'P181D', told: [], why: 'as long as the shorter half' },
    { every: 'half-year', lead: 'P182D', told: long, why: 'a day longer' },
    { every: 'year', lead: 'P365D', told: [], why: 'as long as a year' },
    { every: 'year', lead: 'P366D', told: long, why: 'a day longer' },
  ])('$lead before what is every $every: $why', ({ every, lead, told }) => {
    expect(advised({ tiers: { review: { ...review, every }, warn: [lead] } })).toEqual(told);
  });
});

describe('a warning that leaves no time', () => {
  test.each([
    { lead: 'P0D', told: ['late-warning tiers.warn[1]'], why: 'with the review' },
    { lead: 'P1D', told: [], why: 'a day before it' },
  ])('$lead: $why', ({ lead, told }) => {
    expect(advised({ tiers: { warn: ['P7D', lead] } })).toEqual(told);
  });

  test('and none where nothing is reviewed', () => {
    expect(advised({ tiers: { review: undefined, warn: undefined } })).toEqual([]);
  });
});

describe('a retain line close to the upgrade line', () => {
  const flapping = ['flapping-tier tiers.ladder[1].retainAt'];
  const withRetain = (retainAt: number, tiers: object = {}) =>
    advised({ tiers: { ladder: [{ name: 'base' }, { name: 'vip', upgradeAt: 1_000_000, retainAt }], ...tiers } });
  test.each([
    { retainAt: 900_000, told: [], why: 'exactly 90 %' },
    { retainAt: 900_001, told: flapping, why: 'a đồng more' },
    { retainAt: 1_000_000, told: flapping, why: 'the same line' },
  ])('$retainAt: $why', ({ retainAt, told }) => {
    expect(withRetain(retainAt)).toEqual(told);
  });

  test('is compared by the month where windows differ in length', () => {
    const yearly = { window: '12-months-to-date' };
    expect(withRetain(75_000, yearly)).toEqual([]);
    expect(withRetain(75_001, yearly)).toEqual(flapping);
    expect(withRetain(950_000, { review: { ...review, window: 'last-3-months' } })).toEqual([]);
  });

  test('and flaps not where nobody is ever downgraded', () => {
    expect(withRetain(1_000_000, { review: undefined, warn: undefined })).toEqual([]);
  });
});

const tet = { id: 'tet', kind: 'holiday', lunar: '01-01', lead: 'P7D', sendAt: '08:00', spread: 'PT1H' };

describe('an occasion for everyone in one hour', () => {
  const crowded = ['same-hour occasions[0].spread'];
  test.each([
    { occasion: { ...tet, spread: undefined }, told: crowded, why: 'a holiday without a spread' },
    { occasion: { ...tet, spread: 'PT59M' }, told: crowded, why: 'a spread that ends within the hour' },
    { occasion: tet, told: [], why: 'a spread of an hour' },
    {
      occasion: { id: 'c', kind: 'conference', on: '2026-12-12', sendAt: '08:00' },
      told: crowded,
      why: 'a conference',
    },
    {
      occasion: { id: 'b', kind: 'birthday', feb29: 'mar1', sendAt: '08:00' },
      told: [],
      why: 'birthdays, which lie all over the year',
    },
    { occasion: { id: 'f', kind: 'founding-day', sendAt: '08:00' }, told: [], why: 'founding days likewise' },
  ])('$why', ({ occasion, told }) => {
    expect(advised({ occasions: [occasion] })).toEqual(told);
  });
});

describe("a band below the tier's line", () => {
  const low = ['low-band occasions[0].gift.bands[0].from'];
  const withBand = (from: number, window = 'previous-month', audience: object | undefined = { minTier: 'vip' }) =>
    advised({ occasions: [{ ...tet, audience, gift: { window, bands: [{ from, value: 100_000 }] } }] });
  test.each([
    { from: 799_999, told: low, why: 'one below what keeps the tier' },
    { from: 800_000, told: [], why: 'exactly that' },
    { from: 1, told: low, why: 'far below, and yet not everybody' },
    { from: 0, told: [], why: 'from 0 on everybody has it' },
  ])('from $from: $why', ({ from, told }) => {
    expect(withBand(from)).toEqual(told);
  });

  test('is compared by the month where windows differ in length', () => {
    expect(withBand(2_399_999, 'last-3-months')).toEqual(low);
    expect(withBand(2_400_000, 'last-3-months')).toEqual([]);
    expect(withBand(800_000, 'average-of-last-3-months')).toEqual([]);
  });

  test('and is nobody’s business where the audience names no tier, or the base', () => {
    expect(withBand(1, 'previous-month', {})).toEqual([]);
    expect(withBand(1, 'previous-month', { minTier: 'base' })).toEqual([]);
  });
});

describe('a list that changes nothing', () => {
  const idle = ['idle-list lists.few'];
  const ranked = { topPpm: 10_000, leavePpm: 13_000, window: 'previous-month' };
  test.each([
    { list: {}, told: idle, why: 'nothing is said of it' },
    { list: { ranked }, told: idle, why: 'it is filled by rank, and nothing follows' },
    { list: { ranked, floor: 'vip' }, told: [], why: 'it has a floor' },
    { list: { gifts: 'hold' }, told: [], why: 'it holds gifts' },
    { list: { gifts: 'none' }, told: [], why: 'it forbids gifts' },
  ])('$why', ({ list, told }) => {
    expect(advised({ lists: { few: list } })).toEqual(told);
  });

  test('but not one that a protect rule or an audience names', () => {
    expect(advised({ lists: { few: {} }, suspension: { protect: [{ list: 'few' }] } })).toEqual([]);
    expect(advised({ lists: { few: {} }, occasions: [{ ...tet, audience: { lists: ['few'] } }] })).toEqual([]);
  });
});

test('every advice tells its reason and a way out', () => {
  const lists = { few: {} };
  const tiers = {
    ladder: [{ name: 'base' }, { name: 'vip', upgradeAt: 10, retainAt: 10 }],
    review: { ...review, day: 1 },
    warn: ['P40D'],
  };
  const gift = { window: 'previous-month', bands: [{ from: 1, value: 1 }] };
  const check = checkPolicy(
    wise({ tiers, lists, occasions: [{ ...tet, spread: 'PT0S', audience: { minTier: 'vip' }, gift }] }),
  );
  if (!check.ok) throw new Error(JSON.stringify(check.problems));
  const advice = lintPolicy(check.policy);
  expect(advice.map(({ rule }) => rule)).toEqual([
    'early-review',
    'long-warning',
    'flapping-tier',
    'idle-list',
    'same-hour',
    'low-band',
  ]);
  for (const { message } of advice) expect(message).toMatch(/: .+\. (Review|Give|Keep|Begin) |: .+\. Give it/);
});
