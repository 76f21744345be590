import { formatInstant, hourMs } from '@alo/contracts';
import { encodeState } from '../state-codec.ts';
import {
  acknowledged,
  activated,
  adjusted,
  charged,
  consented,
  delisted,
  instant,
  listed,
  ticked,
  updated,
} from './events.ts';
import { lifePolicy } from './life-policy.ts';
import { live, recordOf } from './lives.ts';

const start = instant('2026-02-20T03:00Z');
const gapMs = 61 * hourMs;

/** Two years of one subscriber in which about everything happens that can: what is said, and what is left. */
export const longLife = (): string => {
  const kinds = [
    (n: number, at: string) =>
      charged((n % 90 < 45 ? 150_000 : 5000) * (n % 17) + 1).occurred(
        formatInstant(instant(at) - (n % 5) * 7 * hourMs),
      ),
    (n: number, at: string) =>
      adjusted(n % 3 === 0 ? 50_000 : -40_000, formatInstant(instant(at) - (n % 40) * 24 * hourMs)),
    (n: number, at: string) =>
      listed(n % 2 === 0 ? 'official' : 'board', at, formatInstant(instant(at) + n * hourMs + 1)),
    (n: number) => (n % 4 === 0 ? consented(false) : updated({ birthday: n % 3 === 0 ? '02-29' : '05-02' })),
    (n: number, at: string) => charged((n % 90 < 45 ? 200_000 : 0) + n).occurred(at),
    (n: number) => (n % 2 === 0 ? delisted('board') : ticked()),
    (n: number) => acknowledged(`gift.held/s-17/${n % 2 === 0 ? 'equinox' : 'may-day'}/2027`, 'released'),
  ];
  const records = Array.from({ length: 300 }, (_, n) => {
    const at = start + n * gapMs;
    const happening = (kinds[n % kinds.length] as (typeof kinds)[0])(n, formatInstant(at));
    return recordOf(happening, `e-${n}`, at);
  });
  const { said, partition } = live([recordOf(activated(lifePolicy('Europe/London', 1)), 'p-1', start), ...records]);
  const state = partition.state('s-17');
  return `${said}\n${state && encodeState(state).toString('base64')}\n`;
};
