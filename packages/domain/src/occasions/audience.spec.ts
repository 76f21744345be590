import { describe, test } from '@jest/globals';
import { activated, charged, closed, delisted, type Happening, listed, ticked, updated } from '../testing/events.ts';
import { greetingDue, tierDowngraded, tierUpgraded } from '../testing/expectations.ts';
import { nationalDay, policy, review, tiers } from '../testing/policies.ts';
import { at, scenario } from '../testing/scenario.ts';

const lists = { official: { floor: 'vip' }, board: { floor: 'gold' }, guests: {}, banned: { gifts: 'none' } };
const cardFor = (audience: object | undefined, parts: object = {}) =>
  policy({ lists, occasions: [nationalDay({ gift: undefined, audience })], ...parts });

const before = '2026-08-20T00:00+07:00';
const dueAt = '2026-09-02T09:00+07:00';
const upTo = (time: string) => at(time, ticked());

describe('an audience of', () => {
  const spend = { window: 'last-3-months', atLeast: 500 };
  const person = updated({ kind: 'person', gender: 'female', province: 'HN' });
  const company = updated({ kind: 'organisation', province: 'HP' });
  const july = (amount: number) => charged(amount).occurred('2026-07-31T23:59+07:00');
  const cases: { audience: object | undefined; given: readonly Happening[]; cards: number; why: string }[] = [
    { audience: undefined, given: [charged(1)], cards: 1, why: 'everybody: of whom nothing is known' },
    { audience: {}, given: [company], cards: 1, why: 'everybody: an organisation' },
    { audience: { kinds: ['person'] }, given: [person], cards: 1, why: 'persons: a person' },
    { audience: { kinds: ['person'] }, given: [company], cards: 0, why: 'persons: no organisation' },
    { audience: { kinds: ['person'] }, given: [charged(1)], cards: 0, why: 'persons: nobody without a profile' },
    { audience: { kinds: ['organisation', 'person'] }, given: [company], cards: 1, why: 'both: either' },
    { audience: { gender: 'female' }, given: [person], cards: 1, why: 'a gender: that one' },
    { audience: { gender: 'male' }, given: [person], cards: 0, why: 'a gender: no other' },
    { audience: { gender: 'female' }, given: [updated()], cards: 0, why: 'a gender: nobody who names none' },
    { audience: { provinces: ['HN', 'HCM'] }, given: [person], cards: 1, why: 'provinces: one of them' },
    { audience: { provinces: ['HCM'] }, given: [person], cards: 0, why: 'provinces: no other' },
    { audience: { provinces: ['HCM'] }, given: [updated()], cards: 0, why: 'provinces: nobody who names none' },
    { audience: { minTier: 'base' }, given: [charged(1)], cards: 1, why: 'a tier: the base is everybody' },
    { audience: { minTier: 'vip' }, given: [charged(999_999)], cards: 0, why: 'a tier: one below' },
    { audience: { minTier: 'vip' }, given: [charged(1_000_000)], cards: 1, why: 'a tier: that one' },
    { audience: { minTier: 'vip' }, given: [charged(5_000_000)], cards: 1, why: 'a tier: higher ones' },
    { audience: { minTier: 'vip' }, given: [listed('official')], cards: 1, why: 'a tier: by a list as by spend' },
    { audience: { minTier: 'gold' }, given: [listed('official')], cards: 0, why: 'a tier: by no lower floor' },
    { audience: { lists: ['guests'] }, given: [listed('guests')], cards: 1, why: 'a list: who is on it' },
    { audience: { lists: ['guests'] }, given: [listed('official')], cards: 0, why: 'a list: on no other' },
    { audience: { lists: ['guests', 'official'] }, given: [listed('official')], cards: 1, why: 'lists: any of them' },
    {
      audience: { lists: ['guests'] },
      given: [listed('guests'), delisted('guests')],
      cards: 0,
      why: 'a list: nobody who left it',
    },
    { audience: { spend }, given: [july(499)], cards: 0, why: 'spend: one below' },
    { audience: { spend }, given: [july(500)], cards: 1, why: 'spend: exactly that' },
    { audience: { spend }, given: [july(501)], cards: 1, why: 'spend: one above' },
    {
      audience: { kinds: ['person'], gender: 'female', minTier: 'vip', spend, lists: ['official'], provinces: ['HN'] },
      given: [person, listed('official'), july(500)],
      cards: 1,
      why: 'all at once: who is in all of them',
    },
    {
      audience: { kinds: ['person'], gender: 'female', minTier: 'vip', spend, lists: ['official'], provinces: ['HN'] },
      given: [person, listed('official'), july(499)],
      cards: 0,
      why: 'all at once: nobody who misses one',
    },
  ];
  test.each(cases)('$why', ({ audience, given, cards }) => {
    const story = scenario(cardFor(audience)).given(at(before, ...given));
    story.when(upTo('2026-12-31T00:00+07:00')).then(...(cards === 1 ? [greetingDue('national-day')] : []));
  });
});

describe('the audience is judged at the due instant', () => {
  const vips = cardFor({ minTier: 'vip' });

  test.each([
    { from: '2026-09-02T09:00+07:00', cards: 1, why: 'a listing that begins with it' },
    { from: '2026-09-02T09:00:01+07:00', cards: 0, why: 'none that begins a second later' },
  ])('$why', ({ from, cards }) => {
    scenario(vips)
      .given(at(before, listed('official', from)))
      .when(upTo('2026-09-03T00:00+07:00'))
      .then(...(cards === 1 ? [tierUpgraded('vip'), greetingDue('national-day')] : [tierUpgraded('vip')]));
  });

  test.each([
    { to: '2026-09-02T09:00+07:00', told: [tierDowngraded('base')], why: 'no listing that ends with it' },
    {
      to: '2026-09-02T09:00:01+07:00',
      told: [greetingDue('national-day'), tierDowngraded('base')],
      why: 'one that ends a second later',
    },
  ])('$why', ({ to, told }) => {
    scenario(vips)
      .given(at(before, listed('official', '2026-08-01T00:00+07:00', to)))
      .when(upTo('2026-09-03T00:00+07:00'))
      .then(...told);
  });

  test('after the review of the same instant', () => {
    const reviewed = cardFor({ minTier: 'vip' }, { tiers: tiers({ review: review({ day: 2, at: '09:00' }) }) });
    scenario(reviewed)
      .given(at('2026-07-10T00:00+07:00', charged(1_000_000)), upTo('2026-08-20T00:00+07:00'))
      .when(upTo(dueAt))
      .then(tierDowngraded('base'));
  });

  test('with spend anchored on the due day, and not on the day of the occasion', () => {
    const spend = { window: 'month-to-date', atLeast: 500 };
    const early = policy({ occasions: [nationalDay({ gift: undefined, lead: 'P2D', audience: { spend } })] });
    scenario(early)
      .given(at(before, charged(500)))
      .when(upTo('2026-09-03T00:00+07:00'))
      .then(greetingDue('national-day').at('2026-08-31T09:00+07:00'));
  });

  test('by the floor that an activation has raised, which is told first', () => {
    const raised = (floor: string, version: number) =>
      policy({
        version,
        lists: { guests: { floor } },
        occasions: [nationalDay({ gift: undefined, audience: { minTier: 'gold' } })],
      });
    scenario(raised('vip', 1))
      .given(at(before, listed('guests')), activated(raised('gold', 2)))
      .when(upTo(dueAt))
      .then(tierUpgraded('gold', { basis: 'list' }), greetingDue('national-day'));
  });
});

describe('nothing at all comes', () => {
  const everybody = (consent: 'opt-in' | 'opt-out') => cardFor(undefined, { consent });
  const gifts = (answer: boolean) => updated({ consent: { gifts: answer } });
  test.each([
    { consent: 'opt-out', given: [updated()], cards: 1, why: 'but opt-out takes no answer for a yes' },
    { consent: 'opt-out', given: [charged(1)], cards: 1, why: 'and no profile likewise' },
    { consent: 'opt-out', given: [gifts(false)], cards: 0, why: 'to who does not want it' },
    { consent: 'opt-in', given: [updated()], cards: 0, why: 'where opt-in takes no answer for a no' },
    { consent: 'opt-in', given: [charged(1)], cards: 0, why: 'nor to who has no profile' },
    { consent: 'opt-in', given: [gifts(true)], cards: 1, why: 'but to who wants it' },
    {
      consent: 'opt-in',
      given: [updated({ consent: { promotions: true } })],
      cards: 0,
      why: 'to who wants something else',
    },
    { consent: 'opt-out', given: [gifts(false), gifts(true)], cards: 1, why: 'but the last word counts' },
    { consent: 'opt-out', given: [charged(1), closed()], cards: 0, why: 'to who is closed' },
    { consent: 'opt-out', given: [listed('banned')], cards: 0, why: 'to who is on a list without gifts' },
    { consent: 'opt-out', given: [listed('banned'), delisted('banned')], cards: 1, why: 'but to who left it' },
  ] as const)('$why', ({ consent, given, cards }) => {
    scenario(everybody(consent))
      .given(at(before, ...given))
      .when(upTo('2026-09-03T00:00+07:00'))
      .then(...(cards === 1 ? [greetingDue('national-day')] : []));
  });
});
