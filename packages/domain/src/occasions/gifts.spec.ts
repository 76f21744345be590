import { describe, expect, test } from '@jest/globals';
import {
  acknowledged,
  activated,
  charged,
  closed,
  delisted,
  erased,
  type Happening,
  listed,
  opened,
  ticked,
  updated,
} from '../testing/events.ts';
import { giftCancelled, giftDue, giftHeld, greetingDue } from '../testing/expectations.ts';
import { birthday, nationalDay, policy } from '../testing/policies.ts';
import { at, type Step, scenario } from '../testing/scenario.ts';

const lists = { official: { gifts: 'hold' }, banned: { gifts: 'none' } };
const bands = [
  { from: 800, value: 20 },
  { from: 2000, value: 50 },
];
const gift = { window: 'average-of-last-3-months', bands };
const programme = (parts: object = {}, ...occasions: readonly object[]) =>
  policy({ lists, occasions: occasions.length > 0 ? occasions : [nationalDay()], ...parts });

const before = '2026-08-20T00:00+07:00';
const due = '2026-09-02T09:00+07:00';
const dueId = 'holiday-gift.due/s-17/national-day/2026';
const heldId = 'gift.held/s-17/national-day/2026';
const upTo = (time: string) => at(time, ticked());
const afterwards = upTo('2026-12-31T00:00+07:00');

/** Up to the gift, which has been said. */
const given = (rules: object, ...steps: readonly Step[]) =>
  scenario(rules).given(at(before, charged(1)), ...steps, upTo(due));

describe('a gift', () => {
  test('says for what, for which day, worth what, from whom, until when, and why', () => {
    const [told] = scenario(programme({}, nationalDay({ lead: 'P1D', gift })))
      .given(at('2026-07-15T00:00+07:00', charged(2500)))
      .when(upTo('2026-09-02T00:00+07:00')).told;
    expect(told).toMatchObject({
      name: 'holiday-gift.due',
      id: 'holiday-gift.due/s-17/national-day/2026',
      time: '2026-09-01T02:00:00Z',
      expirytime: '2026-09-02T17:00:00Z',
      data: {
        occasion: 'national-day',
        occursOn: '2026-09-02',
        value: 20,
        currency: 'VND',
        issuer: 'operator',
        because: {
          rule: 'occasions',
          window: { window: 'average-of-last-3-months', from: '2026-06-01', to: '2026-09-01', value: 833 },
          threshold: 800,
          cause: { due: 'occasion', at: '2026-09-01T02:00:00Z' },
        },
      },
    });
  });

  test('is named after the kind of its occasion', () => {
    const day = { gift: nationalDay().gift, on: undefined, feb29: 'feb28' };
    const rules = programme(
      {},
      birthday({ gift: day.gift }),
      nationalDay({ ...day, id: 'founding-day', kind: 'founding-day' }),
      nationalDay({ id: 'meeting', kind: 'conference', on: '2026-09-03' }),
      nationalDay({ id: 'tet', on: undefined, lunar: '01-01' }),
    );
    scenario(rules)
      .given(
        at(before, updated({ birthday: '09-01' }), updated({ kind: 'organisation', foundingDay: '09-02' }).by('s-2')),
      )
      .when(upTo('2027-02-10T00:00+07:00'))
      .then(
        giftDue('birthday', 100_000).to('s-17').withId('birthday-gift.due/s-17/birthday/2026'),
        giftDue('founding-day', 100_000).to('s-2'),
        giftDue('conference', 100_000).to('s-17'),
        giftDue('conference', 100_000).to('s-2'),
        giftDue('holiday', 100_000).to('s-17').withId('holiday-gift.due/s-17/tet/2027'),
        giftDue('holiday', 100_000).to('s-2'),
      );
  });

  test.each([
    { spent: 0, told: greetingDue('national-day'), why: 'nothing' },
    { spent: 799, told: greetingDue('national-day'), why: 'one below the first band: a card' },
    { spent: 800, told: giftDue('holiday', 20), why: 'exactly the first band' },
    { spent: 1999, told: giftDue('holiday', 20), why: 'one below the second' },
    { spent: 2000, told: giftDue('holiday', 50).because({ threshold: 2000 }), why: 'exactly the second' },
    { spent: 9_000_000, told: giftDue('holiday', 50), why: 'far above' },
  ])('by what was spent: $spent: $why', ({ spent, told }) => {
    const rules = programme({}, nationalDay({ gift: { window: 'previous-month', bands } }));
    const steps = spent === 0 ? [charged(1)] : [charged(spent).occurred('2026-08-01T00:00+07:00')];
    scenario(rules)
      .given(at(before, ...steps))
      .when(upTo('2026-09-03T00:00+07:00'))
      .then(told);
  });

  test('a card says neither window nor threshold, and expires likewise', () => {
    const [told] = scenario(programme({}, nationalDay({ gift: undefined })))
      .given(at(before, charged(1)))
      .when(upTo(due)).told;
    expect(told).toMatchObject({ name: 'greeting.due', expirytime: '2026-09-02T17:00:00Z' });
    const because = (told as unknown as { data: { because: object } }).data.because;
    expect(Object.keys(because).sort()).toEqual(['cause', 'policy', 'rule']);
  });
});

describe('a card is the one of the year', () => {
  test('though a gift would be reached later', () => {
    const rules = (sendAt: string, version: number) =>
      programme({ version }, nationalDay({ sendAt, gift: { window: 'month-to-date', bands } }));
    scenario(rules('09:00', 1))
      .given(at(before, charged(1)))
      .when(upTo(due))
      .then(greetingDue('national-day'))
      .when(activated(rules('12:00', 2)), charged(5000), afterwards)
      .then();
  });
});

describe('the issuer', () => {
  const rules = programme({ gifts: { operatorProvinces: ['HN'] } });
  test.each([
    { profile: { dealer: 'd-1', province: 'HP' }, issuer: { dealer: 'd-1', province: 'HP' }, why: 'the dealer' },
    { profile: { dealer: 'd-1', province: 'HN' }, issuer: 'operator', why: 'the operator in its own provinces' },
    { profile: { dealer: 'd-1' }, issuer: 'operator', why: 'the operator where no province is named' },
    { profile: { province: 'HP' }, issuer: 'operator', why: 'the operator where no dealer is' },
  ])('is $why', ({ profile, issuer }) => {
    scenario(rules)
      .given(at(before, updated(profile)))
      .when(upTo(due))
      .then(giftDue('holiday', 100_000, { issuer } as object));
  });

  test('is anybody’s dealer without such provinces', () => {
    scenario(programme())
      .given(at(before, updated({ dealer: 'd-1', province: 'HN' })))
      .when(upTo(due))
      .then(giftDue('holiday', 100_000, { issuer: { dealer: 'd-1', province: 'HN' } }));
  });
});

describe('the yearly cap', () => {
  const occasion = (id: string, on: string, value: number) =>
    nationalDay({ id, on, gift: { window: 'month-to-date', bands: [{ from: 0, value }] } });
  const capped = (yearlyCap: number) =>
    programme(
      { gifts: { yearlyCap } },
      occasion('a', '09-01', 60),
      occasion('b', '09-01', 60),
      occasion('c', '12-01', 60),
    );
  const told = (cap: number, ...more: readonly Step[]) =>
    scenario(capped(cap))
      .given(at(before, charged(1)), ...more)
      .when(upTo('2027-01-01T00:00+07:00')).told;

  test.each([
    { cap: 200, values: [60, 60, 60], why: 'more than all' },
    { cap: 180, values: [60, 60, 60], why: 'exactly all' },
    { cap: 179, values: [60, 60, 59], why: 'one less cuts the last' },
    { cap: 121, values: [60, 60, 1], why: 'to as little as one' },
    { cap: 120, values: [60, 60, 'card'], why: 'used up: a card' },
    { cap: 60, values: [60, 'card', 'card'], why: 'of those at one instant the first of the policy goes first' },
    { cap: 0, values: ['card', 'card', 'card'], why: 'nothing at all' },
  ])('$cap: $why', ({ cap, values }) => {
    const worth = told(cap).map(({ name, data }) =>
      name === 'greeting.due' ? 'card' : (data as { value: number }).value,
    );
    expect(worth).toEqual(values);
  });

  test.each([
    { lead: 'P0D', told: giftDue('holiday', 60, { occasion: 'new-year' }), why: 'on 1 January' },
    {
      lead: 'P1D',
      told: greetingDue('new-year', { occursOn: '2027-01-01' }),
      why: 'not for what is due on 31 December',
    },
  ])('begins anew with each civil year: $why', ({ lead, told: last }) => {
    const newYear = { ...occasion('new-year', '01-01', 60), lead };
    scenario(programme({ gifts: { yearlyCap: 60 } }, newYear, occasion('a', '12-01', 60)))
      .given(at(before, charged(1)))
      .when(upTo('2027-01-02T00:00+07:00'))
      .then(giftDue('holiday', 60, { occasion: 'a' }), last);
  });

  const idOf = (occasion: string) => `holiday-gift.due/s-17/${occasion}/2026`;
  test.each([
    { outcome: 'declined', value: 60, why: 'is given back by who declines' },
    { outcome: 'failed', value: 60, why: 'is given back by what failed' },
    { outcome: 'delivered', value: 'card', why: 'and by nothing else: delivered' },
    { outcome: 'fulfilled', value: 'card', why: 'and by nothing else: fulfilled' },
  ] as const)('$why', ({ outcome, value }) => {
    const all = told(120, at('2026-09-05T00:00+07:00', acknowledged(idOf('a'), outcome)));
    expect(all.at(-1)).toMatchObject(
      value === 'card' ? greetingDue('c').told : giftDue('holiday', value, { occasion: 'c' }).told,
    );
  });

  test.each([
    { acks: [acknowledged(idOf('a'), 'failed'), acknowledged(idOf('a'), 'declined')], value: 60, why: 'once' },
    { acks: [acknowledged(idOf('a')), acknowledged(idOf('a'), 'failed')], value: 60, why: 'also after another word' },
    { acks: [acknowledged(idOf('x'), 'failed')], value: 'card', why: 'not for a trigger that never was' },
    { acks: [acknowledged('nonsense', 'failed')], value: 'card', why: 'nor for no id at all' },
    { acks: [acknowledged(idOf('a').replace('2026', '2025'), 'failed')], value: 'card', why: 'nor for another year' },
    { acks: [acknowledged(idOf('a').replace('s-17', 's-2'), 'failed')], value: 'card', why: "nor for another's" },
  ])('is given back $why', ({ acks, value }) => {
    const all = told(120, at('2026-09-05T00:00+07:00', ...acks));
    expect(all.at(-1)).toMatchObject(
      value === 'card' ? greetingDue('c').told : giftDue('holiday', 60, { occasion: 'c' }).told,
    );
  });

  test.each([
    { gifts: [{ occasion: 'a', year: 2026, value: 100 }], told: [20, 'card'], why: 'and does not come again' },
    { gifts: [{ occasion: 'old', year: 2026, value: 100 }], told: [20, 'card', 'card'], why: 'whatever it was for' },
    { gifts: [{ occasion: 'old', year: 2025, value: 100 }], told: [60, 60, 'card'], why: 'in its own year alone' },
    { gifts: [{ occasion: 'a', year: 2026, value: 0 }], told: [60, 60], why: 'also what was worth nothing' },
  ])('counts what was given before alo came: $why', ({ gifts, told: values }) => {
    const all = scenario(capped(120))
      .given(at(before, opened({ gifts })))
      .when(upTo('2027-01-01T00:00+07:00')).told;
    expect(all.map(({ name, data }) => (name === 'greeting.due' ? 'card' : (data as { value: number }).value))).toEqual(
      values,
    );
  });
});

describe('a list that holds', () => {
  const held = (...more: readonly Step[]) =>
    scenario(programme()).given(at(before, listed('official'), ...(more as Happening[])));

  test('turns a gift into one that waits, with the same data, on the restricted topic', () => {
    const [told] = held().when(upTo(due)).told;
    expect(told).toMatchObject({
      name: 'gift.held',
      id: heldId,
      type: 'alo.gift.held.v1',
      expirytime: '2026-09-02T17:00:00Z',
      data: { occasion: 'national-day', value: 100_000, because: { window: { value: 0 }, threshold: 0 } },
    });
  });

  test('lets a card pass', () => {
    scenario(programme({}, nationalDay({ gift: undefined })))
      .given(at(before, listed('official')))
      .when(upTo(due))
      .then(greetingDue('national-day'));
  });

  test('counts against the cap', () => {
    const twice = programme({ gifts: { yearlyCap: 150_000 } }, nationalDay(), nationalDay({ id: 'b', on: '09-03' }));
    scenario(twice)
      .given(at(before, listed('official')))
      .when(upTo('2026-09-04T00:00+07:00'))
      .then(giftHeld(100_000), giftHeld(50_000));
  });

  test('is beaten by one without gifts', () => {
    held(listed('banned')).when(afterwards).then();
  });

  test('that is over at the due instant holds nothing', () => {
    held(delisted('official')).when(upTo(due)).then(giftDue('holiday', 100_000));
  });

  test('its gifts come behind all else of their cause, and before standing', () => {
    const occasions = [nationalDay(), nationalDay({ id: 'card', gift: undefined })];
    const muting = programme({ version: 2, promotions: { muteFrom: 'base' } }, ...occasions);
    const told = scenario(programme({}, ...occasions))
      .given(at(before, listed('official')), activated(muting))
      .when(upTo(due)).told;
    expect(told.map(({ name }) => name)).toEqual(['greeting.due', 'promotions.muted', 'gift.held', 'standing.changed']);
  });
});

describe('a gift that is held', () => {
  const waiting = (rules: object = programme()) =>
    scenario(rules).given(at('2026-08-01T00:00+07:00', listed('official'), charged(1500)), upTo(due));
  const release = acknowledged(heldId, 'released');

  test('goes out when it is released: as it was held, at its own now, for the release', () => {
    const measured = programme({}, nationalDay({ gift: { window: 'previous-month', bands } }));
    const [told] = waiting(measured)
      .given(at('2026-09-05T10:00+07:00', charged(9000).occurred('2026-08-31T00:00+07:00')))
      .when(release.named('a-1')).told;
    expect(told).toMatchObject({
      name: 'holiday-gift.due',
      id: dueId,
      time: '2026-09-05T03:00:00Z',
      expirytime: '2026-09-02T17:00:00Z',
      data: {
        value: 20,
        occursOn: '2026-09-02',
        because: { window: { value: 1500 }, threshold: 800, cause: { id: 'a-1', type: 'alo.trigger.acknowledged.v1' } },
      },
    });
  });

  test('goes out once', () => {
    waiting().when(release, release.named('again')).then(giftDue('holiday', 100_000));
  });

  test.each([
    { acks: [acknowledged(heldId, 'declined')], why: 'declined' },
    { acks: [acknowledged(heldId, 'failed')], why: 'failed' },
    { acks: [acknowledged(heldId)], why: 'delivered, which it was not' },
    { acks: [acknowledged(heldId, 'declined'), release], why: 'released after it was declined' },
    { acks: [acknowledged(dueId, 'released')], why: 'released under the name that it does not have yet' },
    { acks: [release.by('s-2')], why: "released in another's name" },
  ])('does not go out when it is $why', ({ acks }) => {
    waiting()
      .when(...acks)
      .then();
  });

  test('goes out though another policy has come, in the name of that', () => {
    waiting()
      .given(activated(programme({ version: 2 }, birthday())))
      .when(release)
      .then(giftDue('holiday', 100_000).because({ policy: { version: 2 } }));
  });

  test('goes out though the list is left', () => {
    waiting().given(delisted('official')).when(release).then(giftDue('holiday', 100_000));
  });

  test('waits for years', () => {
    waiting(programme({}, nationalDay({ id: 'national-day' })))
      .given(at('2029-09-05T00:00+07:00', acknowledged('gift.held/s-17/national-day/2027', 'declined')))
      .when(release)
      .then(giftDue('holiday', 100_000));
  });

  test.each([
    { given: closed(), why: 'closed' },
    { given: updated({ consent: { gifts: false } }), why: 'without consent' },
  ])('does not go out when the subscriber is $why, and is not cancelled either', ({ given: event }) => {
    waiting().when(event, release).then();
  });

  test('gives the cap back when it is declined', () => {
    const twice = programme({ gifts: { yearlyCap: 100_000 } }, nationalDay(), nationalDay({ id: 'b', on: '09-09' }));
    waiting(twice)
      .given(acknowledged(heldId, 'declined'))
      .when(upTo('2026-09-10T00:00+07:00'))
      .then(giftHeld(100_000, { occasion: 'b' }));
  });

  test('does not come again in its year', () => {
    waiting().given(acknowledged(heldId, 'declined'), delisted('official')).when(afterwards).then();
  });
});

describe('a gift that is due is cancelled', () => {
  const no = updated({ consent: { gifts: false } });
  const early = programme({}, nationalDay({ lead: 'P1D' }));
  const told = () => scenario(early).given(at(before, charged(1)), upTo('2026-09-01T09:00+07:00'));

  test.each([
    { event: no, why: 'when consent is withdrawn' },
    { event: closed(), why: 'when the subscriber is closed' },
  ])('$why: with its data, without window and threshold', ({ event }) => {
    const [cancelled] = told().when(event).told;
    expect(cancelled).toMatchObject({
      name: 'gift.cancelled',
      id: 'gift.cancelled/s-17/national-day/2026',
      data: { occasion: 'national-day', occursOn: '2026-09-02', value: 100_000, currency: 'VND', issuer: 'operator' },
    });
    expect(cancelled).not.toHaveProperty('expirytime');
    const because = (cancelled as unknown as { data: { because: object } }).data.because;
    expect(Object.keys(because).sort()).toEqual(['cause', 'policy', 'rule']);
  });

  test.each([
    { now: '2026-09-02T23:59:59+07:00', times: 1, why: 'up to the last second of the day of the occasion' },
    { now: '2026-09-03T00:00+07:00', times: 0, why: 'not at the midnight that ends it' },
    { now: '2026-09-04T00:00+07:00', times: 0, why: 'nor after' },
  ])('$why', ({ now, times }) => {
    for (const event of [no, closed()]) {
      told()
        .when(at(now, event))
        .then(...(times === 1 ? [giftCancelled(100_000)] : []));
    }
  });

  test.each([
    { given: [acknowledged(dueId)], event: no, why: 'delivered' },
    { given: [acknowledged(dueId, 'fulfilled')], event: closed(), why: 'fulfilled' },
    { given: [acknowledged(dueId, 'failed')], event: closed(), why: 'failed' },
    { given: [acknowledged(dueId, 'declined')], event: no, why: 'declined' },
    { given: [acknowledged(dueId, 'released')], event: no, why: 'released, though it was not held' },
  ] as const)('not when it was acknowledged: $why', ({ given: acks, event }) => {
    told()
      .given(...acks)
      .when(event)
      .then();
  });

  test('once, and it does not come again', () => {
    told()
      .when(no, updated({ consent: { gifts: true } }), no.named('again'), closed(), afterwards)
      .then(giftCancelled(100_000));
  });

  test('also one that was held and then released', () => {
    scenario(programme())
      .given(at(before, listed('official')), upTo(due), acknowledged(heldId, 'released'))
      .when(no)
      .then(giftCancelled(100_000));
  });

  test('not at an erasure', () => {
    told().when(erased()).then();
  });

  test('not a card', () => {
    given(programme({}, nationalDay({ gift: undefined })))
      .when(no, closed())
      .then();
  });

  test('not by a profile that still consents', () => {
    told()
      .when(updated({ gender: 'female' }))
      .then();
  });

  test('not what opening balances tell of', () => {
    scenario(early)
      .given(at(before, opened({ gifts: [{ occasion: 'national-day', year: 2026, value: 5 }] })))
      .when(upTo('2026-09-01T10:00+07:00'), closed())
      .then();
  });
});

test('what was said years ago is not kept: the state does not grow with the years', () => {
  const story = scenario(programme({}, nationalDay(), nationalDay({ id: 'b', on: '03-08' }), birthday())).given(
    at('2026-01-05T00:00+07:00', updated({ birthday: '05-04' })),
  );
  const sizeIn = (year: number) => {
    story.given(upTo(`${year}-12-31T00:00+07:00`));
    return story.partition.state('s-17')?.occasions.length;
  };
  expect([2026, 2027, 2028, 2029, 2035].map(sizeIn)).toEqual([3, 6, 6, 6, 6]);
});

test('who comes into the audience at the due instant is told of that first', () => {
  const story = scenario(
    policy({ lists: { board: { floor: 'vip' } }, occasions: [nationalDay({ audience: { minTier: 'vip' } })] }),
  );
  const told = story.given(at(before, listed('board', '2026-09-02T09:00+07:00'))).when(upTo(due)).told;
  expect(told.map(({ name }) => name)).toEqual(['tier.upgraded', 'standing.changed', 'holiday-gift.due']);
  expect(told.map(({ data }) => (data as { because: { cause: object } }).because.cause)).toMatchObject([
    { due: 'list' },
    { due: 'list' },
    { due: 'occasion' },
  ]);
});
