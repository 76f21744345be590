import { formatInstant } from '@alo/contracts';
import { partitionOfKey } from '@alo/runtime/live';
import { beforeAll, expect, jest, test } from '@jest/globals';
import { scratchFolder } from '../cli/alo-process.ts';
import { charged, type Event, linesOf, listed, policy, suspensionRequested, writePolicy } from '../cli/event-lines.ts';
import { describeWithServers } from '../servers/describe-with-servers.ts';
import { makeOperator, type Operator } from './operator.ts';
import { createTopics, foldAll, partitions, publish, sendLines } from './running.ts';

const policyFile = writePolicy(scratchFolder(), {
  ...policy,
  tiers: { ...(policy.tiers as object), warn: ['P7D'] },
  suspension: { protect: [{ list: 'official' }, { minTier: 'vip', skipDays: 7 }] },
  promotions: { muteFrom: 'vip' },
  alerts: [{ id: 'budget', window: 'last-7-days', at: [500] }],
});

const testMsMax = 90_000;
jest.setTimeout(testMsMax);
const now = formatInstant(Date.now());
const today = now.slice(0, 10);
const other = (name: string, subject: string, data: object): Event => ({
  ...charged(subject, 1, now, `${name}/${subject}`),
  type: `alo.${name}.v1`,
  data,
});

const life: Event[] = [
  charged('s-rich', 700, now, 'a'),
  charged('s-rich', 600, now, 'b'),
  suspensionRequested('s-rich', 'r-1', now),
  other('subscriber.updated', 's-rich', { kind: 'person', birthday: '02-28', gender: 'female', province: 'HN' }),
  listed('s-official', '2020-01-01T00:00:00Z', '2099-01-01T00:00:00Z', now),
  other('invoice.issued', 's-debtor', { invoiceId: 'i-1', dueOn: '2020-01-31', amount: 900, currency: 'VND' }),
  other('payment.received', 's-debtor', { amount: 300, currency: 'VND' }),
  charged('s-closed', 5, now),
  other('subscriber.closed', 's-closed', {}),
  charged('s-gone', 5, now),
  other('subscriber.erased', 's-gone', {}),
];

describeWithServers(['kafka', 'redis'], 'alo state', () => {
  let operator: Operator;

  beforeAll(async () => {
    operator = await makeOperator();
    await createTopics(operator);
    await publish(operator, policyFile);
    await sendLines(operator, linesOf(life));
    await foldAll(operator);
  }, testMsMax);

  const words = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await operator.alo(['state', ...args]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout;
  };
  const json = async (...args: string[]) => JSON.parse(await words(...args, '--json'));

  test('tells tier and since, sums, protection, muted promotions and what falls due next, but no profile', async () => {
    const told = await words('s-rich');
    expect(told).toMatch(/^s-rich, partition \d, as of 20.*Z under policy small version 1\n/);
    expect(told).toMatch(/\ntier +vip since 20\d\d-.*Z\n/);
    expect(told).toMatch(/\nsuspension +protected; 1 skipped in a row; the last skip holds until 20.*Z\n/);
    expect(told).toMatch(/\npromotions +muted\n/);
    expect(told).toMatch(/\nspent +1,300 VND in month-to-date \(20..-..-01 up to 20..-..-01\)\n/);
    expect(told).toMatch(/\nspent +0 VND in previous-month /);
    expect(told).toMatch(/\nspent +1,300 VND in last-7-days /);
    expect(told).toMatch(/\ndue next +(warning|review|skip-expiry) at 20.*Z\n$/);
    expect(`${told}${JSON.stringify(await json('s-rich'))}`).not.toMatch(/02-28|female|"HN"/);
  });

  test('tells the same as JSON', async () => {
    expect(await json('s-rich')).toMatchObject({
      subscriber: 's-rich',
      partition: partitionOfKey('s-rich', partitions),
      policy: { id: 'small', version: 1 },
      phase: 'open',
      tier: { effective: 'vip', bySpend: 'vip', since: expect.stringContaining(today.slice(0, 4)), failedReviews: 0 },
      windows: [
        { window: 'month-to-date', value: 1300 },
        { window: 'previous-month', value: 0 },
        { window: 'last-7-days', value: 1300 },
      ],
      standing: { protected: true, skipUntil: expect.any(String), promotionsMuted: true },
      listings: [],
      skippedSuspensions: 1,
      next: { at: expect.any(String), kinds: expect.arrayContaining([expect.any(String)]) },
    });
  });

  test('tells a listing without its list, which is named only where that is asked for', async () => {
    const told = await words('s-official');
    expect(told).toMatch(/\ntier +vip by a list, base by spend\n/);
    expect(told).toMatch(/\nlisted +from 2020-01-01T00:00:00Z until 2099-01-01T00:00:00Z\n/);
    expect(told.replace('s-official', '')).not.toMatch(/official/);
    expect((await json('s-official')).listings).toEqual([{ from: '2020-01-01T00:00:00Z', to: '2099-01-01T00:00:00Z' }]);
    expect(await words('s-official', '--lists')).toMatch(/\nlisted +on official from 2020/);
  });

  test('tells what is overdue and unpaid', async () => {
    expect(await words('s-debtor')).toMatch(
      /\noverdue +600 VND\ninvoice +i-1, due on 2020-01-31: 600 VND unpaid\ndue next +nothing\n$/,
    );
    expect((await json('s-debtor')).account).toEqual({
      debt: 600,
      invoices: [{ invoiceId: 'i-1', dueOn: '2020-01-31', outstanding: 600 }],
    });
  });

  test.each([
    { who: 's-closed', says: /\nphase +closed: nothing more is said\n/, phase: 'closed' },
    { who: 's-gone', says: /^s-gone is erased: nothing is known but that there was someone\n$/, phase: 'erased' },
  ])('says that $who is $phase', async ({ who, says, phase }) => {
    expect(await words(who)).toMatch(says);
    expect((await json(who)).phase).toBe(phase);
  });

  test('tells nothing else of who is erased', async () => {
    const partition = partitionOfKey('s-gone', partitions);
    expect(await json('s-gone')).toEqual({ subscriber: 's-gone', partition, phase: 'erased' });
  });

  test('of whom nothing is known it says so, and that is null', async () => {
    expect(await words('s-nobody')).toMatch(/^nothing is known of s-nobody \(partition \d\)\n$/);
    expect(await json('s-nobody')).toBeNull();
  });

  test(
    'takes nothing from the engine that owns the partition, which goes on beside it',
    async () => {
      const before = await json('s-rich');
      await Promise.all([foldAll(operator), words('s-rich'), words('s-rich')]);
      await sendLines(operator, linesOf([charged('s-rich', 100, formatInstant(Date.now()), 'c')]));
      await foldAll(operator);
      expect((await json('s-rich')).windows[0].value).toBe(before.windows[0].value + 100);
    },
    testMsMax,
  );
});
