import { readEvent, readText } from '@alo/contracts';
import { describe, expect, test } from '@jest/globals';
import {
  activated,
  billed,
  charged,
  type Happening,
  instant,
  listed,
  opened,
  requested,
  ticked,
} from './testing/events.ts';
import { refused, spendDropped, tierAtRisk, tierDowngraded, tierUpgraded } from './testing/expectations.ts';
import { openPartition } from './testing/partition.ts';
import { policy, review, tiers } from './testing/policies.ts';
import { at, scenario } from './testing/scenario.ts';

const nine = instant('2026-08-10T09:00+07:00');
const read = (happening: Happening) => readEvent(happening.wire({ id: 'e-1', at: nine }));

describe('now is the running maximum of the append times', () => {
  const lists = { official: { floor: 'vip' } };
  const running = () => {
    const partition = openPartition();
    partition.take({ incoming: read(activated(policy({ lists }))), appendedAt: nine, ahead: false });
    return partition;
  };
  const record = { incoming: read(charged(1)), appendedAt: nine + 60_000, ahead: false };

  test.each([
    { appended: record, movedMs: 60_000, why: 'an event moves it' },
    { appended: { ...record, incoming: read(charged(0)) }, movedMs: 60_000, why: 'so does one that is refused' },
    { appended: { ...record, incoming: read(ticked()) }, movedMs: 60_000, why: 'so does a tick' },
    { appended: { ...record, incoming: readText('nope') }, movedMs: 0, why: 'a line without an envelope does not' },
    { appended: { ...record, incoming: readText('') }, movedMs: 0, why: 'nor does an empty one' },
    { appended: { ...record, ahead: true }, movedMs: 0, why: 'nor does one that is too far ahead to be believed' },
    { appended: { ...record, appendedAt: nine - 1 }, movedMs: 0, why: 'and an earlier one never takes it back' },
  ])('$why', ({ appended, movedMs }) => {
    const partition = running();
    partition.take(appended);
    expect(partition.header().now).toBe(nine + movedMs);
  });

  test('and nothing falls due by a record that does not move it', () => {
    const partition = running();
    const listing = listed('official', '2026-08-10T09:00:30+07:00');
    partition.take({ ...record, incoming: read(listing), appendedAt: nine });
    expect(partition.take({ ...record, ahead: true }).outputs).toMatchObject([{ refusal: { code: 'CLOCK' } }]);
    expect(partition.take(record).outputs[0]).toMatchObject({ trigger: { type: 'alo.tier.upgraded.v1' } });
  });

  test('and a request that is too far ahead is answered all the same', () => {
    const partition = running();
    const outcome = partition.take({ ...record, incoming: read(requested()), ahead: true }).outcome;
    expect(outcome).toEqual({ kind: 'taken' });
  });
});

test('a policy with many problems is refused in few words', () => {
  const strange = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`k${n}`, n]));
  const { outputs } = openPartition().take({
    incoming: read(activated(policy(strange))),
    appendedAt: nine,
    ahead: false,
  });
  const [message] = outputs.map((output) => output.kind === 'refusal' && output.refusal.message);
  expect(message).toMatch(/^data\.policy is wrong: k0 is not a key that alo knows; k1 .*\.\.\.$/);
  expect(message).toHaveLength('data.policy is wrong: '.length + 1500);
});

describe('a refusal shows what it quotes as a terminal can show it', () => {
  const odd = 'a\u202eb';
  const shownOdd = 'a\\u202eb';

  test.each([
    { happening: listed(odd), says: `data.list is not a list of the policy: ${shownOdd}` },
    { happening: opened({ tier: odd }), says: `data.tier is not a tier of the policy: ${shownOdd}` },
    { happening: billed(1, { invoiceId: odd }), says: `invoice ${shownOdd} is not known` },
    { happening: activated(policy({ id: odd })), says: `this journal runs policy example, not ${shownOdd}` },
  ])('$says', ({ happening, says }) => {
    const partition = openPartition();
    const take = (one: Happening) => partition.take({ incoming: read(one), appendedAt: nine, ahead: false });
    take(activated(policy()));
    expect(take(happening).outputs).toMatchObject([{ refusal: { message: says } }]);
  });

  test('an id that is known with other content', () => {
    const partition = openPartition();
    const take = (one: Happening) => partition.take({ incoming: read(one), appendedAt: nine, ahead: false });
    take(activated(policy()));
    take(charged(1).but({ id: odd, source: odd }));
    const says = `id ${shownOdd} of source ${shownOdd} is known on that day with other content`;
    expect(take(charged(2).but({ id: odd, source: odd })).outputs).toMatchObject([{ refusal: { message: says } }]);
  });
});

describe('what comes to nothing', () => {
  test.each([
    { incoming: readText(' \t'), outcome: 'none', codes: [], why: 'an empty line' },
    { incoming: readText('nope'), outcome: 'refused', codes: ['SCHEMA'], why: 'no JSON' },
    { incoming: read(charged(1).but({ type: 'x' })), outcome: 'refused', codes: ['UNKNOWN'], why: 'no type of alo' },
    { incoming: read(charged(1)), outcome: 'refused', codes: ['STATE'], why: 'an event before the first policy' },
    { incoming: read(ticked()), outcome: 'refused', codes: ['STATE'], why: 'a tick before the first policy' },
  ])('is $outcome: $why', ({ incoming, outcome, codes }) => {
    const folded = openPartition().take({ incoming, appendedAt: nine, ahead: false });
    expect(folded.outcome.kind).toBe(outcome);
    expect(folded.outputs.map((output) => output.kind === 'refusal' && output.refusal.code)).toEqual(codes);
  });
});

describe('due before new', () => {
  const lists = { official: { floor: 'vip' }, board: { floor: 'gold' } };
  const begins = '2026-08-12T06:00+07:00';

  test('what has fallen due by now is told before the record, as of its own instant', () => {
    scenario(policy({ lists }))
      .given(listed('official', begins))
      .when(at('2026-08-13T00:00+07:00', charged(3_000_000)))
      .then(
        tierUpgraded('vip', { from: 'base' }).at(begins),
        tierUpgraded('gold', { from: 'vip' }).at('2026-08-13T00:00+07:00'),
      );
  });

  test('what falls due exactly now is told before the record too', () => {
    scenario(policy({ lists }))
      .given(listed('official', begins))
      .when(at(begins, charged(3_000_000)))
      .then(tierUpgraded('vip'), tierUpgraded('gold'));
  });

  test('and a millisecond before it, not yet', () => {
    scenario(policy({ lists }))
      .given(listed('official', begins))
      .when(at('2026-08-12T05:59:59.999+07:00', ticked()))
      .then();
  });

  test('by a record that is refused, or known already, as well', () => {
    const story = () => scenario(policy({ lists })).given(charged(5).named('c-1'), listed('official', begins));
    story()
      .when(at(begins, charged(5, { currency: 'USD' })))
      .then(tierUpgraded('vip'), refused('CURRENCY'));
    expect(story().when(at(begins, charged(5).named('c-1').occurred('2026-08-10T09:00+07:00'))).told).toMatchObject([
      { name: 'tier.upgraded' },
      { name: 'standing.changed' },
      { name: 'duplicate' },
    ]);
  });

  test('is told in the order of instants, then of subscribers by their UTF-8 bytes', () => {
    const later = '2026-08-12T06:00:00.001+07:00';
    scenario(policy({ lists }))
      .given(
        listed('official', later).by('a'),
        listed('official', begins).by('s-😀'),
        listed('official', begins).by('s-\uff01'),
        listed('official', begins).by('s-10'),
        listed('official', begins).by('s-1'),
      )
      .when(at('2026-08-13T00:00+07:00', ticked()))
      .then(
        tierUpgraded('vip').to('s-1'),
        tierUpgraded('vip').to('s-10'),
        tierUpgraded('vip').to('s-\uff01'),
        tierUpgraded('vip').to('s-😀'),
        tierUpgraded('vip').to('a').at(later),
      );
  });

  describe('and then of kinds, each on what those before have left', () => {
    const reviewed = tiers({ review: review(), warn: ['P30D'] });
    const kept = { id: 'kept', every: 'month', day: 3, at: '06:00', window: 'previous-month', belowPercent: 50 };
    const both = policy({
      lists: { top: { floor: 'platinum' } },
      tiers: reviewed,
      retention: [{ ...kept, of: 'average-of-last-3-months', minTier: 'vip' }],
    });
    const third = '2026-09-03T06:00+07:00';

    test('a listing that ends, the review, the warning of the next one, and retention', () => {
      scenario(both)
        .given(at('2026-07-10T12:00+07:00', charged(3_000_000), listed('top', '2026-08-01T00:00+07:00', third)))
        .given(at('2026-08-10T12:00+07:00', ticked()))
        .when(at(third, ticked()))
        .then(
          tierDowngraded('gold', { from: 'platinum', basis: 'list' }),
          tierDowngraded('vip', { from: 'gold', basis: 'review' }),
          tierAtRisk('vip', { reviewOn: '2026-10-03' }),
          spendDropped('kept'),
        );
    });

    test('a listing that begins lifts to where retention looks', () => {
      scenario(both)
        .given(at('2026-07-10T12:00+07:00', charged(900_000)))
        .given(at('2026-08-10T12:00+07:00', listed('top', third)))
        .when(at(third, ticked()))
        .then(tierUpgraded('platinum'), spendDropped('kept'));
    });
  });
});

test('outputs of one cause come in the order of the topics: tiers, care, standing', () => {
  const everything = policy({
    promotions: { muteFrom: 'vip' },
    alerts: [{ id: 'month', window: 'month-to-date', at: [1_000_000] }],
  });
  const told = scenario(everything)
    .when(charged(1_000_000))
    .told.map(({ name }) => name);
  expect(told).toEqual(['tier.upgraded', 'promotions.muted', 'spend.threshold-reached', 'standing.changed']);
});
