/*
 * 14. Ranked lists
 *
 * "The top 1 %" is no threshold that a charge can cross: it depends on everybody. So a job ranks all subscribers when a
 * month is over, `alo rank`, and writes what follows as events. From then on a listing is a fact in the journal like any
 * other; whoever folds the journal again never ranks again.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDuration } from '@alo/contracts';
import { parseMonth } from '@alo/domain';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type RankOptions, rank } from '../../services/cli/src/rank/rank.ts';
import { run } from '../../services/cli/src/run/run.ts';

const folder = mkdtempSync(join(tmpdir(), 'alo-guide-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const linesOf = (name: string) => readFileSync(at(name), 'utf8').split('\n').slice(0, -1);

/* The first tenth are VIP. Who has been one stays among the first two tenths, so that nobody comes and goes by a đồng. */
const policy = {
  ...{ id: 'first', version: 1, zone: 'Asia/Ho_Chi_Minh', currency: 'VND' },
  tiers: { window: 'month-to-date', ladder: [{ name: 'base' }, { name: 'vip', upgradeAt: 1e9, retainAt: 1e9 }] },
  lists: { top: { floor: 'vip', ranked: { topPpm: 100_000, leavePpm: 200_000, window: 'previous-month' } } },
};

const charge = (subscriber: string, amount: number, time: string) =>
  `{"specversion":"1.0","id":"${subscriber}/${time}","source":"/billing","type":"alo.usage.charged.v1",` +
  `"subject":"${subscriber}","time":"${time}","data":{"amount":${amount},"currency":"VND","service":"voice"}}\n`;

/* In July, of ten subscribers s-10 spends most; in August comes one charge more, and so July is over. */
beforeAll(async () => {
  writeFileSync(at('policy.json'), JSON.stringify(policy));
  const july = Array.from({ length: 10 }, (_, n) => charge(`s-${n + 1}`, (n + 1) * 1000, '2026-07-10T09:00:00+07:00'));
  writeFileSync(at('events.ndjson'), [...july, charge('s-1', 1, '2026-08-02T09:00:00+07:00')].join(''));
  const options = { policy: at('policy.json'), events: at('events.ndjson'), maxGapMs: parseDuration('P31D') };
  await run({ ...options, data: at('data') });
});

const options: RankOptions = {
  list: 'top',
  asOf: parseMonth('2026-07'),
  data: at('data'),
  requestedBy: 'lan',
  approvedBy: 'minh',
};

/* With `--out` the listings are only written down, so that whoever approves them can look at them first. */
test('the listings can be looked at before they count', async () => {
  await rank({ ...options, out: at('listings.ndjson') });
  expect(linesOf('listings.ndjson').map((line) => JSON.parse(line))).toEqual([
    {
      specversion: '1.0',
      id: 'rank/top/2026-07/s-10',
      source: '/alo/rank',
      type: 'alo.subscriber.listed.v1',
      subject: 's-10',
      time: '2026-07-31T17:00:00Z',
      datacontenttype: 'application/json',
      data: {
        list: 'top',
        validFrom: '2026-07-31T17:00:00Z',
        requestedBy: 'lan',
        approvedBy: 'minh',
        reason: 'previous-month as of 2026-07: 10000 reaches the cut 10000 at rank 1 of 10',
      },
    },
  ]);
});

/* Without it they go into the journal, and what follows from them is said. */
test('a ranking takes effect', async () => {
  const result = await rank({ ...options, triggers: at('triggers.ndjson') });
  expect(result).toMatchObject({ population: 10, listed: 1, delisted: 0 });
  expect(linesOf('triggers.ndjson').map((line) => JSON.parse(line).id)).toEqual([
    'tier.upgraded/s-10/vip/%2Falo%2Frank/rank%2Ftop%2F2026-07%2Fs-10',
    'standing.changed/s-10/%2Falo%2Frank/rank%2Ftop%2F2026-07%2Fs-10',
  ]);
});

/* A month is ranked once. */
test('a second ranking of the same month writes nothing new', async () => {
  expect(await rank(options)).toMatchObject({ isDone: true, listed: 0, delisted: 0 });
});
