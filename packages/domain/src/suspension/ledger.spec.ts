import { type AloEvent, readEvent, sumMinorMax } from '@alo/contracts';
import { describe, expect, test } from '@jest/globals';
import { type ActivePolicy, activatePolicy } from '../active-policy.ts';
import { impossibleNow } from '../admission/state-refusals.ts';
import { type State, unknownSubscriber } from '../state.ts';
import { encodeState } from '../state-codec.ts';
import {
  activated,
  billed,
  closed,
  erased,
  type Happening,
  instant,
  invoiced,
  listed,
  opened,
  paid,
  requested,
  reversed,
  ticked,
} from '../testing/events.ts';
import { duplicate, refused, reminderDue, skipped } from '../testing/expectations.ts';
import { policy } from '../testing/policies.ts';
import { at, scenario } from '../testing/scenario.ts';
import { debtOn, emptyLedger, outstandingOf } from './ledger.ts';

type Story = ReturnType<typeof scenario>;

const stateOf = ({ partition }: Story) => partition.state('s-17');
const ledgerOf = (story: Story) => stateOf(story)?.ledger ?? emptyLedger;
/** The ledger's debt on the civil day of an instant; without one, now. */
const debtOf = (story: Story, time?: string) => {
  const { policy: active, now } = story.partition.header();
  return debtOn(ledgerOf(story), active?.calendar.dayOf(time === undefined ? (now ?? 0) : instant(time)) ?? 0);
};
const owedOnOpening = (amount: number, currency = 'VND') => opened({ debt: { amount, currency } });
/** An invoice that is overdue since 2 August. */
const overdue = (amount: number, invoiceId = 'i-1') => invoiced(amount, { invoiceId, dueOn: '2026-08-01' });
const due = (amount: number, dueOn: string, invoiceId: string) => invoiced(amount, { invoiceId, dueOn });

describe('debt is what is overdue, less all payments, and at least 0', () => {
  test.each<{ events: readonly Happening[]; debt: number; why: string }>([
    { events: [], debt: 0, why: 'nothing is known' },
    { events: [overdue(500)], debt: 500, why: 'one invoice' },
    { events: [overdue(500), overdue(300, 'i-2')], debt: 800, why: 'two' },
    { events: [overdue(500), due(300, '2026-08-25', 'i-2')], debt: 500, why: 'one that is not overdue does not count' },
    { events: [overdue(500), paid(499)], debt: 1, why: 'one less is paid' },
    { events: [overdue(500), paid(500)], debt: 0, why: 'all is paid' },
    { events: [overdue(500), paid(501)], debt: 0, why: 'more is paid: never below 0' },
    { events: [paid(501), overdue(500)], debt: 0, why: 'paid before its invoice' },
    { events: [overdue(500), paid(300), paid(100)], debt: 100, why: 'in parts' },
    { events: [overdue(500), paid(300, { invoiceId: 'i-9' })], debt: 200, why: 'in the name of an invoice unheard of' },
    { events: [overdue(500), paid(500), reversed(200)], debt: 200, why: 'a payment came back' },
    { events: [overdue(500), reversed(200)], debt: 700, why: 'one came back that alo never saw' },
    { events: [reversed(200)], debt: 200, why: 'that alone is owed' },
    { events: [paid(600), overdue(500), reversed(50)], debt: 0, why: 'of credit, not of the invoice' },
    { events: [paid(600), overdue(500), reversed(101)], debt: 1, why: 'of credit and one of the invoice' },
    { events: [overdue(500), billed(100)], debt: 600, why: 'adjusted upwards' },
    { events: [overdue(500), billed(-100)], debt: 400, why: 'adjusted downwards' },
    { events: [overdue(500), billed(-500)], debt: 0, why: 'adjusted to nothing' },
    { events: [overdue(500), billed(-600), overdue(300, 'i-2')], debt: 200, why: 'below nothing it is credit' },
    { events: [overdue(500), billed(-600), billed(200)], debt: 100, why: 'and comes back from there' },
    { events: [due(500, '2026-08-25', 'i-1'), billed(-600), overdue(300, 'i-2')], debt: 200, why: 'credit at once' },
    { events: [overdue(0)], debt: 0, why: 'an invoice of nothing' },
    { events: [owedOnOpening(700)], debt: 700, why: 'an opening debt, at once' },
    { events: [owedOnOpening(700), overdue(500), paid(900)], debt: 300, why: 'with an invoice' },
    { events: [owedOnOpening(700, 'USD')], debt: 0, why: 'an opening debt in another currency is none' },
  ])('$debt: $why', ({ events, debt }) => {
    expect(debtOf(scenario().given(...events))).toBe(debt);
  });

  test.each([
    { dueOn: '2026-08-31', last: '2026-08-31T23:59:59.999+07:00', first: '2026-09-01T00:00+07:00', why: 'a month end' },
    { dueOn: '2026-12-31', last: '2026-12-31T23:59:59.999+07:00', first: '2027-01-01T00:00+07:00', why: 'a year end' },
    { dueOn: '2028-02-28', last: '2028-02-28T23:59:59.999+07:00', first: '2028-02-29T00:00+07:00', why: '29 February' },
  ])('$dueOn is overdue with the next local midnight: $why', ({ dueOn, last, first }) => {
    const story = scenario().given(due(500, dueOn, 'i-1'));
    expect([debtOf(story, last), debtOf(story, first)]).toEqual([0, 500]);
  });
});

describe('payments settle the oldest due date first', () => {
  const august = due(300, '2026-08-25', 'august');
  const july = due(200, '2026-07-25', 'july');
  const june = due(100, '2026-06-25', 'june');
  test.each([
    { events: [june, july, august, paid(50)], left: [50, 200, 300], why: 'a part of the oldest' },
    { events: [august, july, june, paid(150)], left: [0, 150, 300], why: 'whatever came first' },
    { events: [paid(350), august, july, june], left: [0, 0, 250], why: 'with credit too' },
    { events: [june, july, august, paid(600)], left: [0, 0, 0], why: 'all' },
    { events: [june, july, august, reversed(50)], left: [100, 200, 300], why: 'none has more unpaid than its amount' },
    { events: [june, july, august, paid(600), reversed(100)], left: [0, 0, 100], why: 'the youngest is unpaid again' },
    {
      events: [owedOnOpening(90), june, july, august, paid(120)],
      left: [70, 200, 300],
      why: 'an opening debt is older',
    },
  ])('$left: $why', ({ events, left }) => {
    const reminding = policy({ suspension: { remind: ['P90D'] } });
    expect(outstandingOf(ledgerOf(scenario(reminding).given(...events)))).toEqual(left);
  });
});

describe('STATE: an invoice is issued once, and adjusted when it is known', () => {
  const first = invoiced(500).named('b-1');
  test.each<{ given: readonly Happening[]; event: Happening; told: Parameters<typeof told>[0]; why: string }>([
    { given: [first], event: invoiced(500).named('b-2'), told: 'STATE', why: 'issued twice' },
    { given: [first], event: invoiced(9, { dueOn: '2027-01-01' }), told: 'STATE', why: 'twice with other content' },
    { given: [first], event: first, told: 'duplicate', why: 'the same event is a duplicate' },
    { given: [first], event: invoiced(9).named('b-1'), told: 'CONFLICT', why: 'the same event with other content' },
    { given: [first], event: invoiced(500, { invoiceId: 'i-2' }), told: undefined, why: 'another id' },
    { given: [first], event: invoiced(500).by('s-2'), told: undefined, why: 'of another subscriber' },
    { given: [first, paid(500)], event: invoiced(500), told: 'STATE', why: 'twice, though it is paid' },
    { given: [first, closed()], event: invoiced(500), told: 'STATE', why: 'twice, after a closing' },
    { given: [closed()], event: invoiced(500), told: undefined, why: 'a final bill' },
    { given: [erased()], event: invoiced(500), told: 'STATE', why: 'after erasure' },
    { given: [], event: billed(5), told: 'STATE', why: 'an adjustment of an invoice that is not known' },
    { given: [first], event: billed(5, { invoiceId: 'i-2' }), told: 'STATE', why: 'nor is another' },
    { given: [first.by('s-2')], event: billed(5), told: 'STATE', why: 'nor that of another subscriber' },
    { given: [first], event: billed(5), told: undefined, why: 'an adjustment of one that is' },
    { given: [first, closed()], event: billed(5), told: undefined, why: 'after a closing too' },
    { given: [], event: paid(5, { invoiceId: 'i-9' }), told: undefined, why: 'a payment names what it likes' },
    { given: [], event: invoiced(5, { currency: 'USD' }), told: 'CURRENCY', why: 'an invoice in another currency' },
    { given: [], event: paid(5, { currency: 'USD' }), told: 'CURRENCY', why: 'a payment in another currency' },
    {
      given: [first],
      event: reversed(5, { currency: 'USD' }),
      told: 'CURRENCY',
      why: 'a reversal in another currency',
    },
    { given: [first], event: billed(5, { currency: 'USD' }), told: 'CURRENCY', why: 'an adjustment likewise' },
    { given: [], event: invoiced(-1), told: 'SCHEMA', why: 'an invoice below nothing' },
    { given: [], event: invoiced(5, { dueOn: '2026-02-30' }), told: 'SCHEMA', why: 'a day that never is' },
    { given: [], event: paid(0), told: 'SCHEMA', why: 'a payment of nothing' },
  ])('$why', ({ given, event, told: what }) => {
    scenario()
      .given(...given)
      .when(event)
      .then(...told(what));
  });

  const told = (what: Parameters<typeof refused>[0] | 'duplicate' | undefined) =>
    what === undefined ? [] : [what === 'duplicate' ? duplicate() : refused(what)];

  test('a refused one changes nothing, and leaves no id behind', () => {
    const story = scenario().given(first);
    const state = stateOf(story);
    story.when(invoiced(9).named('b-2'), billed(9, { invoiceId: 'i-2' })).then(refused('STATE'), refused('STATE'));
    expect(stateOf(story)).toEqual(state);
    story.when(invoiced(9, { invoiceId: 'i-2' }).named('b-2')).then();
  });
});

describe('an invoice id is known for 24 civil months after the later of its record and its due date', () => {
  const issued = at('2026-08-31T23:59:59+07:00', due(500, '2026-09-10', 'i-1'));
  test.each([
    { more: [], now: '2028-09-30T23:00+07:00', told: [refused('STATE')], why: 'unpaid, 24 civil months on' },
    { more: [], now: '2028-10-01T00:00+07:00', told: [], why: 'unpaid, one more' },
    { more: [paid(500)], now: '2028-09-30T23:00+07:00', told: [refused('STATE')], why: 'settled, 24 civil months on' },
    { more: [paid(500)], now: '2028-10-01T00:00+07:00', told: [], why: 'settled, one more' },
  ])('$why', ({ more, now, told }) => {
    scenario()
      .given(issued, ...more, at('2026-10-01T00:00+07:00', paid(1)))
      .when(at(now, due(7, '2028-09-10', 'i-1')))
      .then(...told);
  });

  test.each([
    { now: '2028-10-31T23:00+07:00', told: [refused('STATE')], why: '24 civil months after it came' },
    { now: '2028-11-01T00:00+07:00', told: [], why: 'one more' },
  ])('one that came two years late, past its due date, is known from then on: $why', ({ now, told }) => {
    scenario()
      .given(at('2026-10-05T09:00+07:00', due(500, '2024-11-10', 'i-1').occurred('2024-10-31T09:00+07:00')))
      .when(at(now, due(7, '2028-12-10', 'i-1')))
      .then(...told);
  });

  test('and so it can be adjusted, though it is settled: that is debt at once', () => {
    const story = scenario().given(issued, paid(500), at('2026-10-01T00:00+07:00', due(1, '2027-01-01', 'i-2')));
    expect(ledgerOf(story).invoices.map(({ id }) => id)).toEqual(['i-2']);
    story.when(billed(40)).then();
    expect(debtOf(story)).toBe(40);
    story.when(at('2028-10-01T00:00+07:00', billed(40).named('late'))).then(refused('STATE'));
  });

  test('and longer where its due date is yet to come', () => {
    scenario()
      .given(at('2026-08-31T23:59:59+07:00', due(500, '2030-01-01', 'i-1')))
      .when(at('2029-01-01T00:00+07:00', due(7, '2029-01-10', 'i-1')))
      .then(refused('STATE'));
  });
});

describe('what nothing can be said of any more is put away', () => {
  const reminding = policy({ suspension: { remind: ['-P3D', 'P5D'] } });
  const july = due(500, '2026-08-01', 'july');
  test.each([
    { rules: policy(), events: [july, paid(500), paid(1)], kept: [], why: 'settled and overdue' },
    { rules: policy(), events: [july, paid(500)], kept: ['july'], why: 'only with the next event' },
    { rules: policy(), events: [july, paid(499), reversed(1)], kept: ['july'], why: 'one is unpaid' },
    { rules: policy(), events: [due(5, '2026-08-10', 'today'), paid(5), paid(1)], kept: ['today'], why: 'not overdue' },
    {
      rules: reminding,
      events: [due(5, '2026-08-04', 'old'), paid(5), paid(1)],
      kept: [],
      why: 'past its last reminder',
    },
    {
      rules: reminding,
      events: [due(5, '2026-08-05', 'new'), paid(5), paid(1)],
      kept: ['new'],
      why: 'reminded of today',
    },
  ])('$why', ({ rules, events, kept }) => {
    const story = scenario(rules).given(...events);
    expect(ledgerOf(story).invoices.map(({ id }) => id)).toEqual(kept);
  });

  test('and changes no debt, whatever comes after', () => {
    const story = scenario().given(july, paid(600), paid(1));
    expect([ledgerOf(story).invoices, ledgerOf(story).paid, debtOf(story)]).toEqual([[], 101, 0]);
    story.given(reversed(401));
    expect(debtOf(story)).toBe(300);
    story.given(due(50, '2026-07-01', 'older'), paid(310));
    expect(debtOf(story)).toBe(40);
  });

  test('and who was billed once and has paid is still known to owe nothing', () => {
    const protecting = policy({ lists: { official: {} }, suspension: { protect: [{ list: 'official' }] } });
    const story = scenario(protecting).given(
      listed('official'),
      july,
      paid(500),
      at('2029-01-01T00:00+07:00', paid(1)),
    );
    expect(ledgerOf(story).invoices).toEqual([]);
    story.when(requested()).then(skipped(0));
  });

  test.each([
    { pays: true, why: 'who pays' },
    { pays: false, why: 'who never pays' },
  ])('thirty years of invoices leave no more than five: $why', ({ pays }) => {
    const story = scenario(policy({ suspension: { remind: ['P1D'] } }));
    const years = (from: number, to: number) =>
      Array.from({ length: (to - from) * 12 }, (_, n) => {
        const month = `${from + Math.floor(n / 12)}-${String((n % 12) + 1).padStart(2, '0')}`;
        return at(`${month}-05T09:00+07:00`, due(500, `${month}-20`, `i-${month}`), ...(pays ? [paid(500)] : []));
      });
    const bytes = () => encodeState(stateOf(story) as State).length;
    story.given(...years(2027, 2032));
    const afterFive = bytes();
    story.given(...years(2032, 2057));
    expect(bytes()).toBeLessThan(afterFive * 1.02);
    expect(debtOf(story, '2057-01-01T00:00+07:00')).toBe(pays ? 0 : 30 * 12 * 500);
  });
});

const active = (activatePolicy(policy()) as { policy: ActivePolicy }).policy;
const now = instant('2026-08-10T09:00+07:00');
const eventOf = (happening: Happening): AloEvent => {
  const incoming = readEvent(happening.wire({ id: 'e-1', at: now }));
  if (incoming.kind !== 'event') throw new Error('not an event');
  return incoming.event;
};

describe('STATE: invoices and payments are taken while their sum is exact', () => {
  test.each([
    { paidBefore: sumMinorMax, event: paid(5), code: undefined, why: 'exactly the most' },
    { paidBefore: sumMinorMax + 1, event: paid(5), code: 'STATE', why: 'one more' },
    { paidBefore: -sumMinorMax, event: reversed(5), code: undefined, why: 'exactly the least' },
    { paidBefore: -sumMinorMax - 1, event: reversed(5), code: 'STATE', why: 'one less' },
    { paidBefore: sumMinorMax + 1, event: invoiced(5), code: 'STATE', why: 'an invoice beside what was paid' },
  ])('$paidBefore: $why', ({ paidBefore, event, code }) => {
    const state = { ...unknownSubscriber, ledger: { ...emptyLedger, paid: paidBefore } };
    expect(impossibleNow(eventOf(event), state, active, now)?.code).toBe(code);
  });
});

test('a new policy with a later reminder finds what is unpaid still there', () => {
  const later = policy({ version: 2, suspension: { remind: ['P30D'] } });
  scenario(policy({ suspension: { remind: ['P1D'] } }))
    .given(due(500, '2026-08-12', 'i-1'), at('2026-08-20T00:00+07:00', paid(1)), activated(later))
    .when(at('2026-12-01T00:00+07:00', ticked()))
    .then(reminderDue('i-1', { outstanding: 499 }).at('2026-09-11T09:00+07:00'));
});
