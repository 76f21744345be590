import { describe, expect, test } from '@jest/globals';
import {
  activated,
  adjusted,
  charged,
  closed,
  erased,
  invoiced,
  listed,
  opened,
  paid,
  requested,
  ticked,
} from '../testing/events.ts';
import { allowed, duplicate, refused, skipExpired, skipped, standing, tierUpgraded } from '../testing/expectations.ts';
import { policy } from '../testing/policies.ts';
import { at, scenario } from '../testing/scenario.ts';

const lists = { official: {}, board: { floor: 'gold' } };
const protecting = (protect: readonly object[], parts: object = {}) =>
  policy({ lists, suspension: { protect, ...parts } });
const owing = (amount: number, currency = 'VND') => ({ debt: { amount, currency } });
/** Requests with ids of their own, each for a debt. */
const requests = (...debts: readonly number[]) =>
  debts.map((amount, n) => requested({ requestId: `r-${n + 1}`, ...owing(amount) }));

describe('the reasons, in their order: the first that applies is told', () => {
  const never = ['fraud', 'legal-order'];
  const one = [{ minTier: 'vip', maxConsecutiveSkips: 0, debtCap: { absolute: 0 } }];
  test.each([
    { given: [], reason: 'fraud', told: allowed('never-skip'), why: 'a reason of never' },
    { given: [closed()], reason: 'fraud', told: allowed('never-skip'), why: 'a reason of never beats a closing' },
    { given: [erased()], reason: 'legal-order', told: allowed('never-skip'), why: 'and an erasure' },
    { given: [charged(1_000_000), closed()], reason: 'debt', told: allowed('closed'), why: 'closed' },
    { given: [charged(1_000_000), erased()], reason: 'debt', told: allowed('closed'), why: 'erased' },
    { given: [closed()], reason: 'debt', told: allowed('closed'), why: 'a closing beats no protection' },
    { given: [charged(999_999)], reason: 'debt', told: allowed('not-protected'), why: 'no rule matches' },
    { given: [], reason: 'debt', told: allowed('not-protected'), why: 'whoever is not known at all' },
    { given: [charged(1_000_000)], reason: 'debt', told: allowed('skip-limit'), why: 'the limit beats the cap' },
    { given: [charged(1_000_000)], reason: 'identity', told: allowed('skip-limit'), why: 'another reason is a reason' },
  ] as const)('$told.told.data.reason: $why', ({ given, reason, told }) => {
    scenario(protecting(one, { never }))
      .given(...given)
      .when(requested({ reason, ...owing(1) }))
      .then(told);
  });

  test('without the section nobody is protected', () => {
    scenario().given(charged(5_000_000)).when(requested()).then(allowed('not-protected'));
  });
});

describe('the first rule that matches decides, in the order of the policy', () => {
  const both = { list: 'official', minTier: 'vip' };
  const vip = { minTier: 'vip', maxConsecutiveSkips: 0 };
  test.each([
    { rules: [both], given: [listed('official')], told: allowed('not-protected'), why: 'a list without the tier' },
    { rules: [both], given: [charged(1_000_000)], told: allowed('not-protected'), why: 'a tier without the list' },
    { rules: [both], given: [listed('official'), charged(1_000_000)], told: skipped(1), why: 'both hold' },
    { rules: [{ minTier: 'gold' }], given: [charged(2_999_999)], told: allowed('not-protected'), why: 'one below' },
    { rules: [{ minTier: 'gold' }], given: [charged(3_000_000)], told: skipped(1), why: 'exactly the tier' },
    { rules: [{ minTier: 'gold' }], given: [listed('board')], told: skipped(1), why: 'a floor lifts to the tier' },
    {
      rules: [{ list: 'official' }, vip],
      given: [listed('official'), charged(1_000_000)],
      told: skipped(1),
      why: 'the first, which has no limit',
    },
    {
      rules: [vip, { list: 'official' }],
      given: [listed('official'), charged(1_000_000)],
      told: allowed('skip-limit'),
      why: 'the first, which has one: the second is not asked',
    },
    { rules: [vip, { list: 'official' }], given: [listed('official')], told: skipped(1), why: 'the second alone' },
  ])('$why', ({ rules, given, told }) => {
    scenario(protecting(rules))
      .given(...given)
      .when(requested(owing(1)))
      .then(told);
  });

  test.each([
    { now: '2026-08-19T23:59:59.999+07:00', told: allowed('not-protected'), why: 'before the listing' },
    { now: '2026-08-20T00:00+07:00', told: skipped(1), why: 'its first instant' },
    { now: '2026-08-20T23:59:59.999+07:00', told: skipped(1), why: 'its last millisecond' },
    { now: '2026-08-21T00:00+07:00', told: allowed('not-protected'), why: 'its end does not belong to it' },
  ])('a list protects while its listing is valid: $why', ({ now, told }) => {
    scenario(protecting([{ list: 'official' }]))
      .given(listed('official', '2026-08-20T00:00+07:00', '2026-08-21T00:00+07:00'))
      .when(at(now, requested()))
      .then(told);
  });
});

describe('maxConsecutiveSkips', () => {
  test.each([
    { max: 0, told: [allowed('skip-limit'), allowed('skip-limit'), allowed('skip-limit')], why: 'none' },
    { max: 1, told: [skipped(1), allowed('skip-limit'), allowed('skip-limit')], why: 'one' },
    { max: 2, told: [skipped(1), skipped(2), allowed('skip-limit')], why: 'exactly two' },
    { max: 3, told: [skipped(1), skipped(2), skipped(3)], why: 'three' },
    { max: undefined, told: [skipped(1), skipped(2), skipped(3)], why: 'no limit' },
  ])('$max: $why', ({ max, told }) => {
    scenario(protecting([{ list: 'official', ...(max !== undefined && { maxConsecutiveSkips: max }) }]))
      .given(listed('official'))
      .when(...requests(5, 5, 5))
      .then(...told);
  });

  test('counts the skips of all rules, and what is allowed between does not count', () => {
    const rules = [{ minTier: 'vip', maxConsecutiveSkips: 2 }, { list: 'official' }];
    const fraud = requested({ requestId: 'r-0', reason: 'fraud' });
    scenario(protecting(rules, { never: ['fraud'] }))
      .given(listed('official'), requested({ requestId: 'r-9' }))
      .when(charged(1_000_000), fraud, ...requests(5, 5))
      .then(tierUpgraded('vip'), allowed('never-skip'), skipped(2), allowed('skip-limit'));
  });
});

describe('debtCap.absolute', () => {
  test.each([
    { absolute: 100, debt: 99, told: skipped(1), why: 'one below' },
    { absolute: 100, debt: 100, told: skipped(1), why: 'exactly the cap' },
    { absolute: 100, debt: 101, told: allowed('debt-cap'), why: 'one above' },
    { absolute: 0, debt: 0, told: skipped(0), why: 'nothing is owed: no cap is asked' },
    { absolute: 0, debt: 1, told: allowed('debt-cap'), why: 'any debt' },
  ])('$absolute, with a debt of $debt: $why', ({ absolute, debt, told }) => {
    scenario(protecting([{ list: 'official', debtCap: { absolute } }]))
      .given(listed('official'))
      .when(requested(owing(debt)))
      .then(told);
  });
});

describe('debtCap.percentOfAverage', () => {
  const capped = protecting([{ list: 'official', debtCap: { absolute: 900, percentOfAverage: 150 } }]);
  const spent = (amount: number, month = '2026-07') => opened({ months: { [month]: amount } });
  test.each([
    { months: 300, debt: 149, told: skipped(1), why: 'an average of 100: one below' },
    { months: 300, debt: 150, told: skipped(1), why: 'exactly 150 %' },
    { months: 300, debt: 151, told: allowed('debt-cap'), why: 'one above' },
    { months: 302, debt: 150, told: skipped(1), why: 'the average is floored' },
    { months: 302, debt: 151, told: allowed('debt-cap'), why: 'so 151 is above' },
    { months: 303, debt: 151, told: skipped(1), why: 'an average of 101: 151 is not above 151.5' },
    { months: 303, debt: 152, told: allowed('debt-cap'), why: '152 is' },
    { months: 2, debt: 900, told: skipped(1), why: 'an average of 0 caps nothing' },
    { months: -300, debt: 900, told: skipped(1), why: 'nor does one below 0' },
    { months: 3_000_000, debt: 901, told: allowed('debt-cap'), why: 'the absolute cap holds beside it' },
  ])('150, with $months in three months and a debt of $debt: $why', ({ months, debt, told }) => {
    scenario(capped)
      .given(spent(months), listed('official'))
      .when(requested(owing(debt)))
      .then(told);
  });

  test.each([
    { month: '2026-04', told: skipped(1), why: 'four months back is not in it' },
    { month: '2026-05', told: allowed('debt-cap'), why: 'the first of three months' },
    { month: '2026-08', told: skipped(1), why: 'this month is not in it' },
  ])('the average is anchored on today: $month: $why', ({ month, told }) => {
    scenario(capped)
      .given(spent(300, month), listed('official'))
      .when(requested(owing(151)))
      .then(told);
  });

  test('is exact where floating point is not', () => {
    const most = 10 ** 12;
    const average = most - 99;
    const above = Number((BigInt(average) * 99_999n + 1n) / 100n);
    const whole = protecting([{ list: 'official', debtCap: { percentOfAverage: 99_999 } }]);
    const amounts = [...Array.from({ length: Math.floor(above / most) }, () => most), (above % most) - 1];
    const invoices = amounts.map((amount, n) => invoiced(amount, { invoiceId: `i-${n}`, dueOn: '2026-08-01' }));
    scenario(whole)
      .given(opened({ months: { '2026-05': average, '2026-06': average, '2026-07': average } }), listed('official'))
      .given(...invoices)
      .when(requested(), invoiced(1, { invoiceId: 'last', dueOn: '2026-08-01' }), requested({ requestId: 'r-2' }))
      .then(skipped(1), allowed('debt-cap'));
  });
});

describe('the debt is', () => {
  const capped = protecting([{ list: 'official', debtCap: { absolute: 100 } }]);
  const overdue = invoiced(101, { dueOn: '2026-08-01' });
  test.each([
    { given: [overdue], debt: {}, told: allowed('debt-cap'), why: "the ledger's, when the request names none" },
    { given: [overdue], debt: owing(100), told: skipped(1), why: "the request's own, though the ledger's is above" },
    { given: [], debt: owing(101), told: allowed('debt-cap'), why: "the request's own, though the ledger has none" },
    {
      given: [overdue],
      debt: owing(1, 'USD'),
      told: allowed('debt-cap'),
      why: 'a debt in another currency names none',
    },
    { given: [overdue], debt: owing(0), told: skipped(0), why: 'nothing, where the request says so' },
    { given: [overdue, paid(1)], debt: {}, told: skipped(1), why: "the ledger's after a payment" },
    { given: [], debt: {}, told: skipped(1), why: 'unknown, where there is no ledger: below any cap, and it counts' },
    { given: [paid(500)], debt: {}, told: skipped(1), why: 'unknown too, where only a payment was seen' },
  ])('$why', ({ given, debt, told }) => {
    scenario(capped)
      .given(listed('official'), ...given)
      .when(requested(debt))
      .then(told);
  });

  test('that of opening balances, overdue at once', () => {
    scenario(capped)
      .given(opened({ debt: { amount: 101, currency: 'VND' } }), listed('official'))
      .when(requested(), paid(1), requested({ requestId: 'r-2' }))
      .then(allowed('debt-cap'), skipped(1));
  });
});

describe('who is known to owe nothing is skipped without counting', () => {
  const strict = protecting([{ list: 'official', maxConsecutiveSkips: 0, debtCap: { absolute: 0 }, skipDays: 7 }]);
  const validUntil = '2026-08-17T02:00:00Z';
  test.each([
    { given: [invoiced(500)], debt: {}, why: 'the invoice is not due yet' },
    { given: [invoiced(500, { dueOn: '2026-08-09' }), paid(500)], debt: {}, why: 'the payment has just come in' },
    { given: [invoiced(0, { dueOn: '2026-08-09' })], debt: {}, why: 'the invoice was of nothing' },
    { given: [], debt: owing(0), why: 'the request says so' },
  ])('though the limit is reached: $why', ({ given, debt }) => {
    scenario(strict)
      .given(listed('official'), ...given)
      .when(requested(debt), requested({ ...debt, requestId: 'r-2' }))
      .then(skipped(0, { validUntil }), skipped(0, { validUntil }));
  });

  test('an opening debt of 0 is known', () => {
    scenario(strict)
      .given(opened({ debt: { amount: 0, currency: 'VND' } }), listed('official'))
      .when(requested())
      .then(skipped(0));
  });

  test('an opening debt in another currency is not', () => {
    scenario(protecting([{ list: 'official' }]))
      .given(opened({ debt: { amount: 0, currency: 'USD' } }), listed('official'))
      .when(requested())
      .then(skipped(1));
  });

  test('and nothing expires, and standing names no end', () => {
    scenario(strict)
      .given(listed('official'))
      .when(requested(owing(0)), at('2026-09-30T00:00+07:00', ticked()))
      .then(skipped(0, { validUntil }));
  });

  test('even where its count stands at the limit, which it tells and does not raise', () => {
    const one = protecting([{ list: 'official', maxConsecutiveSkips: 1 }]);
    scenario(one)
      .given(listed('official'), requested(owing(5)))
      .when(requested({ requestId: 'r-2', ...owing(0) }), requested({ requestId: 'r-3', ...owing(5) }))
      .then(skipped(1), allowed('skip-limit'));
  });
});

describe('validUntil', () => {
  test.each([
    { skipDays: 1, validUntil: '2026-08-11T02:00:00Z', why: 'a day of 24 hours' },
    { skipDays: 30, validUntil: '2026-09-09T02:00:00Z', why: 'over the end of a month' },
    { skipDays: 150, validUntil: '2027-01-07T02:00:00Z', why: 'over the end of a year' },
  ])('is now and $skipDays days: $why', ({ skipDays, validUntil }) => {
    scenario(protecting([{ list: 'official', skipDays }]))
      .given(listed('official'))
      .when(requested(owing(5)))
      .then(skipped(1, { validUntil, requestId: 'r-1', reason: 'debt' }));
  });

  test('is days of 24 hours where the clock changes', () => {
    const london = { ...protecting([{ list: 'official', skipDays: 2 }]), zone: 'Europe/London' };
    scenario(london)
      .given(at('2026-10-24T12:00+01:00', listed('official')))
      .when(requested(owing(5)))
      .then(skipped(1, { validUntil: '2026-10-26T11:00:00Z' }));
  });

  test('is missing without skipDays', () => {
    const told = scenario(protecting([{ list: 'official' }]))
      .given(listed('official'))
      .when(requested(owing(5))).told[0];
    expect(told?.data).toEqual({ requestId: 'r-1', reason: 'debt', skips: 1, because: expect.anything() });
  });
});

describe('an answer says why', () => {
  const cap = { absolute: 900, percentOfAverage: 150 };
  const story = () =>
    scenario(protecting([{ list: 'official', debtCap: cap, maxConsecutiveSkips: 1 }], { never: ['fraud'] })).given(
      opened({ months: { '2026-06': 300 } }),
      listed('official'),
    );
  const window = { window: 'average-of-last-3-months', from: '2026-05-01', to: '2026-08-01', value: 100 };
  test.each([
    { request: owing(150), answer: { reason: 'debt', skips: 1 }, figures: {}, why: 'skipped has no figures' },
    { request: owing(901), answer: { reason: 'debt-cap' }, figures: { threshold: 900 }, why: 'the absolute cap' },
    {
      request: owing(151),
      answer: { reason: 'debt-cap' },
      figures: { threshold: 150, window },
      why: 'the cap by the average',
    },
    { request: { reason: 'fraud' as const }, answer: { reason: 'never-skip' }, figures: {}, why: 'never' },
  ])('$why', ({ request, answer, figures }) => {
    const told = story().when(requested(request).named('q-1')).told[0];
    const cause = { source: '/billing', id: 'q-1', type: 'alo.suspension.requested.v1', time: '2026-08-10T02:00:00Z' };
    const because = { rule: 'suspension', policy: expect.objectContaining({ version: 1 }), ...figures, cause };
    expect(told?.data).toEqual({ requestId: 'r-1', ...answer, because });
  });

  test('and the limit of skips has no figure', () => {
    const because = { rule: 'suspension', policy: expect.anything(), cause: expect.anything() };
    expect(story().when(...requests(5, 5)).told[1]?.data).toEqual({ requestId: 'r-2', reason: 'skip-limit', because });
  });

  test('with an id of its request', () => {
    story()
      .when(requested({ requestId: 'r/1' }), requested({ requestId: 'r 2', reason: 'fraud' }))
      .then(
        skipped(1, { requestId: 'r/1' }).withId('suspension.skipped/s-17/r%2F1'),
        allowed('never-skip').withId('suspension.allowed/s-17/r%202'),
      );
  });
});

describe('a request is answered whatever its time, at now', () => {
  test.each([
    { occurred: '2036-08-10T09:00+07:00', why: 'ten years ahead' },
    { occurred: '1996-08-10T09:00+07:00', why: 'thirty years back' },
    { occurred: '0001-01-01T00:00+00:00', why: 'two thousand years back' },
  ])('$why', ({ occurred }) => {
    scenario(protecting([{ list: 'official', skipDays: 1 }]))
      .given(listed('official'))
      .when(requested(owing(5)).occurred(occurred))
      .then(skipped(1, { validUntil: '2026-08-11T02:00:00Z' }).at('2026-08-10T09:00+07:00'));
  });

  test('and one that lies far ahead keeps no fingerprint longer than it must be kept', () => {
    const story = scenario().given(requested().occurred('2099-01-01T00:00Z'), paid(1));
    story.given(at('2029-01-01T00:00Z', paid(1)), at('2029-01-02T00:00Z', paid(1)));
    expect(story.partition.state('s-17')?.lasting.length).toBe(3 * 14);
  });
});

describe('a repeated requestId changes and emits nothing', () => {
  const rules = protecting([{ list: 'official', maxConsecutiveSkips: 2, skipDays: 7 }]);
  const again = requested(owing(5)).named('other');
  test.each([
    { first: requested(owing(5)), more: [listed('official')], told: [skipped(1)], why: 'after a skip' },
    { first: requested(owing(5)), more: [], told: [allowed('not-protected')], why: 'after an answer that allowed it' },
    { first: requested(owing(0)), more: [listed('official')], told: [skipped(0)], why: 'after one that did not count' },
    { first: requested(owing(5)), more: [closed()], told: [allowed('closed')], why: 'of who is closed' },
  ])('$why', ({ first, more, told }) => {
    const story = scenario(rules).given(...more);
    story.when(first, again).then(...told);
    const { suspension } = story.partition.state('s-17') ?? {};
    story.when(again.named('third'), requested({ reason: 'fraud', stage: 'both' }).named('fourth')).then();
    expect(story.partition.state('s-17')?.suspension).toEqual(suspension);
  });

  test('not even what an activation has left to be told', () => {
    scenario(policy({ lists }))
      .given(listed('official'), requested())
      .when(activated({ ...rules, version: 2 }), requested().named('again'))
      .then()
      .when(requested({ requestId: 'r-2' }))
      .then(skipped(1), standing({ protected: true }));
  });

  test('years later, and of another source', () => {
    scenario(rules)
      .given(listed('official'), requested(owing(5)))
      .when(at('2036-08-10T09:00+07:00', requested().from('/crm')))
      .then(skipExpired('r-1'));
  });

  test('who was closed after it gets no second answer', () => {
    scenario(rules).given(listed('official'), requested(), closed()).when(again).then();
  });

  test('who was erased does, each time', () => {
    const story = scenario(rules).given(listed('official'), requested(), erased());
    story.when(again, again).then(allowed('closed'), allowed('closed'));
  });

  test('another subscriber may use it too', () => {
    scenario(rules).given(requested()).when(requested().by('s-2')).then(allowed('not-protected').to('s-2'));
  });

  test('the same event is a duplicate, and one with other content a conflict', () => {
    scenario(rules)
      .given(requested().named('q-1'))
      .when(requested().named('q-1'), requested({ stage: 'both' }).named('q-1'))
      .then(duplicate(), refused('CONFLICT'));
  });

  test('a thousand later, and one more is forgotten', () => {
    const story = scenario(rules).given(...Array.from({ length: 1001 }, (_, n) => requested({ requestId: `r-${n}` })));
    story.when(requested({ requestId: 'r-1' })).then();
    story.when(requested({ requestId: 'r-0' })).then(allowed('not-protected'));
    expect(story.partition.state('s-17')?.suspension?.answered.length).toBe(11_000);
  });
});

describe('a request that is malformed is refused', () => {
  test.each([
    { data: {}, why: 'nothing' },
    { data: { requestId: '', stage: 'both', reason: 'debt' }, why: 'an empty id' },
    { data: { requestId: 'r-1', stage: 'incoming', reason: 'debt' }, why: 'a stage that nobody knows' },
    { data: { requestId: 'r-1', stage: 'both', reason: 'rude' }, why: 'a reason that nobody knows' },
    { data: { requestId: 'r-1', stage: 'both', reason: 'debt', debt: 5 }, why: 'a debt without a currency' },
    { data: { requestId: 'r-1', stage: 'both', reason: 'debt', ...owing(-1) }, why: 'a debt below 0' },
    { data: { requestId: 'r-1', stage: 'both', reason: 'debt', ...owing(0.5) }, why: 'half a đồng' },
    { data: { requestId: 'r-1', stage: 'both', reason: 'debt', debt: null }, why: 'null is not a missing field' },
  ])('$why', ({ data }) => {
    scenario().when(requested().but({ data })).then(refused('SCHEMA'));
  });
});

test('a request is a cause like any other: what changed before it is told with it, standing last', () => {
  scenario(protecting([{ minTier: 'gold', skipDays: 1 }]))
    .given(charged(1_000_000), adjusted(-1, '2026-08-10T08:00+07:00'))
    .given(listed('board', '2026-08-11T00:00+07:00'))
    .when(at('2026-08-11T00:00+07:00', requested(owing(5))))
    .then(
      tierUpgraded('gold'),
      standing({ tier: 'gold', protected: true }),
      skipped(1),
      standing({ skipUntil: '2026-08-11T17:00:00Z' }),
    );
});
