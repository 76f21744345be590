/*
 * 16. Occasions and gifts
 *
 * An occasion is a day: a birthday, the founding day of an organisation, a holiday, a conference. Some days ahead, at a
 * time of day, whoever is in its audience then is owed a gift, or a card where no gift is meant or none is reached. What
 * is due is no event: it falls due by itself, as chapter 7 tells.
 */
import { expect, test } from '@jest/globals';
import { openJournal } from './journal.ts';

const policy = {
  id: 'first',
  version: 1,
  zone: 'Asia/Ho_Chi_Minh',
  currency: 'VND',
  tiers: {
    window: 'month-to-date',
    ladder: [{ name: 'base' }, { name: 'vip', upgradeAt: 1_000_000, retainAt: 800_000 }],
  },
  lists: { official: { floor: 'vip', gifts: 'hold' } },
  gifts: { yearlyCap: 500_000, operatorProvinces: ['HN'] },
  occasions: [
    {
      id: 'birthday',
      kind: 'birthday',
      feb29: 'feb28',
      lead: 'P1D',
      sendAt: '09:00',
      audience: { minTier: 'vip' },
      gift: {
        window: 'previous-month',
        bands: [
          { from: 500_000, value: 200_000 },
          { from: 2_000_000, value: 400_000 },
        ],
      },
    },
    { id: 'tet', kind: 'holiday', lunar: '01-01', lead: 'P7D', sendAt: '08:00', audience: { minTier: 'vip' } },
  ],
};

const event = (type: string, id: string, time: string, data: object) => ({
  specversion: '1.0',
  id,
  source: '/billing',
  type: `alo.${type}.v1`,
  subject: 's-17',
  time,
  data,
});

/** What is said of these events, standing left out. */
const saidOf = (events: readonly object[]) => {
  const journal = openJournal(JSON.stringify(policy));
  return events
    .flatMap((one) => journal.append(JSON.stringify(one)))
    .flatMap((output) => (output.kind === 'trigger' ? [output.trigger] : []))
    .filter(({ type }) => type !== 'alo.standing.changed.v1');
};

const charge = (id: string, time: string, amount: number) =>
  event('usage.charged', id, time, { amount, currency: 'VND', service: 'voice' });
const tick = (time: string) => ({ ...event('time.ticked', 't', time, {}), subject: undefined });
const born = event('subscriber.updated', 'p-1', '2026-07-01T09:00:00+07:00', {
  kind: 'person',
  birthday: '08-20',
  province: 'HP',
  dealer: 'dealer-HP-2',
});

test('a VIP whose birthday is tomorrow is owed a gift, by what was spent last month, from the dealer', () => {
  const triggers = saidOf([
    born,
    charge('c-1', '2026-07-10T09:00:00+07:00', 1_200_000),
    tick('2026-08-19T09:00:00+07:00'),
  ]);
  expect(triggers.at(-1)).toMatchObject({
    type: 'alo.birthday-gift.due.v1',
    id: 'birthday-gift.due/s-17/birthday/2026',
    time: '2026-08-19T02:00:00Z',
    expirytime: '2026-08-20T17:00:00Z',
    data: {
      occasion: 'birthday',
      occursOn: '2026-08-20',
      value: 200_000,
      currency: 'VND',
      issuer: { dealer: 'dealer-HP-2', province: 'HP' },
      because: { window: { window: 'previous-month', value: 1_200_000 }, threshold: 500_000 },
    },
  });
});

test('who withdraws consent before the day is over is not given it after all', () => {
  const no = event('subscriber.updated', 'p-2', '2026-08-20T10:00:00+07:00', {
    kind: 'person',
    birthday: '08-20',
    consent: { gifts: false },
  });
  const triggers = saidOf([born, charge('c-1', '2026-07-10T09:00:00+07:00', 1_200_000), no]);
  expect(triggers.slice(-2).map(({ type }) => type)).toEqual(['alo.birthday-gift.due.v1', 'alo.gift.cancelled.v1']);
});

test('the gift of an official is held, and goes out when somebody releases it', () => {
  const listed = event('subscriber.listed', 'l-1', '2026-07-01T10:00:00+07:00', {
    list: 'official',
    validFrom: '2026-07-01T00:00:00+07:00',
    requestedBy: 'lan',
    approvedBy: 'minh',
  });
  const released = event('trigger.acknowledged', 'a-1', '2026-08-19T15:00:00+07:00', {
    triggerId: 'gift.held/s-17/birthday/2026',
    outcome: 'released',
  });
  const triggers = saidOf([born, listed, charge('c-1', '2026-07-10T09:00:00+07:00', 600_000), released]);
  expect(triggers.slice(-2)).toMatchObject([
    { type: 'alo.gift.held.v1', time: '2026-08-19T02:00:00Z' },
    { type: 'alo.birthday-gift.due.v1', time: '2026-08-19T08:00:00Z', data: { value: 200_000 } },
  ]);
});

test('at Tết, which the lunar calendar dates, every VIP has a card', () => {
  const triggers = saidOf([charge('c-1', '2026-12-10T09:00:00+07:00', 1_000_000), tick('2027-02-06T00:00:00+07:00')]);
  expect(triggers.at(-1)).toMatchObject({
    type: 'alo.greeting.due.v1',
    time: '2027-01-30T01:00:00Z',
    data: { occasion: 'tet', occursOn: '2027-02-06' },
  });
});
