import { type AloEvent, parseInstant, type Trigger } from '@alo/contracts';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { formatDay, formatMonth, monthOf } from './calendar/civil-date.ts';
import { unknownSubscriber } from './state.ts';
import { listsAt } from './testing/follow-life.ts';
import { type LifeRecord, type Lived, live, lives, subjects } from './testing/lives.ts';

const runs = { numRuns: 80 };

/** What was taken of a subscriber, in its order; nothing from before an erasure. */
const takenOf = (lived: readonly Lived[], subject: string): readonly AloEvent[] => {
  const events = lived
    .filter(({ folded }) => folded.outcome.kind === 'taken')
    .map(({ record }) => record.incoming.event)
    .filter((event) => event.subject === subject);
  return events.slice(events.findLastIndex(({ name }) => name === 'subscriber.erased') + 1);
};

const zoneOf = ([first]: readonly LifeRecord[]): string => {
  const event = first?.incoming.event;
  return event?.name === 'policy.activated' ? String(event.data.policy.zone) : '';
};

/** Sums by day and by month, counted anew with another calendar. */
const recounted = (events: readonly AloEvent[], zone: string): ReadonlyMap<string, number> => {
  const sums = new Map<string, number>();
  const add = (key: string, amount: number) => sums.set(key, (sums.get(key) ?? 0) + amount);
  for (const event of events) {
    if (event.name === 'subscriber.opened') {
      for (const [day, amount] of Object.entries(event.data.days ?? {}))
        sums.set(day, amount).set(day.slice(0, 7), amount);
      for (const [month, amount] of Object.entries(event.data.months ?? {})) sums.set(month, amount);
    }
    if (event.name !== 'usage.charged' && event.name !== 'usage.adjusted') continue;
    const instant = event.name === 'usage.charged' ? event.occurredAt : parseInstant(event.data.appliesTo);
    const day = DateTime.fromMillis(instant, { zone }).toFormat('yyyy-MM-dd');
    add(day, event.data.amount);
    add(day.slice(0, 7), event.data.amount);
  }
  return sums;
};

test('stored sums are what a naive recount says, for as long as they are kept', () => {
  fc.assert(
    fc.property(lives, (records) => {
      const { lived, partition } = live(records);
      const today = partition.header().policy?.calendar.dayOf((lived.at(-1) as Lived).now) as number;
      for (const subject of subjects) {
        const { days, months } = partition.state(subject) ?? unknownSubscriber;
        const keys = (sums: readonly number[]) => sums.filter((_, n) => n % 2 === 0);
        const stored = new Map([
          ...keys(days).map((day) => [formatDay(day), days[days.indexOf(day) + 1]] as const),
          ...keys(months).map((month) => [formatMonth(month), months[months.indexOf(month) + 1]] as const),
        ]);
        const sums = recounted(takenOf(lived, subject), zoneOf(records));
        const oldest = { day: formatDay(today - 100), month: formatMonth(monthOf(today) - 25) };
        const isKept = (key: string) => key >= (key.length > 7 ? oldest.day : oldest.month);
        for (const key of new Set([...sums.keys(), ...stored.keys()])) {
          if (isKept(key) || stored.has(key)) expect([key, stored.get(key)]).toEqual([key, sums.get(key)]);
        }
      }
    }),
    runs,
  );
});

const ranks = ['base', 'vip', 'gold', 'platinum'];
const floors: Readonly<Record<string, number>> = { official: 1, board: 2, guests: 0 };

/** What the triggers of a subscriber add up to: from standing only what opening balances tell by it alone. */
type Heard = { readonly tier: string; readonly muted: boolean; readonly standing: Trigger<'standing.changed'>['data'] };
const unheard: Heard = { tier: 'base', muted: false, standing: null };

const hear = (heard: Heard, trigger: Trigger, isOpening: boolean): Heard => {
  switch (trigger.type) {
    case 'alo.tier.upgraded.v1':
    case 'alo.tier.downgraded.v1':
      expect([trigger.type, trigger.data.from]).toEqual([directionOf(trigger.data), heard.tier]);
      return { ...heard, tier: trigger.data.to };
    case 'alo.promotions.muted.v1':
    case 'alo.promotions.unmuted.v1':
      expect(trigger.type).toBe(heard.muted ? 'alo.promotions.unmuted.v1' : 'alo.promotions.muted.v1');
      return { ...heard, muted: !heard.muted };
    case 'alo.standing.changed.v1': {
      const told = { ...heard, standing: trigger.data };
      return isOpening && trigger.data
        ? { ...told, tier: trigger.data.tier, muted: trigger.data.promotionsMuted }
        : told;
    }
    default:
      return heard;
  }
};

const directionOf = ({ from, to }: { readonly from: string; readonly to: string }) =>
  ranks.indexOf(to) > ranks.indexOf(from) ? 'alo.tier.upgraded.v1' : 'alo.tier.downgraded.v1';

/** Checks something after every record of a life, for everyone who is open then. */
const always = (check: (subject: string, heard: Heard, lists: readonly string[]) => void) =>
  fc.assert(
    fc.property(lives, (records) => {
      const heard = new Map<string, Heard>();
      const past: Lived[] = [];
      live(records, {
        look: (lived, partition) => {
          past.push(lived);
          const isOpening = lived.record.incoming.event.name === 'subscriber.opened';
          for (const output of lived.folded.outputs) {
            if (output.kind === 'refusal') continue;
            const { trigger } = output;
            const isOfRecord = isOpening && trigger.subject === lived.record.incoming.event.subject;
            heard.set(trigger.subject, hear(heard.get(trigger.subject) ?? unheard, trigger, isOfRecord));
          }
          for (const subject of subjects) {
            if (partition.state(subject)?.phase !== 'open') continue;
            check(subject, heard.get(subject) ?? unheard, listsAt(takenOf(past, subject), lived.now));
          }
        },
      });
    }),
    runs,
  );

describe('after every record, for everyone who is open', () => {
  test('the effective tier is at or above every valid floor', () => {
    always((_, { tier }, lists) => {
      for (const list of lists) expect(ranks.indexOf(tier)).toBeGreaterThanOrEqual(floors[list] ?? 0);
    });
  });

  test('standing says what the triggers add up to, and who is protected', () => {
    always((_, { tier, muted, standing }, lists) => {
      const isProtected = lists.includes('official') || tier === 'platinum';
      expect(standing ?? { tier: 'base', protected: false, promotionsMuted: false }).toMatchObject({
        tier,
        protected: isProtected,
        promotionsMuted: muted,
      });
    });
  });
});

test('promotions.muted and .unmuted alternate, and each tier begins where the last one ended', () => {
  always(() => undefined);
});

test('after closing or erasure nothing is told but the end of standing, once, and that suspension is allowed', () => {
  fc.assert(
    fc.property(lives, (records) => {
      const ended = new Set<string>();
      live(records, {
        look: ({ folded }) => {
          for (const output of folded.outputs) {
            if (output.kind === 'refusal') continue;
            if (output.trigger.type === 'alo.suspension.allowed.v1') continue;
            expect(ended.has(output.trigger.subject)).toBe(false);
            if (output.trigger.data === null) ended.add(output.trigger.subject);
          }
        },
      });
    }),
    runs,
  );
});
