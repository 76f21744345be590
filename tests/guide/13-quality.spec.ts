/*
 * 13. Faults of the network
 *
 * Whoever cares for good customers wants to know when the network has failed one of them too often. A rule of `quality`
 * names kinds of reports, a window of days, and how many are too many; for whom, and how long to be silent afterwards.
 */
import { expect, test } from '@jest/globals';
import { openJournal } from './journal.ts';

const policy = `
{
  "id": "first", "version": 1, "zone": "Asia/Ho_Chi_Minh", "currency": "VND",
  "tiers": { "window": "month-to-date", "ladder": [{ "name": "base" }] },
  "quality": [
    { "id": "faults", "kinds": ["dropped-call", "outage"], "window": "last-7-days", "atLeast": 3, "cooldown": "P14D" }
  ]
}`;

const report = (id: string, time: string, data: object): string =>
  JSON.stringify({
    specversion: '1.0',
    id,
    source: '/network',
    type: 'alo.quality.reported.v1',
    subject: 's-17',
    time,
    data,
  });

const said = (journal: ReturnType<typeof openJournal>, id: string, time: string, data: object) =>
  journal.append(report(id, time, data)).flatMap((output) => (output.kind === 'trigger' ? [output.trigger] : []));

/* Every report is judged when it comes. The third within seven civil days, today included, is one too many. */
test('the third fault within a week is told, with the count and what decided', () => {
  const journal = openJournal(policy);
  expect(said(journal, 'q-1', '2026-08-10T09:00:00+07:00', { kind: 'dropped-call' })).toEqual([]);
  expect(said(journal, 'q-2', '2026-08-12T09:00:00+07:00', { kind: 'dropped-call' })).toEqual([]);
  expect(said(journal, 'q-3', '2026-08-16T09:00:00+07:00', { kind: 'outage', outageId: 'o-1' })).toMatchObject([
    {
      id: 'service-recovery.due/s-17/faults/%2Fnetwork/q-3',
      data: {
        quality: 'faults',
        count: 3,
        because: {
          rule: 'quality',
          window: { window: 'last-7-days', from: '2026-08-10', to: '2026-08-17', value: 3 },
          threshold: 3,
        },
      },
    },
  ]);
});

/* One outage may be reported by many systems, and on several days. It is one. */
test('one outage counts once in the window', () => {
  const journal = openJournal(policy);
  said(journal, 'q-1', '2026-08-10T09:00:00+07:00', { kind: 'outage', outageId: 'o-1' });
  said(journal, 'q-2', '2026-08-10T10:00:00+07:00', { kind: 'outage', outageId: 'o-1' });
  expect(said(journal, 'q-3', '2026-08-11T09:00:00+07:00', { kind: 'outage', outageId: 'o-1' })).toEqual([]);
  said(journal, 'q-4', '2026-08-11T09:05:00+07:00', { kind: 'dropped-call' });
  expect(said(journal, 'q-5', '2026-08-11T09:10:00+07:00', { kind: 'dropped-call' })).toHaveLength(1);
});

/* After it has spoken, a rule is silent about that subscriber for its cooldown: here 14 days of 24 hours. */
test('the cooldown ends exactly when it says', () => {
  const journal = openJournal(policy);
  const daily = (day: number) => said(journal, `q-${day}`, `2026-08-${day}T09:00:00+07:00`, { kind: 'dropped-call' });
  const days = Array.from({ length: 17 }, (_, n) => n + 10);
  expect(days.filter((day) => daily(day).length > 0)).toEqual([12, 26]);
});
