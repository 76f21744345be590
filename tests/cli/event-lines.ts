import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatInstant, minuteMs, parseInstant } from '@alo/contracts';

type Policy = { readonly id: string; readonly version: number; readonly [key: string]: unknown };

/** Small enough to be understood: vip from 1,000 a month, reviewed on the 3rd, and one list. */
export const policy: Policy = {
  id: 'small',
  version: 1,
  zone: 'Asia/Ho_Chi_Minh',
  currency: 'VND',
  tiers: {
    window: 'month-to-date',
    ladder: [{ name: 'base' }, { name: 'vip', upgradeAt: 1000, retainAt: 800 }],
    review: { every: 'month', day: 3, at: '06:00', window: 'previous-month' },
  },
  lists: { official: { floor: 'vip' } },
};

export const writePolicy = (folder: string, given: Policy = policy, name = 'policy.json'): string => {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify(given));
  return file;
};

export type Event = {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject?: string | undefined;
  readonly time: string;
  readonly data?: unknown;
};

const event = (name: string, subject: string | undefined, id: string, time: string, data?: unknown): Event => ({
  specversion: '1.0',
  id,
  source: '/test',
  type: `alo.${name}.v1`,
  subject,
  time,
  data,
});

export const charged = (subject: string, amount: number, time: string, id = `${subject}/${time}`): Event =>
  event('usage.charged', subject, id, time, { amount, currency: 'VND', service: 'voice' });

export const listed = (subject: string, validFrom: string, validTo: string, time = validFrom): Event =>
  event('subscriber.listed', subject, `${subject}/listed`, time, {
    list: 'official',
    validFrom,
    validTo,
    requestedBy: 'a',
    approvedBy: 'b',
  });

export const suspensionRequested = (subject: string, requestId: string, time: string): Event =>
  event('suspension.requested', subject, requestId, time, { requestId, stage: 'both', reason: 'debt' });

export const activated = (given: Policy, time: string): Event =>
  event('policy.activated', undefined, `${given.id}/${given.version}`, time, { policy: given });

/** One JSON object a line. */
export const linesOf = (events: readonly Event[]): string => events.map((one) => `${JSON.stringify(one)}\n`).join('');

export const minutesAfter = (time: string, minutes: number): string =>
  formatInstant(parseInstant(time) + minutes * minuteMs);

/** So many subscribers who become vip one after the other, a minute apart. */
export const upgrades = (count: number, from = '2026-07-01T00:00:00Z', first = 0): Event[] =>
  Array.from({ length: count }, (_, n) => charged(`s-${first + n}`, 1000, minutesAfter(from, first + n)));

export type OutputLine = {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
};

/** The objects of a file of JSON lines. */
export const readLines = <Line = OutputLine>(file: string): Line[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);
