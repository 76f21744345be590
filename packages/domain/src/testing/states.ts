import fc from 'fast-check';
import { fingerprintChars } from '../admission/fingerprints.ts';
import type { Sums } from '../spend/sums.ts';
import { type State, unknownSubscriber } from '../state.ts';

/** As far as a day sum may be: 2^52. */
const sumMax = 2 ** 52;

const sums = (least: number, most: number): fc.Arbitrary<Sums> =>
  fc
    .uniqueArray(fc.tuple(fc.integer({ min: least, max: most }), fc.maxSafeInteger()), { selector: ([key]) => key })
    .map((pairs) => pairs.toSorted((a, b) => a[0] - b[0]).flatMap(([key, sum]) => [key, sum % sumMax]));

const fingerprints = fc
  .array(fc.uint8Array({ minLength: fingerprintChars, maxLength: fingerprintChars }))
  .map((all) => all.map((bytes) => Buffer.from(bytes).toString('latin1')).join(''));

const text = fc.string({ unit: 'grapheme', minLength: 1 });
const instants = fc.integer({ min: 0, max: Date.UTC(2100, 0) });
const ranks = fc.nat(11);
const orNothing = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });

const tier = fc.record(
  {
    computed: ranks,
    reachedAt: instants,
    failures: fc.nat(1000),
    effective: ranks,
    reviewedOn: fc.nat(40_000),
    warned: fc.array(fc.tuple(fc.nat(40_000), fc.constantFrom('P7D', 'P2W')), { minLength: 1 }),
  },
  { requiredKeys: ['computed', 'reachedAt', 'failures', 'effective'] },
);

const marks = fc.array(fc.constantFrom('0123456789_', 'abcdefghij-')).map((all) => all.join(''));
const amounts = fc.integer({ min: -(10 ** 12), max: 10 ** 12 });
const days = fc.nat(40_000);

const invoice = fc.record(
  { id: text, amount: amounts, dueOn: days, overdueOn: days, knownFrom: fc.nat(120_000), remindedOn: days },
  { requiredKeys: ['id', 'amount', 'dueOn', 'overdueOn', 'knownFrom'] },
);
const ledger = fc.record({
  invoices: fc.array(invoice),
  paid: amounts,
  isBilled: fc.boolean(),
  putAway: fc.dictionary(fc.constantFrom('24312', '24313'), marks),
});
const open = fc.record({
  requestId: text,
  reason: fc.constantFrom('debt' as const, 'identity' as const),
  until: instants,
});
const suspension = fc.record(
  { answered: marks, skips: fc.nat(1000), unsettled: amounts, open },
  { requiredKeys: ['answered', 'skips'] },
);

const occasion = fc.record(
  {
    occasion: text,
    year: fc.nat(9999),
    counted: fc.record({ year: fc.nat(9999), value: fc.nat() }),
    gift: fc.record(
      {
        kind: fc.constantFrom('birthday' as const, 'conference' as const),
        phase: fc.constantFrom('held' as const, 'due' as const, 'settled' as const),
        occursOn: days,
        value: fc.nat(),
        issuer: fc.constantFrom('operator' as const, { dealer: 'd-1', province: 'HP' }),
        threshold: fc.nat(),
      },
      { requiredKeys: ['kind', 'phase', 'occursOn', 'value', 'issuer'] },
    ),
  },
  { requiredKeys: ['occasion', 'year'] },
);

const told: fc.Arbitrary<Partial<State>> = fc.record(
  {
    phase: fc.constantFrom('open' as const, 'closed' as const, 'erased' as const),
    tier: orNothing(tier),
    listings: fc.array(fc.record({ list: text, from: instants, to: orNothing(instants) })),
    firedAlerts: fc.array(fc.record({ alert: text, period: fc.constantFrom('2026', '2026-08'), at: fc.array(ranks) })),
    occasions: fc.array(occasion),
    dropped: orNothing(fc.dictionary(text, fc.constantFrom('2026-07', '2026-08'))),
    quality: orNothing(
      fc.record(
        {
          reports: fc.array(
            fc.record(
              {
                kind: fc.constantFrom('outage' as const, 'complaint' as const),
                day: fc.nat(40_000),
                count: fc.nat(1000),
                outage: text,
              },
              { requiredKeys: ['kind', 'day', 'count'] },
            ),
          ),
          spoken: fc.dictionary(text, instants),
        },
        { requiredKeys: ['reports'] },
      ),
    ),
    ledger: orNothing(ledger),
    suspension: orNothing(suspension),
    standing: orNothing(
      fc.record(
        { tier: text, protected: fc.boolean(), skipUntil: instants, promotionsMuted: fc.boolean() },
        { requiredKeys: ['tier', 'protected', 'promotionsMuted'] },
      ),
    ),
    profile: orNothing(
      fc.record(
        {
          kind: fc.constantFrom('person' as const, 'organisation' as const),
          province: text,
          consent: fc.record({ promotions: fc.boolean() }),
        },
        { requiredKeys: ['kind'] },
      ),
    ),
  },
  { requiredKeys: [] },
);

/** Any state that could be, and many that could not. */
export const states: fc.Arbitrary<State> = fc
  .record({
    days: sums(-719_528, 2_932_896),
    months: sums(0, 119_999),
    recent: fingerprints,
    lasting: fingerprints,
    told,
  })
  .map(({ told: rest, ...spent }) => ({ ...unknownSubscriber, ...spent, ...rest }));
