import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { goldenOf } from '../golden-messages.ts';
import { checkPolicy } from './check-policy.ts';

const example = goldenOf('alo.policy.activated.v1').message.data.policy;

/** The example policy with one place set to another value; undefined takes it away. Paths are those of problems. */
const changed = (...changes: readonly [path: string, value: unknown][]): unknown => {
  const policy = structuredClone(example);
  for (const [path, value] of changes) setAt(policy, path.match(/[^.[\]]+/g)!, value);
  return policy;
};

const setAt = (target: unknown, keys: readonly string[], value: unknown): void => {
  const at = keys.slice(0, -1).reduce((object, key) => (object as Record<string, unknown>)[key], target);
  const last = keys.at(-1)!;
  if (value === undefined) delete (at as Record<string, unknown>)[last];
  else (at as Record<string, unknown>)[last] = value;
};

const problems = (json: unknown): string[] => {
  const check = checkPolicy(json);
  return check.ok ? [] : check.problems.map(({ path, message }) => `${path}: ${message}`);
};

const bare = {
  ...{ id: 'bare', version: 1, zone: 'UTC', currency: 'EUR' },
  tiers: { window: 'year-to-date', ladder: [{ name: 'base' }] },
};

describe('a policy that is right', () => {
  test('may be the example of the specification', () => {
    expect(checkPolicy(example)).toMatchObject({ ok: true, policy: { id: 'example', version: 1 } });
  });

  test('needs a head and tiers only, and gets its defaults', () => {
    expect(checkPolicy(bare)).toEqual({
      ok: true,
      policy: { ...bare, lateness: 'P35D', futureTolerance: 'PT15M', consent: 'opt-out' },
    });
  });

  test('gets the defaults of the sections that it has', () => {
    const policy = {
      ...bare,
      tiers: { ...bare.tiers, review: { every: 'year', day: 1, at: '00:00', window: 'last-12-months' } },
      occasions: [{ id: 'o', kind: 'founding-day', sendAt: '09:00' }],
      suspension: {},
    };
    expect(checkPolicy(policy)).toMatchObject({
      policy: {
        tiers: { review: { downgrade: 'one-step', failures: 1 } },
        occasions: [{ lead: 'P0D', spread: 'PT0S' }],
        suspension: { remindAt: '09:00' },
      },
    });
  });

  const twelve = Array.from({ length: 11 }, (_, n) => ({ name: `t${n}`, upgradeAt: n + 1, retainAt: 0 }));
  const many = <Item>(count: number, make: (n: number) => Item) => Array.from({ length: count }, (_, n) => make(n));

  test.each<[path: string, value: unknown, why: string]>([
    ['tiers.ladder[1].retainAt', 1_000_000, 'retained exactly where it is reached'],
    ['tiers.ladder[1].retainAt', 0, 'retained with nothing'],
    ['tiers.window', 'last-62-days', 'a window that contains today'],
    ['tiers.warn', ['P7D', 'P1W2D'], 'weeks are whole days too'],
    ['lateness', 'P38D', 'exactly the most'],
    ['lateness', 'PT0S', 'nothing may be late'],
    ['zone', 'Europe/London', 'a zone with summer time'],
    ['lists.top.ranked.leavePpm', 10_000, 'who falls out of the top leaves at once'],
    ['occasions[0].spread', 'PT15H', 'it ends exactly with the day'],
    ['occasions[0].gift.bands[0].from', 0, 'a gift for everybody'],
    ['occasions[2].on', '02-29', 'a holiday on a leap day'],
    ['suspension.remind', ['-P3D', 'P0D', 'P3D'], 'before, on and after the day'],
    ['suspension.protect[1].maxConsecutiveSkips', 0, 'no skip at all, unless nothing is owed'],
    ['alerts[0].at', [3, 2, 1], 'thresholds in any order'],
    ['alerts[0].at', many(16, (n) => n + 1), 'exactly as many thresholds as there may be'],
    ['alerts', many(32, (n) => ({ id: `a${n}`, window: 'last-7-days', at: [1] })), 'exactly as many alerts'],
    ['occasions', many(100, (n) => ({ id: `o${n}`, kind: 'founding-day', sendAt: '09:00' })), 'as many occasions'],
    ['retention[0].of', 'last-24-months', 'the 25 months before this one are still known'],
    ['retention[0].of', 'last-62-days', 'a day 2 + 31 + 61 days back is still known'],
  ])('may have %s: %j (%s)', (path, value) => {
    expect(problems(changed([path, value]))).toEqual([]);
  });

  test('may have 12 tiers and 32 lists', () => {
    const lists = Object.fromEntries(many(32, (n) => [`l${n}`, { floor: 't9' }]));
    expect(problems({ ...bare, lists, tiers: { ...bare.tiers, ladder: [{ name: 'base' }, ...twelve] } })).toEqual([]);
  });
});

const windowWords =
  'must be a window: month-to-date, previous-month, year-to-date, last-N-days (1 to 62), last-N-months (1 to 24), ' +
  'N-months-to-date (1 to 24) or average-of-last-3-months';
const durationWords = 'must be an ISO 8601 duration of weeks, days, hours, minutes and seconds, such as P14D or PT2H';
const ladder = 'must be a tier of the ladder (base, vip, gold)';
const ownList = 'must be a list of this policy (official, top)';
const kept = 'must begin within what alo keeps (26 months, 100 days) when it ends before previous-month';

/** What is wrong, at the place that is named unless the message begins with another: `path: message`. */
const wrong: [path: string, value: unknown, message: string][] = [
  ['id', undefined, 'must be a text; it is missing'],
  ['id', '', 'must not be empty; it is ""'],
  ['version', 0, 'must be a whole number, at least 1; it is 0'],
  ['version', 1.5, 'must be a whole number, at least 1; it is 1.5'],
  ['version', '1', 'must be a whole number, at least 1; it is "1"'],
  ['zone', 'Asia/Hanoi', 'must be an IANA time zone, such as Asia/Ho_Chi_Minh; it is "Asia/Hanoi"'],
  ['zone', '+07:00', 'must be an IANA time zone, such as Asia/Ho_Chi_Minh; it is "+07:00"'],
  ['currency', 'dong', 'must be an ISO 4217 code, such as VND; it is "dong"'],
  ['lateness', 'P39D', 'must be at most P38D; it is "P39D"'],
  ['lateness', 'PT912H1S', 'must be at most P38D; it is "PT912H1S"'],
  ['lateness', 'P1M', `${durationWords}; it is "P1M"`],
  ['lateness', null, 'must be a text; it is null'],
  ['futureTolerance', 15, 'must be a text; it is 15'],
  ['consent', 'ask', 'must be "opt-in" or "opt-out"; it is "ask"'],
  ['colour', 'red', 'is not a key that alo knows'],

  ['tiers', undefined, 'must be an object; it is missing'],
  [
    'tiers.window',
    'previous-month',
    'must be a window that contains today, such as month-to-date or last-30-days; it is "previous-month"',
  ],
  [
    'tiers.window',
    'average-of-last-3-months',
    'must be a window that contains today, such as month-to-date or last-30-days; it is "average-of-last-3-months"',
  ],
  ['tiers.window', 'last-63-days', `${windowWords}; it is "last-63-days"`],
  ['tiers.ladder[0].upgradeAt', 1, 'must not be there: the first tier is the base; it is 1'],
  ['tiers.ladder[0].retainAt', 0, 'must not be there: the first tier is the base; it is 0'],
  ['tiers.ladder[1].upgradeAt', undefined, 'must be there: only the base has no threshold; it is missing'],
  ['tiers.ladder[1].retainAt', undefined, 'must be there: only the base has no threshold; it is missing'],
  ['tiers.ladder[1].upgradeAt', '5', 'must be a whole number of minor units; it is "5"'],
  ['tiers.ladder[1].retainAt', 1_000_001, 'must not be more than upgradeAt (1000000); it is 1000001'],
  ['tiers.ladder[1].retainAt', 0.5, 'must be a whole number of minor units; it is 0.5'],
  ['tiers.ladder[2].upgradeAt', 1_000_000_000_001, 'must be at most 10^12; it is 1000000000001'],
  ['tiers.ladder[1].colour', 'red', 'is not a key that alo knows'],
  ['tiers.review.every', 'week', 'must be "month", "quarter", "half-year" or "year"; it is "week"'],
  ['tiers.review.day', 29, 'must be a whole number from 1 to 28; it is 29'],
  ['tiers.review.day', 0, 'must be a whole number from 1 to 28; it is 0'],
  ['tiers.review.at', '24:00', 'must be a time of day, such as 09:00; it is "24:00"'],
  ['tiers.review.at', '6:00', 'must be a time of day, such as 09:00; it is "6:00"'],
  ['tiers.review.window', 'last-quarter', `${windowWords}; it is "last-quarter"`],
  ['tiers.review.downgrade', 'two-steps', 'must be "one-step" or "by-value"; it is "two-steps"'],
  ['tiers.review.failures', 0, 'must be a whole number from 1 to 1000; it is 0'],
  ['tiers.warn[0]', 'PT12H', 'must be whole days, such as P14D; it is "PT12H"'],
  ['tiers.warn[0]', '7D', `${durationWords}; it is "7D"`],
  ['tiers.warn[1]', 'P1W', 'must not be there twice; it is "P1W"'],

  ['lists.top.floor', 'platinum', `${ladder}; it is "platinum"`],
  ['lists.top.gifts', 'keep', 'must be "hold" or "none"; it is "keep"'],
  ['lists.top.ranked.leavePpm', 9_999, 'must not be smaller than topPpm; it is 9999'],
  ['lists.top.ranked.topPpm', 0, 'must be a whole number from 1 to 1000000; it is 0'],
  ['lists.top.ranked.window', 'now', `${windowWords}; it is "now"`],

  ['gifts.yearlyCap', -1, 'must not be negative; it is -1'],
  ['gifts.operatorProvinces', 'HN', 'must be a list; it is "HN"'],

  ['occasions[0].kind', 'wedding', 'must be "birthday", "founding-day", "holiday" or "conference"; it is "wedding"'],
  ['occasions[0].kind', undefined, 'must be "birthday", "founding-day", "holiday" or "conference"; it is missing'],
  ['occasions[0]', 'birthday', 'must be an object; it is "birthday"'],
  ['occasions[0].id', 'tet', 'occasions[1].id: must not be there twice; it is "tet"'],
  ['occasions[0].id', 'a\nb', 'must not hold control characters or noncharacters; it is "a\\nb"'],
  [
    'occasions[0].feb29',
    undefined,
    'must be "feb28" or "mar1": when those born on 29 February are greeted; it is missing',
  ],
  ['occasions[0].feb29', 'feb27', 'must be "feb28" or "mar1"; it is "feb27"'],
  ['occasions[0].lead', 'PT1H', 'must be whole days, such as P14D; it is "PT1H"'],
  ['occasions[0].lead', '-P1D', `${durationWords}; it is "-P1D"`],
  ['occasions[0].sendAt', '25:99', 'must be a time of day, such as 09:00; it is "25:99"'],
  ['occasions[0].spread', 'PT15H1S', 'must end within the day of sendAt 09:00; it is "PT15H1S"'],
  ['occasions[0].spread', 'PT0.5S', `${durationWords}; it is "PT0.5S"`],
  ['occasions[0].on', '05-05', 'is not a key that alo knows'],
  ['occasions[0].audience.minTier', 'platinum', `${ladder}; it is "platinum"`],
  ['occasions[0].audience.lists', ['official', 'vips'], `occasions[0].audience.lists[1]: ${ownList}; it is "vips"`],
  ['occasions[0].audience.lists', [], 'must not be empty; it is []'],
  [
    'occasions[0].audience.kinds',
    ['robot'],
    'occasions[0].audience.kinds[0]: must be "person" or "organisation"; it is "robot"',
  ],
  [
    'occasions[0].audience.spend',
    { window: 'month-to-date' },
    'occasions[0].audience.spend.atLeast: must be a whole number of minor units; it is missing',
  ],
  ['occasions[0].gift.bands', [], 'must have a band; it is []'],
  ['occasions[0].gift.bands[1].from', 800_000, 'must be more than that of the band below (800000); it is 800000'],
  ['occasions[0].gift.bands[0].value', 0, 'must be more than 0; it is 0'],
  ['occasions[1].on', '03-08', 'occasions[1]: must have either on or lunar; it has both'],
  ['occasions[1].lunar', undefined, 'occasions[1]: must have either on or lunar; it has neither'],
  ['occasions[1].lunar', '13-01', 'must be a lunar month and day, such as 01-01; it is "13-01"'],
  ['occasions[1].lunar', '01-31', 'must be a lunar month and day, such as 01-01; it is "01-31"'],
  ['occasions[2].on', '04-31', 'must be a month and a day, such as 02-29; it is "04-31"'],
  [
    'occasions[2]',
    { id: 'c', kind: 'conference', on: '12-12', sendAt: '08:00' },
    'occasions[2].on: must be a civil date, such as 2026-07-31; it is "12-12"',
  ],

  [
    'suspension.never[0]',
    'mood',
    'must be "debt", "fraud", "customer-request", "lost-sim", "legal-order" or "identity"; it is "mood"',
  ],
  ['suspension.protect[0].list', 'vips', `${ownList}; it is "vips"`],
  ['suspension.protect[0].list', undefined, 'suspension.protect[0]: must have a list or a minTier; it has neither'],
  ['suspension.protect[0].list', 5, 'must be a text; it is 5'],
  ['suspension.protect[1].minTier', 'platinum', `${ladder}; it is "platinum"`],
  ['suspension.protect[1].maxConsecutiveSkips', -1, 'must be a whole number from 0 to 1000; it is -1'],
  ['suspension.protect[1].debtCap.absolute', -1, 'must not be negative; it is -1'],
  ['suspension.protect[1].debtCap.percentOfAverage', 1.5, 'must be a whole number from 0 to 100000; it is 1.5'],
  ['suspension.protect[1].skipDays', 0, 'must be a whole number from 1 to 3660; it is 0'],
  ['suspension.grace[0].minTier', 'platinum', `${ladder}; it is "platinum"`],
  ['suspension.grace[0].days', 0, 'must be a whole number from 1 to 366; it is 0'],
  [
    'suspension.grace[1]',
    { minTier: 'gold', days: 5 },
    'suspension.grace[1].minTier: must not be there twice; it is "gold"',
  ],
  ['suspension.remind[0]', 'PT3H', 'must be whole days before or after, such as -P3D or P1D; it is "PT3H"'],
  ['suspension.remind[0]', '--P3D', 'must be whole days before or after, such as -P3D or P1D; it is "--P3D"'],
  ['suspension.remind[1]', '-P3D', 'must not be there twice; it is "-P3D"'],
  ['suspension.remindAt', 'noon', 'must be a time of day, such as 09:00; it is "noon"'],
  ['suspension.remindMinTier', 'platinum', `${ladder}; it is "platinum"`],

  ['quality[0].kinds', [], 'must not be empty; it is []'],
  ['quality[0].window', 'month-to-date', 'must be last-N-days (1 to 62); it is "month-to-date"'],
  ['quality[0].atLeast', 0, 'must be a whole number from 1 to 1000; it is 0'],
  ['quality[0].minTier', 'platinum', `${ladder}; it is "platinum"`],
  ['quality[0].cooldown', 'two weeks', `${durationWords}; it is "two weeks"`],
  ['promotions.muteFrom', 'platinum', `${ladder}; it is "platinum"`],
  ['alerts[0].window', 'last-0-days', `${windowWords}; it is "last-0-days"`],
  ['alerts[0].at', [], 'must have a threshold; it is []'],
  ['alerts[0].at[0]', 800_000, 'alerts[0].at[1]: must not be there twice; it is 800000'],
  [
    'alerts[1]',
    { id: 'budget', window: 'year-to-date', at: [1] },
    'alerts[1].id: must not be there twice; it is "budget"',
  ],
  ['retention[0].every', 'week', 'must be "month"; it is "week"'],
  ['retention[0].belowPercent', 0, 'must be a whole number from 1 to 1000; it is 0'],
  ['retention[0].minTier', 'platinum', `${ladder}; it is "platinum"`],
  ['retention[0].of', undefined, 'must be a text; it is missing'],
];

describe('a policy that is wrong in one thing has one problem, at its place', () => {
  test.each(wrong)('%s: %j: %s', (path, value, message) => {
    const expected = /^[a-z]+[\w.[\]]*: must/.test(message) ? message : `${path}: ${message}`;
    expect(problems(changed([path, value]))).toEqual([expected]);
  });

  test('two tiers that are reached by the same sum', () => {
    expect(problems(changed(['tiers.ladder[2].upgradeAt', 1_000_000], ['tiers.ladder[2].retainAt', 1]))).toEqual([
      'tiers.ladder[2].upgradeAt: must be more than that of the tier below (1000000); it is 1000000',
    ]);
  });

  test('two tiers of one name', () => {
    expect(
      problems({
        ...bare,
        tiers: { ...bare.tiers, ladder: [{ name: 'a' }, { name: 'a', upgradeAt: 1, retainAt: 1 }] },
      }),
    ).toEqual(['tiers.ladder[1].name: must not be there twice; it is "a"']);
  });

  test('a warning without a review', () => {
    expect(problems(changed(['tiers.review', undefined]))).toEqual(['tiers.warn: needs a review to warn of']);
  });

  test('a list where there is none', () => {
    expect(problems({ ...bare, suspension: { protect: [{ list: 'official' }] } })).toEqual([
      'suspension.protect[0].list: must be a list of this policy (it has none); it is "official"',
    ]);
  });

  test.each([
    { day: 8, found: [], why: '7 + 31 + 61 days back and today are exactly 100' },
    { day: 9, found: [`retention[0].of: ${kept}; it is "last-62-days"`], why: 'one more' },
  ])('more days than alo keeps, on day $day: $why', ({ day, found }) => {
    expect(problems(changed(['retention[0].day', day], ['retention[0].of', 'last-62-days']))).toEqual(found);
  });

  test.each([
    { window: 'month-to-date', of: 'last-24-months', isKept: true, why: '24 months back' },
    { window: 'previous-month', of: 'last-24-months', isKept: true, why: 'exactly 25 months back' },
    { window: 'last-2-months', of: 'last-24-months', isKept: false, why: 'one more' },
    {
      window: '2-months-to-date',
      of: 'last-24-months',
      isKept: true,
      why: 'exactly 25, this month being one of the two',
    },
    { window: '3-months-to-date', of: 'last-24-months', isKept: false, why: 'one more' },
    { window: 'year-to-date', of: 'last-14-months', isKept: true, why: 'exactly 25 in December' },
    { window: 'year-to-date', of: 'last-15-months', isKept: false, why: 'one more in December' },
    { window: 'last-12-months', of: 'year-to-date', isKept: true, why: '23 months back' },
    { window: 'last-62-days', of: 'last-22-months', isKept: true, why: '62 days reach into the third month before' },
    { window: 'last-62-days', of: 'last-23-months', isKept: false, why: 'one more' },
    { window: 'last-62-days', of: 'last-39-days', isKept: true, why: '61 + 38 days back and today are exactly 100' },
    { window: 'last-62-days', of: 'last-40-days', isKept: false, why: 'one more' },
    { window: 'last-2-months', of: 'last-1-days', isKept: true, why: '2 + 62 days back' },
  ])('$of before $window is what alo still keeps: $isKept, $why', ({ window, of, isKept }) => {
    const message = `retention[0].of: ${kept.replace('previous-month', window)}; it is "${of}"`;
    const policy = changed(['retention[0].window', window], ['retention[0].of', of]);
    expect(problems(policy)).toEqual(isKept ? [] : [message]);
  });

  const many = (count: number) => Array.from({ length: count }, (_, n) => n);
  const rung = (n: number) => ({ name: `t${n}`, upgradeAt: n + 1, retainAt: 0 });
  test.each([
    {
      section: 'tiers',
      value: { ...bare.tiers, ladder: [{ name: 'b' }, ...many(12).map(rung)] },
      path: 'tiers.ladder',
    },
    { section: 'tiers', value: { ...bare.tiers, ladder: [] }, path: 'tiers.ladder' },
    { section: 'lists', value: Object.fromEntries(many(33).map((n) => [`l${n}`, {}])), path: 'lists' },
    {
      section: 'occasions',
      value: many(101).map((n) => ({ id: `${n}`, kind: 'founding-day', sendAt: '09:00' })),
      path: 'occasions',
    },
    { section: 'alerts', value: many(33).map((n) => ({ id: `${n}`, window: 'last-7-days', at: [1] })), path: 'alerts' },
    {
      section: 'alerts',
      value: [{ id: 'a', window: 'last-7-days', at: many(17).map((n) => n + 1) }],
      path: 'alerts[0].at',
    },
  ])('one more, or less, than there may be: $path', ({ section, value, path }) => {
    const check = checkPolicy({ ...bare, [section]: value });
    expect(check.ok ? [] : check.problems.map((problem) => problem.path)).toEqual([path]);
  });
});

describe('a policy that is wrong in many things', () => {
  test('has all of them printed at once, those of shape and those between its parts', () => {
    const policy = changed(
      ['version', 0],
      ['zone', 'Hanoi'],
      ['colour', 'red'],
      ['tiers.ladder[1].retainAt', 2_000_000],
      ['lists.official.floor', 'platinum'],
      ['occasions[0].feb29', undefined],
      ['occasions[1].sendAt', '8am'],
      ['suspension.protect[1].minTier', 'silver'],
      ['alerts[0].at', [1, 1]],
      ['retention[0].of', 'last-3-weeks'],
    );
    const check = checkPolicy(policy);
    expect(check.ok ? [] : check.problems.map(({ path }) => path).toSorted()).toEqual([
      'alerts[0].at[1]',
      'colour',
      'lists.official.floor',
      'occasions[0].feb29',
      'occasions[1].sendAt',
      'retention[0].of',
      'suspension.protect[1].minTier',
      'tiers.ladder[1].retainAt',
      'version',
      'zone',
    ]);
  });

  test('names what is missing at its head', () => {
    expect(problems({})).toEqual([
      'id: must be a text; it is missing',
      'version: must be a whole number, at least 1; it is missing',
      'zone: must be a text; it is missing',
      'currency: must be a text; it is missing',
      'tiers: must be an object; it is missing',
    ]);
  });

  test('is not blamed for the names of tiers and lists that could not be read', () => {
    expect(problems(changed(['tiers.ladder', 5]))).toEqual(['tiers.ladder: must be a list; it is 5']);
    expect(problems(changed(['lists', []]))).toEqual(['lists: must be an object; it is []']);
  });

  test.each([
    { json: null, says: '(policy): must be an object; it is null' },
    { json: [], says: '(policy): must be an object; it is []' },
    { json: 'p.json', says: '(policy): must be an object; it is "p.json"' },
    { json: undefined, says: '(policy): must be an object; it is missing' },
  ])('may be none at all: $json', ({ json, says }) => {
    expect(problems(json)).toEqual([says]);
  });
});

describe('the names that are known are told', () => {
  const withTier = (name: string) => problems(changed(['tiers.ladder[1].name', name], ['promotions.muteFrom', 'none']));
  const toldFor = (name: string) => withTier(name).find((problem) => problem.startsWith('promotions.muteFrom'));

  test('so that a terminal shows them, whatever is in them', () => {
    expect(toldFor('a\u202eb\u001b')).toBe(
      'promotions.muteFrom: must be a tier of the ladder (base, a\\u202eb\\u001b, gold); it is "none"',
    );
  });

  test('as far as they help', () => {
    expect(toldFor('x'.repeat(5_000_000))).toHaveLength(
      1000 + 'promotions.muteFrom: must be a tier of the ladder (); it is "none"'.length,
    );
  });
});

test('a key without a name has a place all the same', () => {
  expect(problems({ ...bare, '': 1 })).toEqual(['"": is not a key that alo knows']);
});

describe('a key named __proto__ is as unknown as any', () => {
  test.each([
    { from: '"version":', path: '__proto__' },
    { from: '"window":"month-to-date","ladder"', path: 'tiers.__proto__' },
    { from: '"official":', path: 'lists.__proto__' },
    { from: '"floor":"vip","gifts"', path: 'lists.official.__proto__' },
  ])('at $path', ({ from, path }) => {
    const check = checkPolicy(JSON.parse(JSON.stringify(example).replace(from, `"__proto__":{},${from}`)));
    expect(check.ok ? [] : check.problems.map((problem) => problem.path)).toEqual([path]);
  });
});

describe('whatever stands in a policy, checking it throws nothing', () => {
  const paths = [
    ...wrong.map(([path]) => path),
    'lists',
    'occasions',
    'suspension',
    'tiers.ladder',
    'retention[0].window',
  ];
  const wild = fc.oneof(fc.jsonValue(), fc.constantFrom([[]], { toString: 5 }, { length: 5 }, 1e308, '\ud800'));

  test('at any place', () => {
    fc.assert(
      fc.property(fc.constantFrom(...paths), wild, (path, value) => {
        expect(() => checkPolicy(changed([path, value]))).not.toThrow();
      }),
    );
  });

  test.each(paths)('nor do 100,000 levels at %s', (path) => {
    const deep = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
    expect(checkPolicy(changed([path, deep])).ok).toBe(false);
  });
});
