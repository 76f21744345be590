import {
  type AloEvent,
  dayMs,
  type EventData,
  formatInstant,
  hourMs,
  type Instant,
  minuteMs,
  readEvent,
} from '@alo/contracts';
import fc from 'fast-check';
import type { Folded, Record } from '../fold.ts';
import type { State } from '../state.ts';
import { unreachable } from '../unreachable.ts';
import {
  acknowledged,
  activated,
  adjusted,
  billed,
  charged,
  closed,
  delisted,
  erased,
  type Happening,
  instant,
  invoiced,
  listed,
  opened,
  paid,
  reported,
  requested,
  reversed,
  ticked,
  updated,
} from './events.ts';
import { lifeCap, lifePolicy } from './life-policy.ts';
import { openPartition } from './partition.ts';

/** What happens next in a little life; times are counted back from, or on from, its now. */
type What =
  | { readonly kind: 'charge' | 'adjust'; readonly amount: number; readonly backMs: number }
  | { readonly kind: 'list'; readonly list: string; readonly fromMs: number; readonly spanMs: number | undefined }
  | { readonly kind: 'delist'; readonly list: string }
  | { readonly kind: 'profile'; readonly profile: Parameters<typeof updated>[0] }
  | { readonly kind: 'acknowledge'; readonly name: string; readonly occasion: string; readonly outcome: Outcome }
  | { readonly kind: 'report'; readonly outage: string | undefined; readonly backMs: number }
  | { readonly kind: 'open'; readonly tier: string; readonly amount: number }
  | { readonly kind: 'invoice'; readonly invoice: string; readonly amount: number; readonly dueMs: number }
  | { readonly kind: 'bill'; readonly invoice: string; readonly amount: number }
  | { readonly kind: 'pay' | 'reverse'; readonly amount: number }
  | {
      readonly kind: 'request';
      readonly request: string;
      readonly fraud: boolean;
      readonly debt: number | undefined;
      readonly backMs: number;
    }
  | { readonly kind: 'close' | 'erase' | 'tick' | 'activate' }
  | { readonly kind: 'repeat'; readonly of: number }
  | { readonly kind: 'contradict'; readonly of: number };

type Outcome = EventData<'trigger.acknowledged'>['outcome'];

type LifeStep = { readonly gapMs: number; readonly subject: string; readonly what: What };

/** A record whose event is known, for all of these can be read. */
export type LifeRecord = Record & { readonly incoming: { readonly kind: 'event'; readonly event: AloEvent } };

/** Who lives: some sort otherwise by UTF-8 than by UTF-16. */
export const subjects = ['s-1', 's-2', 's-\uff01', 's-😀'];

const zones = ['Asia/Ho_Chi_Minh', 'Europe/London', 'Australia/Lord_Howe'];

const amounts = fc.oneof(
  fc.constantFrom(1, 400_000, 500_000, 999_999, 1_000_000, 2_000_000, 3_000_000, 5_000_000),
  fc.integer({ min: 1, max: 3_000_000 }),
);
const ofTheseDays = (days: number) => fc.oneof(fc.constant(0), fc.integer({ min: 0, max: days * dayMs }));
const bills = fc.constantFrom(0, 1, 300_000, 500_000, 1_000_000);
const invoices = fc.constantFrom('i-1', 'i-2', 'i-3', 'i-4', 'i-5', 'i-6');
const lists = fc.constantFrom('official', 'official', 'board', 'guests', 'banned', 'nowhere');
const days = fc.constantFrom('02-28', '02-29', '03-01', '04-15', '05-02', '06-30');
const kind = <Kind extends string>(...kinds: readonly Kind[]) => fc.constantFrom(...kinds);

/** What is billed and paid, and who asks to suspend. */
const payments: fc.Arbitrary<What> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: kind('invoice'),
      invoice: invoices,
      amount: bills,
      dueMs: fc.integer({ min: -4 * dayMs, max: 12 * dayMs }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: kind('bill'), invoice: invoices, amount: bills.map((amount) => -amount) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: kind('pay', 'pay', 'reverse'), amount: bills.map((amount) => amount + 1) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: kind('request'),
      request: fc.constantFrom('r-1', 'r-2', 'r-3', 'r-4', 'r-5'),
      fraud: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      debt: fc.option(bills, { nil: undefined }),
      backMs: fc.constantFrom(0, 0, -400 * dayMs, 300 * dayMs),
    }),
  },
);

const answers = fc.constantFrom<boolean | undefined>(true, true, false, undefined);

const profiles = fc
  .record({
    kind: fc.constantFrom('person' as const, 'person' as const, 'organisation' as const),
    day: fc.option(days, { nil: undefined }),
    province: fc.constantFrom('HN', 'HP', undefined),
    gifts: answers,
    promotions: answers,
  })
  .map(({ kind: whose, day, province, gifts, promotions }) => ({
    kind: whose,
    ...(day !== undefined && (whose === 'person' ? { birthday: day } : { foundingDay: day })),
    ...(province !== undefined && { province, dealer: `dealer-${province}` }),
    consent: { ...(gifts !== undefined && { gifts }), ...(promotions !== undefined && { promotions }) },
  }));

/** What decides of gifts besides spend. */
const gifts: fc.Arbitrary<What> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: kind('profile'), profile: profiles }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: kind('acknowledge'),
      name: kind('birthday-gift.due', 'holiday-gift.due', 'gift.held', 'gift.held', 'greeting.due'),
      occasion: kind('birthday', 'may-day', 'equinox', 'meeting'),
      outcome: kind<Outcome>('released', 'released', 'delivered', 'fulfilled', 'failed', 'declined'),
    }),
  },
);

const whats: fc.Arbitrary<What> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ kind: kind('charge'), amount: amounts, backMs: ofTheseDays(40) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: kind('adjust'),
      amount: amounts.map((amount) => (amount % 2 === 0 ? -amount : amount)),
      backMs: ofTheseDays(70),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: kind('list'),
      list: lists,
      fromMs: fc.integer({ min: -5 * dayMs, max: 20 * dayMs }),
      spanMs: fc.option(fc.integer({ min: 1, max: 30 * dayMs }), { nil: undefined }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('delist'), list: lists }) },
  { weight: 6, arbitrary: gifts },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: kind('report'),
      outage: fc.constantFrom('o-1', 'o-2', undefined),
      backMs: ofTheseDays(15),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('open'), tier: kind('base', 'vip', 'gold'), amount: amounts }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('close', 'erase', 'activate') }) },
  { weight: 15, arbitrary: payments },
  { weight: 2, arbitrary: fc.record({ kind: kind('tick') }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('repeat', 'contradict'), of: fc.nat(40) }) },
);

const stepsOf = (subject: fc.Arbitrary<string>, what: fc.Arbitrary<What>): fc.Arbitrary<LifeStep> =>
  fc.record({
    gapMs: fc.oneof(fc.constantFrom(0, minuteMs, 6 * hourMs), fc.integer({ min: 0, max: 8 * dayMs })),
    subject,
    what,
  });

const start = instant('2026-02-20T03:00Z');

/** A life in one partition, from the first policy on, and what happens right after that. */
const livesOf = (steps: fc.Arbitrary<LifeStep>, first: readonly LifeStep[]): fc.Arbitrary<readonly LifeRecord[]> =>
  fc
    .record({ zone: fc.constantFrom(...zones), steps: fc.array(steps, { minLength: 5, maxLength: 45, size: 'max' }) })
    .map(({ zone, steps: all }) => {
      const records = [recordOf(activated(lifePolicy(zone, 1)), 'p-1', start)];
      let now = start;
      for (const [n, { gapMs, subject, what }] of [...first, ...all].entries()) {
        now += gapMs;
        records.push(
          what.kind === 'repeat' ? repeated(records, what.of, now) : fresh(records, `e-${n}`, now, subject, what, zone),
        );
      }
      return records;
    });

/** A life of a few subscribers. */
export const lives = livesOf(stepsOf(fc.constantFrom(...subjects), whats), []);

const debtors = ['s-1', 's-2'];

/** A life of two who are protected from the beginning, one by a list, one by his spend, and mostly of bills. */
export const livesInDebt = livesOf(
  stepsOf(fc.constantFrom(...debtors), fc.oneof({ weight: 4, arbitrary: payments }, { weight: 1, arbitrary: whats })),
  [
    { gapMs: 0, subject: 's-1', what: { kind: 'list', list: 'official', fromMs: 0, spanMs: undefined } },
    { gapMs: 0, subject: 's-2', what: { kind: 'charge', amount: 5_000_000, backMs: 0 } },
  ],
);

const guests = ['s-1', 's-😀'];

/** A life of two who stand high from the beginning, one by a list and one by his spend, and mostly of gifts. */
export const livesWithGifts = livesOf(
  stepsOf(
    fc.constantFrom(...guests),
    fc.oneof(
      { weight: 6, arbitrary: gifts },
      { weight: 1, arbitrary: fc.record({ kind: kind('close', 'activate', 'tick', 'tick', 'tick') }) },
      { weight: 3, arbitrary: whats },
    ),
  ),
  [
    { gapMs: 0, subject: 's-1', what: { kind: 'list', list: 'official', fromMs: 0, spanMs: undefined } },
    { gapMs: 0, subject: 's-😀', what: { kind: 'list', list: 'board', fromMs: 0, spanMs: 120 * dayMs } },
  ],
);

export const recordOf = (happening: Happening, id: string, at: Instant): LifeRecord => {
  const incoming = readEvent(JSON.parse(JSON.stringify(happening.wire({ id, at }))));
  if (incoming.kind !== 'event') throw new Error('a life is made of events');
  return { incoming, appendedAt: at, ahead: false };
};

const repeated = (records: readonly LifeRecord[], of: number, now: Instant): LifeRecord => ({
  ...(records[of % records.length] as LifeRecord),
  appendedAt: now,
});

const fresh = (
  records: readonly LifeRecord[],
  id: string,
  now: Instant,
  subject: string,
  what: Exclude<What, { kind: 'repeat' }>,
  zone: string,
) => {
  if (what.kind !== 'contradict') return recordOf(happeningOf(what, now, zone, subject).by(subject), id, now);
  const { event } = (records[what.of % records.length] as LifeRecord).incoming;
  const other = charged(7)
    .by(event.subject || subject)
    .occurred(formatInstant(event.occurredAt));
  return recordOf(other, event.id, now);
};

const happeningOf = (what: Exclude<What, { of: number }>, now: Instant, zone: string, subject: string): Happening => {
  const on = (ms: number) => formatInstant(now + ms);
  switch (what.kind) {
    case 'charge':
      return charged(what.amount).occurred(on(-what.backMs));
    case 'adjust':
      return adjusted(what.amount, on(-what.backMs));
    case 'list':
      return listed(what.list, on(what.fromMs), what.spanMs === undefined ? undefined : on(what.fromMs + what.spanMs));
    case 'delist':
      return delisted(what.list);
    case 'profile':
      return updated(what.profile);
    case 'acknowledge':
      return acknowledged(`${what.name}/${encodeURIComponent(subject)}/${what.occasion}/2026`, what.outcome);
    case 'report':
      return reported(what.outage === undefined ? 'dropped-call' : 'outage', what.outage).occurred(on(-what.backMs));
    case 'open':
      return opened({
        tier: what.tier,
        months: { '2026-01': what.amount },
        days: { '2026-02-10': what.amount },
        gifts: [{ occasion: 'equinox', year: 2026, value: what.amount % lifeCap }],
      });
    case 'close':
      return closed();
    case 'erase':
      return erased();
    case 'invoice':
      return invoiced(what.amount, { invoiceId: what.invoice, dueOn: on(what.dueMs).slice(0, 10) });
    case 'bill':
      return billed(what.amount, { invoiceId: what.invoice });
    case 'pay':
      return paid(what.amount);
    case 'reverse':
      return reversed(what.amount);
    case 'request':
      return requested({
        requestId: what.request,
        reason: what.fraud ? 'fraud' : 'debt',
        ...(what.debt !== undefined && { debt: { amount: what.debt, currency: 'VND' } }),
      }).occurred(on(-what.backMs));
    case 'tick':
      return ticked();
    case 'activate':
      return activated(lifePolicy(zone, 2));
    default:
      return unreachable(what);
  }
};

export type Lived = { readonly record: LifeRecord; readonly folded: Folded; readonly now: Instant };

type Living = {
  readonly stored?: (state: State) => State;
  /** Looks at the partition after each record. */
  readonly look?: (lived: Lived, partition: ReturnType<typeof openPartition>) => void;
};

/** Folds a life. */
export const live = (records: readonly LifeRecord[], { stored, look }: Living = {}) => {
  const partition = openPartition(stored);
  const lived = records.map((record): Lived => {
    const folded = partition.take(record);
    const one = { record, folded, now: partition.header().now as Instant };
    look?.(one, partition);
    return one;
  });
  const outputs = lived.flatMap(({ folded }) => folded.outputs);
  return { lived, outputs, said: JSON.stringify(outputs), partition };
};
