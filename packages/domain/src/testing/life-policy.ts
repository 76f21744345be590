import { birthday, nationalDay, policy, review, tiers } from './policies.ts';

/** What the gifts of a life may be worth in a year. */
export const lifeCap = 250_000;

/** Occasions of every kind between March and August 2026, and some of them for few; the second version moves two. */
export const lifeOccasions = (version: number) => [
  birthday({ feb29: version === 1 ? 'feb28' : 'mar1', lead: 'P1D', spread: 'PT2H', gift: nationalDay().gift }),
  nationalDay({ id: 'founding-day', kind: 'founding-day', on: undefined }),
  nationalDay({ id: 'kings', on: undefined, lunar: '03-10', gift: undefined }),
  nationalDay({
    id: 'may-day',
    on: '05-01',
    lead: version === 1 ? 'P2D' : 'P0D',
    spread: 'PT8H',
    sendAt: '01:30',
    audience: { minTier: 'vip' },
    gift: { window: 'month-to-date', bands: [{ from: 500_000, value: 200_000 }] },
  }),
  nationalDay({
    id: 'equinox',
    on: '03-29',
    sendAt: '01:30',
    audience: { kinds: ['person'], provinces: ['HP', 'HN'] },
  }),
  nationalDay({ id: 'meeting', kind: 'conference', on: '2026-05-05', audience: { lists: ['official', 'board'] } }),
];

/** Everything that a subscriber's past can change; the second version differs but in what it says of floors. */
export const lifePolicy = (zone: string, version: number) =>
  policy({
    zone,
    version,
    tiers: tiers({
      review: review({ failures: version, day: version + 2, downgrade: version === 1 ? 'one-step' : 'by-value' }),
      warn: ['P7D', 'P1D'],
      window: version === 1 ? 'month-to-date' : 'last-30-days',
    }),
    lists: {
      official: { floor: 'vip', gifts: 'hold' },
      board: { floor: 'gold' },
      guests: {},
      banned: { gifts: 'none' },
    },
    gifts: { yearlyCap: lifeCap, operatorProvinces: ['HN'] },
    occasions: lifeOccasions(version),
    promotions: { muteFrom: version === 1 ? 'gold' : 'vip' },
    suspension: {
      never: ['fraud'],
      protect: [
        { list: 'official', maxConsecutiveSkips: 2, skipDays: 2 * version },
        { minTier: 'platinum', debtCap: { absolute: 900_000, percentOfAverage: 60 }, skipDays: 9 },
      ],
      grace: [
        { minTier: 'platinum', days: 5 - version },
        { minTier: 'vip', days: 2 },
      ],
      remind: ['-P3D', 'P2D'],
      remindAt: version === 1 ? '09:00' : '00:00',
      ...(version === 1 && { remindMinTier: 'vip' }),
    },
    quality: [
      { id: 'drops', kinds: ['dropped-call'], window: 'last-7-days', atLeast: 2, cooldown: 'P2D' },
      { id: 'any', kinds: ['dropped-call', 'outage'], window: `last-${9 * version}-days`, atLeast: 2, minTier: 'vip' },
    ],
    alerts: [
      { id: 'month', window: 'month-to-date', at: [500_000, 1_000_000] },
      { id: 'week', window: 'last-7-days', at: [400_000 * version] },
    ],
  });
