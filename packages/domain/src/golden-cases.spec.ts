import { hourMs, secondMs } from '@alo/contracts';
import { describe, expect, test } from '@jest/globals';
import {
  acknowledged,
  activated,
  adjusted,
  charged,
  erased,
  invoiced,
  listed,
  paid,
  requested,
  ticked,
  updated,
} from './testing/events.ts';
import {
  allowed,
  duplicate,
  giftDue,
  giftHeld,
  greetingDue,
  refused,
  skipped,
  thresholdReached,
  tierDowngraded,
  tierUpgraded,
} from './testing/expectations.ts';
import { birthday, nationalDay, policy, review, tiers } from './testing/policies.ts';
import { at, scenario, tickingEvery } from './testing/scenario.ts';

describe('1. A charge of 1,000,000 crosses 1,000,000, and one of 999,999 does not', () => {
  test.each([
    { amount: 999_999, told: [], why: 'one below' },
    { amount: 1_000_000, told: [tierUpgraded('vip')], why: 'exactly at the threshold' },
    { amount: 1_000_001, told: [tierUpgraded('vip')], why: 'one above' },
  ])('$amount: $why', ({ amount, told }) => {
    scenario()
      .when(charged(amount))
      .then(...told);
  });

  test('999,999 and then 1 crosses with the 1', () => {
    scenario().given(charged(999_999)).when(charged(1)).then(tierUpgraded('vip'));
  });
});

describe('2. The same charge sent twice, 30 days apart', () => {
  const july = charged(600_000).named('c-1').occurred('2026-07-12T08:00+07:00');

  test('counts once', () => {
    scenario()
      .given(at('2026-07-12T08:00+07:00', july))
      .when(at('2026-08-11T08:00+07:00', july, charged(399_999).occurred('2026-07-13T08:00+07:00')))
      .then(duplicate());
  });

  test('with another amount is a CONFLICT', () => {
    scenario()
      .given(at('2026-07-12T08:00+07:00', july))
      .when(at('2026-08-11T08:00+07:00', charged(600_001).named('c-1').occurred('2026-07-12T08:00+07:00')))
      .then(refused('CONFLICT'));
  });
});

describe('3. A July charge that arrives on 10 August', () => {
  const julyCharge = (amount: number) => charged(amount).occurred('2026-07-31T20:00+07:00');

  test('changes July, and not August', () => {
    scenario()
      .given(at('2026-08-10T09:00+07:00', julyCharge(999_999)))
      .when(charged(1))
      .then();
  });

  test('upgrades if July reaches the line by it', () => {
    scenario()
      .given(at('2026-07-31T12:00+07:00', charged(900_000)))
      .when(at('2026-08-10T09:00+07:00', julyCharge(100_000)))
      .then(
        tierUpgraded('vip').because({
          window: { window: 'month-to-date', from: '2026-07-01', to: '2026-08-01', value: 1_000_000 },
        }),
      );
  });
});

describe('An alert within a calendar period', () => {
  const budget = policy({ alerts: [{ id: 'budget', window: 'month-to-date', at: [800_000, 900_000] }] });

  test('4. 80, 100, 80 and 100 % of it within one period fires once per threshold', () => {
    scenario(budget)
      .when(charged(800_000), charged(100_000), adjusted(-150_000, '2026-08-10T08:00+07:00'), charged(150_000))
      .then(thresholdReached(800_000), thresholdReached(900_000));
  });

  test('5. the first charge of a period, larger than the whole last one, fires every threshold that it crosses', () => {
    scenario(budget)
      .given(at('2026-07-31T12:00+07:00', charged(850_000)))
      .when(at('2026-08-01T00:00+07:00', charged(950_000)))
      .then(thresholdReached(800_000, { period: '2026-08' }), thresholdReached(900_000, { period: '2026-08' }));
  });
});

describe('6. Born on 29 February', () => {
  const cardsOf = (feb29: string) =>
    scenario(policy({ occasions: [birthday({ feb29 })] }))
      .given(at('2026-06-01T00:00+07:00', updated({ birthday: '02-29' })))
      .when(at('2028-12-31T00:00+07:00', ticked()));

  test('2027 on 28 February where the policy says so, 2028 on the day itself', () => {
    cardsOf('feb28').then(
      greetingDue('birthday', { occursOn: '2027-02-28' }).at('2027-02-28T09:00+07:00'),
      greetingDue('birthday', { occursOn: '2028-02-29' }).at('2028-02-29T09:00+07:00'),
    );
  });

  test('2027 on 1 March where it says so, 2028 on the day itself', () => {
    cardsOf('mar1').then(
      greetingDue('birthday', { occursOn: '2027-03-01' }).at('2027-03-01T09:00+07:00'),
      greetingDue('birthday', { occursOn: '2028-02-29' }).at('2028-02-29T09:00+07:00'),
    );
  });
});

test('7. A birthday that is edited after the gift brings no second gift that year', () => {
  const gift = { window: 'month-to-date', bands: [{ from: 0, value: 200_000 }] };
  scenario(policy({ occasions: [birthday({ gift })] }))
    .given(at('2026-08-01T00:00+07:00', updated({ birthday: '08-20' })))
    .when(at('2026-08-20T09:00+07:00', ticked()))
    .then(giftDue('birthday', 200_000).withId('birthday-gift.due/s-17/birthday/2026'))
    .when(updated({ birthday: '10-01' }), at('2026-12-31T00:00+07:00', ticked()))
    .then()
    .when(at('2027-10-01T09:00+07:00', ticked()))
    .then(giftDue('birthday', 200_000).withId('birthday-gift.due/s-17/birthday/2027'));
});

describe('8. With a limit of 2', () => {
  const twice = policy({ suspension: { protect: [{ minTier: 'vip', maxConsecutiveSkips: 2, skipDays: 7 }] } });
  const debt = { amount: 300_000, currency: 'VND' };
  const request = (requestId: string) => requested({ requestId, debt });
  const afterTwo = () => scenario(twice).given(charged(1_000_000), request('r-1'), request('r-2'));

  test('the third suspension request is allowed', () => {
    afterTwo().when(request('r-3')).then(allowed('skip-limit'));
  });

  test('full payment opens two more', () => {
    afterTwo()
      .given(paid(300_000))
      .when(request('r-3'), request('r-4'), request('r-5'))
      .then(skipped(1), skipped(2), allowed('skip-limit'));
  });

  test('a payment of one less opens none', () => {
    afterTwo().given(paid(299_999)).when(request('r-3')).then(allowed('skip-limit'));
  });
});

describe('9. Of those who are protected', () => {
  const programme = policy({
    lists: { official: { floor: 'vip' } },
    suspension: {
      never: ['fraud'],
      protect: [{ list: 'official' }, { minTier: 'vip', debtCap: { absolute: 5_000_000 } }],
    },
  });
  const owing = (amount: number) => requested({ debt: { amount, currency: 'VND' } });

  test.each([
    { amount: 5_000_000, told: skipped(1), why: 'exactly at the cap' },
    { amount: 5_000_001, told: allowed('debt-cap'), why: 'one above, whatever the tier' },
  ])('the debt cap beats the tier: $amount: $why', ({ amount, told }) => {
    scenario(programme).given(charged(5_000_000)).when(owing(amount)).then(told);
  });

  test('fraud beats everything: platinum, official, and without a debt', () => {
    scenario(programme)
      .given(charged(5_000_000), listed('official'))
      .when(requested({ reason: 'fraud', debt: { amount: 0, currency: 'VND' } }))
      .then(allowed('never-skip'));
  });

  test('an official with no spend at all is skipped, whatever he owes', () => {
    scenario(programme).given(listed('official')).when(owing(9_000_000)).then(skipped(1));
  });

  test('his gift is held, and goes out when released', () => {
    const holding = { ...programme, lists: { official: { floor: 'vip', gifts: 'hold' } }, occasions: [nationalDay()] };
    scenario(holding)
      .given(at('2026-08-20T00:00+07:00', listed('official')))
      .when(at('2026-09-02T09:00+07:00', ticked()))
      .then(giftHeld(100_000))
      .when(acknowledged('gift.held/s-17/national-day/2026', 'released'))
      .then(giftDue('holiday', 100_000).withId('holiday-gift.due/s-17/national-day/2026'));
  });
});

describe('10. A tier is lost only at review', () => {
  const twice = policy({ tiers: tiers({ review: review({ failures: 2 }) }) });
  const vipInJuly = () => scenario(twice).given(at('2026-07-10T12:00+07:00', charged(1_000_000)));

  test('a dip in mid-period downgrades nobody', () => {
    vipInJuly().when(adjusted(-900_000, '2026-07-10T12:00+07:00'), at('2026-08-03T05:59+07:00', ticked())).then();
  });

  test('one failed review of two does not, the second does', () => {
    vipInJuly()
      .given(adjusted(-900_000, '2026-07-10T12:00+07:00'))
      .when(at('2026-09-03T05:59+07:00', ticked()))
      .then()
      .when(at('2026-09-03T06:00+07:00', ticked()))
      .then(tierDowngraded('base', { basis: 'review' }));
  });

  test("who became VIP after the review's window had ended is not reviewed", () => {
    scenario(policy({ tiers: tiers({ review: review() }) }))
      .given(at('2026-08-01T00:00+07:00', charged(1_000_000)))
      .when(at('2026-09-03T05:59+07:00', ticked()))
      .then();
  });
});

test('11. An adjustment below a threshold retracts nothing, and the next review sees the lower sum', () => {
  scenario(policy({ tiers: tiers({ review: review() }) }))
    .given(at('2026-07-10T12:00+07:00', charged(1_000_000)))
    .when(adjusted(-200_001, '2026-07-10T12:00+07:00'))
    .then()
    .when(at('2026-08-03T06:00+07:00', ticked()))
    .then(tierDowngraded('base').because({ window: { value: 799_999 }, threshold: 800_000 }));
});

describe('12. A policy activated between two events of one subscriber', () => {
  const cheaper = policy({
    version: 2,
    tiers: tiers({ ladder: [{ name: 'base' }, { name: 'vip', upgradeAt: 500_000, retainAt: 400_000 }] }),
  });
  const told = () => scenario().when(charged(600_000), activated(cheaper), charged(1));

  test('rules the second and not the first', () => {
    told().then(tierUpgraded('vip').because({ policy: { version: 2 }, cause: { id: 'e-4' }, threshold: 500_000 }));
  });

  test('does so in replay too', () => {
    expect(JSON.stringify(told().told)).toBe(JSON.stringify(told().told));
  });
});

test('12. An occasion that an activated policy adds reaches those who already wait for a later one', () => {
  const christmas = nationalDay({ id: 'christmas', on: '12-24' });
  scenario(policy({ occasions: [christmas] }))
    .given(charged(1), activated(policy({ version: 2, occasions: [christmas, nationalDay()] })))
    .when(at('2026-12-31T00:00+07:00', ticked()))
    .then(
      giftDue('holiday', 100_000, { occasion: 'national-day' }).at('2026-09-02T09:00+07:00'),
      giftDue('holiday', 100_000, { occasion: 'christmas' }).at('2026-12-24T09:00+07:00'),
    );
});

describe('13. The journal stands still for two days', () => {
  const lives = () =>
    scenario(policy({ tiers: tiers({ review: review() }), lists: { official: { floor: 'gold' } } })).given(
      at('2026-07-10T12:00+07:00', charged(1_000_000), listed('official', '2026-08-03T01:00+07:00').by('s-2')),
      adjusted(-500_000, '2026-07-10T12:00+07:00'),
      at('2026-08-02T00:00+07:00', ticked()),
    );
  const later = at('2026-08-04T00:00+07:00', charged(1_000_000).named('c-1'));

  test('what fell due meanwhile comes once, with its own instant', () => {
    lives()
      .when(later)
      .then(
        tierUpgraded('gold').to('s-2').at('2026-08-03T01:00+07:00'),
        tierDowngraded('base').to('s-17').at('2026-08-03T06:00+07:00'),
        tierUpgraded('vip').to('s-17').at('2026-08-04T00:00+07:00'),
      );
  });

  test.each([
    { every: 'second', ms: secondMs },
    { every: 'hour', ms: hourMs },
  ])('a tick every $every says the same as none', ({ ms }) => {
    const withTicks = lives().when(tickingEvery(ms, '2026-08-04T00:00+07:00'), later).told;
    expect(JSON.stringify(withTicks)).toBe(JSON.stringify(lives().when(later).told));
  });
});

test('14. A payment that arrives before its invoice settles it', () => {
  const reminding = policy({
    lists: { official: {} },
    suspension: { protect: [{ list: 'official' }], remind: ['-P3D', 'P1D'] },
  });
  scenario(reminding)
    .given(listed('official'), paid(500_000, { invoiceId: 'i-1' }), invoiced(500_000, { dueOn: '2026-08-25' }))
    .when(at('2026-09-30T00:00+07:00', ticked(), requested()))
    .then(skipped(0));
});

describe('15. Erased, then a late charge', () => {
  const story = () =>
    scenario(policy({ occasions: [nationalDay({ audience: { minTier: 'vip' } })] }))
      .given(charged(1_000_000), at('2026-09-02T09:00+07:00', ticked()))
      .given(erased());
  const late = charged(2_000_000).occurred('2026-08-30T00:00+07:00');

  test('is refused', () => {
    story().when(late).then(refused('STATE'));
  });

  test('leaves no state, and brings no second gift', () => {
    const erasedStory = story();
    const tombstone = erasedStory.partition.state('s-17');
    erasedStory.when(late, at('2027-12-31T00:00+07:00', ticked())).then(refused('STATE'));
    expect(erasedStory.partition.state('s-17')).toEqual(tombstone);
    expect(erasedStory.partition.dueAt('s-17')).toBeUndefined();
  });
});

test('16. A replay says the same, byte for byte, with the same ids, each once', () => {
  const life = () =>
    scenario(policy({ tiers: tiers({ review: review() }), promotions: { muteFrom: 'gold' } })).when(
      at('2026-07-10T12:00+07:00', charged(3_000_000).named('c-1'), charged(3_000_000).named('c-1')),
      at('2026-09-03T06:00+07:00', ticked()),
    ).told;
  expect(JSON.stringify(life())).toBe(JSON.stringify(life()));
  const ids = life().flatMap(({ id }) => id ?? []);
  expect(new Set(ids).size).toBe(ids.length);
});
