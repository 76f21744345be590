import { describe, expect, test } from '@jest/globals';
import {
  activated,
  closed,
  erased,
  invoiced,
  listed,
  opened,
  paid,
  requested,
  reversed,
  ticked,
} from '../testing/events.ts';
import { allowed, skipExpired, skipped, standing, standingEnded } from '../testing/expectations.ts';
import { policy } from '../testing/policies.ts';
import { at, scenario } from '../testing/scenario.ts';

const protecting = (rule: object = {}) =>
  policy({ lists: { official: {} }, suspension: { protect: [{ list: 'official', ...rule }] } });
const once = protecting({ maxConsecutiveSkips: 1 });
const weekly = protecting({ skipDays: 7 });
const request = (requestId: string, amount = 100) => requested({ requestId, debt: { amount, currency: 'VND' } });
const official = (rules: object) => scenario(rules).given(listed('official'));

describe('a payment with which the net sum since the last counted skip reaches its debt settles it', () => {
  const open = skipped(1);
  const shut = allowed('skip-limit');
  test.each([
    { events: [paid(99)], told: shut, why: 'one below' },
    { events: [paid(100)], told: open, why: 'exactly the debt' },
    { events: [paid(101)], told: open, why: 'one above' },
    { events: [paid(60), paid(39)], told: shut, why: 'two, one below' },
    { events: [paid(60), paid(40)], told: open, why: 'two that reach it' },
    { events: [paid(60), reversed(10), paid(49)], told: shut, why: 'the sum is net of reversals: one below' },
    { events: [paid(60), reversed(10), paid(50)], told: open, why: 'net of reversals, and reached' },
    { events: [reversed(10), paid(109)], told: shut, why: 'a reversal before the first payment counts too' },
    { events: [reversed(10), paid(110)], told: open, why: 'and can be made good' },
    { events: [paid(100), reversed(100)], told: open, why: 'what is settled is settled for good' },
  ])('$why', ({ events, told }) => {
    official(once)
      .given(request('r-1'), ...events)
      .when(request('r-2'))
      .then(told);
  });

  test('what was paid before it does not count', () => {
    official(once).given(paid(500), request('r-1')).when(request('r-2')).then(shut);
  });

  test("the ledger's debt, where the request named none", () => {
    official(once)
      .given(invoiced(100, { dueOn: '2026-08-01' }), requested(), paid(99))
      .when(request('r-2'), paid(1), request('r-3'))
      .then(shut, open);
  });

  test('any payment, where nobody knew a debt', () => {
    official(once).given(requested()).when(request('r-2'), paid(1), request('r-3')).then(shut, open);
  });

  test('the debt of the last counted skip, and of no earlier one', () => {
    official(protecting({ maxConsecutiveSkips: 2 }))
      .given(request('r-1', 500), request('r-2', 100), paid(100))
      .when(request('r-3'))
      .then(skipped(1));
  });

  test('since that one: what was paid between does not count', () => {
    official(protecting({ maxConsecutiveSkips: 2 }))
      .given(request('r-1'), paid(60), request('r-2'), paid(99))
      .when(request('r-3'))
      .then(shut);
  });

  test('and a skip that does not count moves neither', () => {
    official(once).given(request('r-1'), paid(60), request('r-0', 0), paid(40)).when(request('r-2')).then(open);
  });

  test('nor does a request that was allowed', () => {
    official(once).given(request('r-1'), paid(60), request('r-2'), paid(40)).when(request('r-3')).then(open);
  });

  test('whoever it is of: nobody else is settled by it', () => {
    official(once).given(request('r-1'), paid(100).by('s-2')).when(request('r-2')).then(shut);
  });
});

describe('at validUntil, while it is open, a skip expires', () => {
  const at0 = '2026-08-17T09:00+07:00';
  test.each([
    { until: '2026-08-17T08:59:59.999+07:00', told: [], why: 'a millisecond before' },
    { until: at0, told: [skipExpired('r-1').at(at0)], why: 'at its very end' },
    { until: '2026-08-20T00:00+07:00', told: [skipExpired('r-1').at(at0)], why: 'days later: at its own instant' },
  ])('now $until: $why', ({ until, told }) => {
    official(weekly)
      .given(request('r-1'))
      .when(at(until, ticked()))
      .then(...told);
  });

  test('once, and with the reason of the request', () => {
    const told = official(weekly)
      .given(requested({ reason: 'identity' }))
      .when(at(at0, ticked()), at('2026-12-01T00:00+07:00', ticked())).told;
    expect(told[0]).toMatchObject({ id: 'suspension.skip-expired/s-17/r-1', time: '2026-08-17T02:00:00Z' });
    expect(told[0]?.data).toEqual({
      requestId: 'r-1',
      reason: 'identity',
      because: {
        rule: 'suspension',
        policy: expect.anything(),
        cause: { due: 'skip-expiry', at: '2026-08-17T02:00:00Z' },
      },
    });
    expect(told.filter(({ name }) => name === 'suspension.skip-expired')).toHaveLength(1);
  });

  test('before what comes at that very instant', () => {
    official(weekly)
      .given(request('r-1'))
      .when(at(at0, request('r-2')))
      .then(skipExpired('r-1'), skipped(2));
  });

  test('unless it was settled', () => {
    official(weekly).given(request('r-1'), paid(100)).when(at(at0, ticked())).then();
  });

  test('unless a later one took its place', () => {
    official(weekly)
      .given(request('r-1'), at('2026-08-12T09:00+07:00', request('r-2')))
      .when(at('2026-08-30T00:00+07:00', ticked()))
      .then(skipExpired('r-2').at('2026-08-19T09:00+07:00'));
  });

  test('though a later one did not count', () => {
    official(weekly)
      .given(request('r-1'), at('2026-08-12T09:00+07:00', request('r-2', 0)))
      .when(at('2026-08-30T00:00+07:00', ticked()))
      .then(skipExpired('r-1'));
  });

  test('though a new policy has no such rule any more', () => {
    official(weekly)
      .given(request('r-1'), activated(policy({ version: 2 })))
      .when(at('2026-08-30T00:00+07:00', ticked()))
      .then(skipExpired('r-1').because({ policy: { version: 2 } }));
  });

  test('and the count stays as it is', () => {
    official(weekly).given(request('r-1'), at(at0, ticked())).when(request('r-2')).then(skipped(2));
  });

  test('and it can still be settled', () => {
    official(weekly).given(request('r-1'), paid(60), at(at0, ticked()), paid(40)).when(request('r-2')).then(skipped(1));
  });

  test.each([
    { event: closed(), why: 'who is closed' },
    { event: erased(), why: 'who is erased' },
  ])('and $why hears of it no more', ({ event }) => {
    official(weekly).given(request('r-1'), event).when(at('2026-08-30T00:00+07:00', ticked())).then();
  });
});

describe('standing names the end of a skip while it is open', () => {
  const skipUntil = '2026-08-17T02:00:00Z';
  const stands = (story: ReturnType<typeof scenario>) => story.partition.state('s-17')?.standing;

  test('from the skip to its end', () => {
    official(weekly)
      .when(request('r-1'), at('2026-08-18T00:00+07:00', ticked()))
      .then(
        skipped(1, { validUntil: skipUntil }),
        standing({ tier: 'base', protected: true, skipUntil, promotionsMuted: false }),
        skipExpired('r-1'),
        standing({ tier: 'base', protected: true })
          .at('2026-08-17T09:00+07:00')
          .withId('standing.changed/s-17/skip-expiry/2026-08-17T02%3A00%3A00Z'),
      );
  });

  test('or to the payment that settles it', () => {
    const story = official(weekly).given(request('r-1'), paid(99));
    story.when(paid(1).named('p-2')).then(standing({ protected: true }).because({ cause: { id: 'p-2' } }));
    expect(stands(story)).toEqual({ tier: 'base', protected: true, promotionsMuted: false });
  });

  test('and the end of the next one, where that took its place', () => {
    official(weekly)
      .given(request('r-1'))
      .when(at('2026-08-12T09:00+07:00', request('r-2')))
      .then(skipped(2), standing({ skipUntil: '2026-08-19T02:00:00Z' }));
  });

  test.each([
    { rules: protecting(), amount: 100, why: 'a skip without an end' },
    { rules: weekly, amount: 0, why: 'a skip that does not count' },
  ])('and none for $why', ({ rules, amount }) => {
    const story = official(rules).given(request('r-1', amount));
    expect(stands(story)).toEqual({ tier: 'base', protected: true, promotionsMuted: false });
  });

  test('and a later skip without an end takes it away', () => {
    const story = official(weekly).given(request('r-1'), activated({ ...protecting(), version: 2 }));
    story.when(request('r-2')).then(skipped(2), standing({ protected: true }));
    expect(stands(story)).not.toHaveProperty('skipUntil');
  });

  test('and its end is the end of all', () => {
    official(weekly).given(request('r-1')).when(closed()).then(standingEnded());
  });
});

test('opening balances leave no skip open', () => {
  const story = scenario(weekly).given(opened({ debt: { amount: 5, currency: 'VND' } }));
  expect(story.partition.state('s-17')?.suspension).toBeUndefined();
  expect(story.partition.dueAt('s-17')).toBeUndefined();
});
