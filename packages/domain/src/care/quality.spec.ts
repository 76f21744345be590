import { formatInstant } from '@alo/contracts';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { activatePolicy } from '../active-policy.ts';
import { formatDay } from '../calendar/civil-date.ts';
import { activated, charged, closed, erased, instant, listed, reported, updated } from '../testing/events.ts';
import { promotionsMuted, recoveryDue, tierUpgraded } from '../testing/expectations.ts';
import { recordOf } from '../testing/lives.ts';
import { openPartition } from '../testing/partition.ts';
import { policy } from '../testing/policies.ts';
import { at, scenario } from '../testing/scenario.ts';
import { outagesMax } from './quality-reports.ts';

const drops = { id: 'drops', kinds: ['dropped-call', 'setup-failure'], window: 'last-7-days', atLeast: 3 };
const watching = (rule: object = {}, parts: object = {}) => policy({ quality: [{ ...drops, ...rule }], ...parts });
const times = (n: number, kind: Parameters<typeof reported>[0] = 'dropped-call') =>
  Array.from({ length: n }, () => reported(kind));

describe('reports are counted', () => {
  test.each([
    { before: 1, told: [], why: 'the second of three' },
    { before: 2, told: [recoveryDue('drops', { count: 3 })], why: 'exactly the third' },
    { before: 3, told: [recoveryDue('drops', { count: 4 })], why: 'the fourth too: every report is judged' },
  ])('after $before before it: $why', ({ before, told }) => {
    scenario(watching())
      .given(...times(before))
      .when(reported())
      .then(...told);
  });

  test('of all its kinds together, and of no other', () => {
    scenario(watching())
      .given(reported('setup-failure'), ...times(5, 'slow-data'))
      .when(reported('dropped-call'), reported('complaint'), reported('setup-failure'))
      .then(recoveryDue('drops', { count: 3 }));
  });

  test('and each is said with what it counted, and what decided', () => {
    scenario(watching())
      .given(...times(2))
      .when(reported().named('q-3').from('/network'))
      .then(
        recoveryDue('drops', { count: 3 })
          .withId('service-recovery.due/s-17/drops/%2Fnetwork/q-3')
          .because({
            rule: 'quality',
            window: { window: 'last-7-days', from: '2026-08-04', to: '2026-08-11', value: 3 },
            threshold: 3,
            cause: { source: '/network', id: 'q-3' },
          }),
      );
  });

  test('by each rule for itself, in the order of the policy', () => {
    const quality = [
      { ...drops, atLeast: 2 },
      { ...drops, id: 'calls', kinds: ['dropped-call'], atLeast: 1 },
    ];
    scenario(policy({ quality }))
      .given(reported('setup-failure'))
      .when(reported('dropped-call'))
      .then(recoveryDue('drops', { count: 2 }), recoveryDue('calls', { count: 1 }));
  });

  test('and a report that comes twice counts once', () => {
    scenario(watching({ atLeast: 2 }))
      .given(at('2026-08-10T09:00+07:00', reported().named('q-1')))
      .when(reported().named('q-1').occurred('2026-08-10T09:00+07:00'))
      .then({ ...recoveryDue('drops'), told: { name: 'duplicate' } });
  });
});

describe('the window is civil days up to today', () => {
  test.each([
    { now: '2026-08-16T23:59:59+07:00', told: [recoveryDue('drops')], why: 'the last moment of the seventh day' },
    { now: '2026-08-17T00:00+07:00', told: [], why: 'local midnight begins the eighth' },
  ])('two of 10 August count at $now: $why', ({ now, told }) => {
    scenario(watching())
      .given(at('2026-08-10T00:00+07:00', ...times(2)))
      .when(at(now, reported()))
      .then(...told);
  });

  test.each([
    { of: '2026-12-25T00:00+07:00', told: [recoveryDue('drops')], why: 'the first day of the window, in the old year' },
    { of: '2026-12-24T23:59:59+07:00', told: [], why: 'the moment before it' },
  ])('over the end of a year: $why', ({ of, told }) => {
    scenario(watching())
      .given(at(of, ...times(2)))
      .when(at('2026-12-31T23:00+07:00', reported()))
      .then(...told);
  });

  test.each([
    { occurred: '2026-08-04T00:00+07:00', told: [recoveryDue('drops', { count: 3 })], why: 'it lands in the window' },
    { occurred: '2026-08-03T23:59:59+07:00', told: [], why: 'it lands before the window, and two are left' },
  ])('a report that comes late, of $occurred: $why', ({ occurred, told }) => {
    scenario(watching())
      .given(...times(2))
      .when(reported().occurred(occurred))
      .then(...told);
  });

  test('and a late report from before it is judged too: what lies in the window is enough', () => {
    scenario(watching())
      .given(...times(3))
      .when(reported().occurred('2026-07-20T09:00+07:00'))
      .then(recoveryDue('drops', { count: 3 }));
  });

  test('each rule has its own, whatever is kept for another', () => {
    const quality = [drops, { ...drops, id: 'month', window: 'last-30-days', atLeast: 4 }];
    scenario(policy({ quality }))
      .given(at('2026-08-10T09:00+07:00', ...times(2)), at('2026-08-16T09:00+07:00', reported()))
      .when(at('2026-08-17T09:00+07:00', reported()))
      .then(recoveryDue('month', { count: 4 }));
  });

  test('and one of tomorrow counts tomorrow', () => {
    scenario(watching({ atLeast: 1, window: 'last-1-days' }))
      .given(at('2026-08-10T23:59+07:00'))
      .when(reported().occurred('2026-08-11T00:01+07:00'))
      .then()
      .when(at('2026-08-11T00:02+07:00', reported()))
      .then(recoveryDue('drops', { count: 2 }));
  });
});

describe('an outage counts once in the window', () => {
  const outages = (rule: object = {}) => watching({ kinds: ['outage', 'slow-data'], atLeast: 2, ...rule });

  test.each([
    { second: reported('outage', 'o-1'), told: [], why: 'the same outage' },
    { second: reported('slow-data', 'o-1'), told: [], why: 'the same outage felt otherwise' },
    { second: reported('outage', 'o-2'), told: [recoveryDue('drops', { count: 2 })], why: 'another outage' },
    { second: reported('outage'), told: [recoveryDue('drops', { count: 2 })], why: 'one that names none' },
  ])('$why', ({ second, told }) => {
    scenario(outages())
      .given(reported('outage', 'o-1'))
      .when(second)
      .then(...told);
  });

  test('and those that name none count each', () => {
    scenario(outages())
      .given(reported('outage'))
      .when(reported('outage'))
      .then(recoveryDue('drops', { count: 2 }));
  });

  test('on whichever of its days: the last of them keeps it in the window', () => {
    scenario(outages())
      .given(
        at('2026-08-01T09:00+07:00', reported('outage', 'o-1')),
        at('2026-08-06T09:00+07:00', reported('outage', 'o-1')),
      )
      .when(at('2026-08-12T23:59+07:00', reported('outage', 'o-2')))
      .then(recoveryDue('drops', { count: 2 }))
      .when(at('2026-08-13T00:00+07:00', reported('outage', 'o-2')))
      .then();
  });

  test('also where the earlier of its days is told later', () => {
    scenario(outages())
      .given(
        at('2026-08-10T09:00+07:00', reported('outage', 'o-1')),
        reported('outage', 'o-1').occurred('2026-08-05T09:00+07:00'),
      )
      .when(at('2026-08-16T09:00+07:00', reported('outage', 'o-2')))
      .then(recoveryDue('drops', { count: 2 }));
  });

  test('on today, though it goes on tomorrow', () => {
    scenario(outages())
      .given(
        at('2026-08-10T23:59+07:00', reported('outage', 'o-1')),
        reported('outage', 'o-1').occurred('2026-08-11T00:01+07:00'),
      )
      .when(reported('outage', 'o-2'))
      .then(recoveryDue('drops', { count: 2 }));
  });

  test('and by each of its kinds, for a rule that asks for one', () => {
    scenario(
      policy({
        quality: [
          { ...drops, kinds: ['slow-data'], atLeast: 2 },
          { ...drops, kinds: ['outage'], id: 'outages' },
        ],
      }),
    )
      .given(reported('slow-data', 'o-1'), at('2026-08-11T09:00+07:00', reported('outage', 'o-1')))
      .when(reported('slow-data', 'o-2'))
      .then(recoveryDue('drops', { count: 2 }));
  });

  test('and a report of it is judged like any other, though it adds nothing', () => {
    scenario(outages({ atLeast: 1 }))
      .given(reported('outage', 'o-1'))
      .when(reported('outage', 'o-1'))
      .then(recoveryDue('drops', { count: 1 }));
  });

  test('which a rule that does not ask for its kind does not see', () => {
    scenario(outages({ kinds: ['outage'] }))
      .given(reported('slow-data', 'o-1'))
      .when(reported('outage', 'o-2'))
      .then();
  });
});

describe('only who stands high enough is looked at', () => {
  const vips = watching({ atLeast: 1, minTier: 'vip' }, { lists: { official: { floor: 'vip' } } });
  test.each([
    { spent: 999_999, told: [], why: 'below' },
    { spent: 1_000_000, told: [recoveryDue('drops')], why: 'exactly that tier' },
    { spent: 3_000_000, told: [recoveryDue('drops')], why: 'above' },
  ])('$spent: $why', ({ spent, told }) => {
    scenario(vips)
      .given(charged(spent))
      .when(reported())
      .then(...told);
  });

  test('a list lifts like spend', () => {
    scenario(vips).given(listed('official')).when(reported()).then(recoveryDue('drops'));
  });

  test('and what was reported before somebody rose counts', () => {
    scenario(watching({ minTier: 'vip' }))
      .given(...times(5), charged(1_000_000))
      .when(reported())
      .then(recoveryDue('drops', { count: 6 }));
  });
});

describe('a rule that has spoken is silent for its cooldown', () => {
  const cooling = watching({ atLeast: 1, cooldown: 'P14D' });
  test.each([
    { now: '2026-08-24T08:59:59.999+07:00', told: [], why: 'the last millisecond' },
    { now: '2026-08-24T09:00+07:00', told: [recoveryDue('drops')], why: 'exactly 14 days of 24 hours later' },
  ])('$now: $why', ({ now, told }) => {
    scenario(cooling)
      .given(at('2026-08-10T09:00+07:00', reported()))
      .when(at(now, reported()))
      .then(...told);
  });

  test.each([
    { now: '2026-03-29T10:59:59+01:00', told: [], why: 'a day of 24 hours is not over' },
    { now: '2026-03-29T11:00+01:00', told: [recoveryDue('drops')], why: 'and now it is' },
  ])('over a clock change, $now: $why', ({ now, told }) => {
    scenario(watching({ atLeast: 1, cooldown: 'P1D' }, { zone: 'Europe/London' }))
      .given(at('2026-03-28T10:00+00:00', reported()))
      .when(at(now, reported()))
      .then(...told);
  });

  test('counted from when it spoke, not from what it could have said since', () => {
    scenario(cooling)
      .given(at('2026-08-10T09:00+07:00', reported()), at('2026-08-20T09:00+07:00', reported()))
      .when(at('2026-08-24T09:00+07:00', reported()))
      .then(recoveryDue('drops', { count: 2 }));
  });

  test('and holds back no other rule', () => {
    const quality = [
      { ...drops, atLeast: 1, cooldown: 'P14D' },
      { ...drops, id: 'others', atLeast: 2 },
    ];
    scenario(policy({ quality })).given(reported()).when(reported()).then(recoveryDue('others'));
  });
});

describe('who left hears nothing', () => {
  test.each([
    { left: closed(), why: 'closed' },
    { left: erased(), why: 'erased' },
  ])('$why', ({ left }) => {
    const { partition } = scenario(watching())
      .given(...times(2), left)
      .when(at('2026-08-10T09:01+07:00'))
      .then();
    expect(partition.state('s-17')?.quality).toBeUndefined();
  });

  test('and a report on who is closed leaves nothing', () => {
    const { partition } = scenario(watching({ atLeast: 1 }))
      .given(closed())
      .when(reported())
      .then();
    expect(partition.state('s-17')?.quality).toBeUndefined();
  });
});

describe('its place in the order', () => {
  test('is before promotions, where a report tells what an activation left', () => {
    const muting = watching({ atLeast: 1 }, { version: 2, consent: 'opt-in', promotions: {} });
    scenario().given(updated()).when(activated(muting), reported()).then(recoveryDue('drops'), promotionsMuted());
  });

  test('and after tiers', () => {
    scenario(watching({ atLeast: 1, minTier: 'vip' }, { lists: { official: { floor: 'vip' } } }))
      .given(at('2026-08-10T09:00+07:00', listed('official', '2026-08-10T10:00+07:00')))
      .when(at('2026-08-10T10:00+07:00', reported()))
      .then(tierUpgraded('vip'), recoveryDue('drops'));
  });
});

describe('only what a rule may ask for is kept', () => {
  const kept = (story: { partition: ReturnType<typeof openPartition> }) => story.partition.state('s-17')?.quality;

  test('nothing without rules, and nothing of kinds that no rule asks for', () => {
    expect(kept(scenario().given(reported()))).toBeUndefined();
    expect(kept(scenario(watching()).given(reported('complaint')))).toBeUndefined();
  });

  test('by each kind for the longest window that asks for it', () => {
    const quality = [{ ...drops, id: 'month', kinds: ['dropped-call'], window: 'last-30-days', atLeast: 9 }, drops];
    const story = scenario(policy({ quality })).given(
      at('2026-08-10T09:00+07:00', reported('dropped-call'), reported('setup-failure')),
      at('2026-08-17T00:00+07:00', reported('dropped-call')),
    );
    expect(kept(story)?.reports.map(({ kind, day }) => [kind, formatDay(day)])).toEqual([
      ['dropped-call', '2026-08-10'],
      ['dropped-call', '2026-08-17'],
    ]);
  });

  test('and of a cooldown nothing once it is over', () => {
    const story = scenario(watching({ atLeast: 2, cooldown: 'P1D' })).given(...times(2));
    expect(kept(story)?.spoken).toEqual({ drops: instant('2026-08-10T09:00+07:00') });
    const quality = [{ ...drops, atLeast: 1, window: 'last-1-days' }];
    story.given(activated(policy({ version: 2, quality })), at('2026-08-12T09:00+07:00', reported()));
    expect(kept(story)?.spoken).toBeUndefined();
  });

  test('and no more outages of a kind than a rule may ask for', () => {
    const story = scenario(watching({ kinds: ['outage'], atLeast: outagesMax })).given(
      ...Array.from({ length: outagesMax - 1 }, (_, n) => reported('outage', `o-${n}`)),
    );
    story
      .when(at('2026-08-11T09:00+07:00', reported('outage', 'o-new'), reported('outage', 'o-newer')))
      .then(recoveryDue('drops', { count: outagesMax }), recoveryDue('drops', { count: outagesMax }));
    expect(kept(story)?.reports).toHaveLength(outagesMax);
  });
});

describe('a new policy', () => {
  test('counts what was kept for the old one', () => {
    scenario(watching())
      .given(...times(2))
      .when(activated(watching({ window: 'last-30-days' }, { version: 2 })), reported())
      .then(recoveryDue('drops', { count: 3 }));
  });
});

type Told = {
  readonly kind: 'outage' | 'slow-data' | 'complaint';
  readonly backHours: number;
  readonly outage: number;
};
const tales = fc.array(
  fc.record({
    gapHours: fc.nat(60),
    told: fc.record({
      kind: fc.constantFrom('outage' as const, 'slow-data' as const, 'complaint' as const),
      backHours: fc.nat(24 * 12),
      outage: fc.nat(4),
    }),
  }),
  { maxLength: 40 },
);

test('what is said is what counting all reports ever made would say', () => {
  const rule = { id: 'drops', kinds: ['outage', 'slow-data'], window: 'last-5-days', atLeast: 2 };
  const programme = policy({ zone: 'UTC', quality: [rule] });
  const dayOf = (instantMs: number) => Math.floor(instantMs / 86_400_000);
  expect(activatePolicy(programme).ok).toBe(true);
  fc.assert(
    fc.property(tales, (tale) => {
      const partition = openPartition();
      let now = instant('2026-02-20T03:00Z');
      partition.take(recordOf(activated(programme), 'p-1', now));
      const all: (Told & { readonly at: number })[] = [];
      for (const [n, { gapHours, told }] of tale.entries()) {
        now += gapHours * 3_600_000;
        const occurred = now - told.backHours * 3_600_000;
        all.push({ ...told, at: occurred });
        const happening = reported(told.kind, told.outage === 0 ? undefined : `o-${told.outage}`);
        const { outputs } = partition.take(recordOf(happening.occurred(formatInstant(occurred)), `e-${n}`, now));
        const counted = all.filter(({ kind, at: when }) => rule.kinds.includes(kind) && dayOf(when) > dayOf(now) - 5);
        const named = new Set(counted.filter(({ outage }) => outage > 0).map(({ outage }) => outage));
        const count = named.size + counted.filter(({ outage }) => outage === 0).length;
        const expected = rule.kinds.includes(told.kind) && count >= rule.atLeast ? [count] : [];
        const said = outputs.map(
          (output) => output.kind === 'trigger' && (output.trigger.data as { count: number }).count,
        );
        expect(said).toEqual(expected);
      }
    }),
    { numRuns: 150 },
  );
});
