import { type Instant, parseInstant, type Trigger } from '@alo/contracts';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeState, encodeState } from '../state-codec.ts';
import { follow } from '../testing/follow-ledger.ts';
import { type Lived, live, lives, livesInDebt, subjects } from '../testing/lives.ts';
import { debtOn, outstandingOf } from './ledger.ts';

const runs = { numRuns: 150 };
const allLives = fc.oneof(lives, livesInDebt, livesInDebt);

const toldIn = ({ folded }: Lived, subject: string): readonly Trigger[] =>
  folded.outputs.flatMap((output) =>
    output.kind === 'trigger' && output.trigger.subject === subject ? [output.trigger] : [],
  );

const isAnswer = ({ type }: Trigger) => type === 'alo.suspension.skipped.v1' || type === 'alo.suspension.allowed.v1';
const isErasure = ({ record, folded }: Lived) =>
  record.incoming.event.name === 'subscriber.erased' && folded.outcome.kind === 'taken';

test('every request is answered in its own record, once, and nothing else is an answer', () => {
  fc.assert(
    fc.property(allLives, (records) => {
      const { lived } = live(records);
      for (const subject of subjects) {
        let answered = new Set<string>();
        let isErased = false;
        for (const one of lived) {
          const { event } = one.record.incoming;
          const isOwn = event.subject === subject && one.folded.outcome.kind === 'taken';
          if (isOwn && isErasure(one)) [answered, isErased] = [new Set(), true];
          const isAsked = isOwn && event.name === 'suspension.requested';
          const requestId = isAsked ? event.data.requestId : '';
          const wanted = isAsked && (isErased || !answered.has(requestId)) ? [requestId] : [];
          const answers = toldIn(one, subject).filter(isAnswer);
          expect(answers.map(({ data }) => (data as { requestId: string }).requestId)).toEqual(wanted);
          if (isAsked) answered.add(requestId);
        }
      }
    }),
    runs,
  );
});

test('a repeated request says nothing at all, whatever was left to be told', () => {
  fc.assert(
    fc.property(allLives, (records) => {
      const answered = new Set<string>();
      for (const one of live(records).lived) {
        const { event } = one.record.incoming;
        if (event.name !== 'suspension.requested' || one.folded.outcome.kind !== 'taken') continue;
        const key = `${event.subject} ${event.data.requestId}`;
        const caused = toldIn(one, event.subject).filter(({ time, data }) => {
          const cause = data?.because.cause;
          return parseInstant(time) === one.now && cause !== undefined && 'id' in cause && cause.id === event.id;
        });
        if (answered.has(key) && caused.length > 0)
          expect(caused[0]?.data).toMatchObject({ reason: endedReason(event) });
        answered.add(key);
      }
    }),
    runs,
  );
});

const endedReason = ({ data }: { readonly data: { readonly reason: string } }) =>
  data.reason === 'fraud' ? 'never-skip' : 'closed';

test('a life of bills that was packed and read back at every step says the same, with every id once', () => {
  fc.assert(
    fc.property(livesInDebt, (records) => {
      const { outputs, said } = live(records);
      expect(live(records, { stored: (state) => decodeState(encodeState(state)) }).said).toBe(said);
      const ids = outputs.flatMap((output) =>
        output.kind === 'trigger' && output.trigger.type !== 'alo.suspension.allowed.v1' ? [output.trigger.id] : [],
      );
      expect(ids).toEqual([...new Set(ids)]);
    }),
    runs,
  );
});

test('debt is never negative, and is what a naive recount of events says', () => {
  fc.assert(
    fc.property(allLives, (records) => {
      const { lived, partition } = live(records);
      const { now, policy } = partition.header();
      for (const subject of subjects) {
        const state = partition.state(subject);
        if (!state || state.phase === 'erased' || !state.ledger) continue;
        const told = follow(lived, subject);
        const debt = debtOn(state.ledger, policy?.calendar.dayOf(now as Instant) as number);
        expect(debt).toBeGreaterThanOrEqual(0);
        expect(debt).toBe(told.debtAfter(told.own, now as Instant));
        for (const outstanding of outstandingOf(state.ledger)) expect(outstanding).toBeGreaterThanOrEqual(0);
      }
    }),
    runs,
  );
});

test('every grace and every reminder that falls due comes at its instant, once, and no other', () => {
  fc.assert(
    fc.property(allLives, (records) => {
      const { lived } = live(records);
      for (const subject of subjects) {
        const { triggers, graces, reminders } = follow(lived, subject);
        const granted = triggers.flatMap(({ type, time, data }) =>
          type === 'alo.payment-grace.granted.v1'
            ? [`${data.invoiceId} ${parseInstant(time)} until ${data.until}: ${data.outstanding}`]
            : [],
        );
        const reminded = triggers.flatMap(({ type, id, time, data }) =>
          type === 'alo.payment-reminder.due.v1'
            ? [`${data.invoiceId} ${id.split('/').at(-1)} ${parseInstant(time)}: ${data.outstanding}`]
            : [],
        );
        expect(granted.toSorted()).toEqual(graces().toSorted());
        expect(reminded.toSorted()).toEqual(reminders().toSorted());
      }
    }),
    runs,
  );
});

/** The skips of a subscriber as somebody counts them who hears the answers and sees the payments. */
type Counted = { readonly skips: number; readonly unsettled: number | undefined; readonly until: string | undefined };
const noneCounted: Counted = { skips: 0, unsettled: undefined, until: undefined };

const afterAnswers = (counted: Counted, told: readonly Trigger[], owed: number, isKnown: boolean): Counted => {
  const skip = told.find((trigger) => trigger.type === 'alo.suspension.skipped.v1');
  if (!skip) return counted;
  const counts = !isKnown || owed > 0;
  expect(skip.data.skips).toBe(counted.skips + (counts ? 1 : 0));
  return counts ? { skips: skip.data.skips, unsettled: owed, until: skip.data.validUntil } : counted;
};

const afterPayment = (counted: Counted, signed: number): Counted => {
  if (counted.unsettled === undefined) return counted;
  const unsettled = counted.unsettled - signed;
  return signed > 0 && unsettled <= 0 ? noneCounted : { ...counted, unsettled };
};

test('skips are counted, settled and expire as payments and time say, and standing names the end of the open one', () => {
  fc.assert(
    fc.property(allLives, (records) => {
      const all: Lived[] = [];
      const counted = new Map<string, Counted>();
      live(records, {
        look: (one, partition) => {
          all.push(one);
          for (const subject of subjects) {
            const told = toldIn(one, subject);
            let now = counted.get(subject) ?? noneCounted;
            const isExpired = now.until !== undefined && parseInstant(now.until) <= one.now;
            const expired = told.filter(({ type }) => type === 'alo.suspension.skip-expired.v1');
            expect(expired.map(({ time }) => time)).toEqual(isExpired ? [now.until] : []);
            if (isExpired) now = { ...now, until: undefined };
            const { event } = one.record.incoming;
            if (event.subject === subject && one.folded.outcome.kind === 'taken') {
              if (event.name === 'payment.received') now = afterPayment(now, event.data.amount);
              if (event.name === 'payment.reversed') now = afterPayment(now, -event.data.amount);
              if (event.name === 'subscriber.closed' || event.name === 'subscriber.erased') now = noneCounted;
              if (event.name === 'suspension.requested') {
                const { own, booksAfter, debtAfter } = follow(all, subject);
                const isBilled = booksAfter(own).bills.length > 0;
                const owed = event.data.debt?.amount ?? debtAfter(own, one.now);
                now = afterAnswers(now, told, owed, event.data.debt !== undefined || isBilled);
              }
            }
            counted.set(subject, now);
            expect(partition.state(subject)?.standing?.skipUntil).toBe(
              now.until === undefined ? undefined : parseInstant(now.until),
            );
            const standing = told.findLast(({ type }) => type === 'alo.standing.changed.v1')?.data;
            if (standing && 'tier' in standing && 'protected' in standing) expect(standing.skipUntil).toBe(now.until);
          }
        },
      });
    }),
    runs,
  );
});
