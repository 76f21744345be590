import { dayMs, hourMs, minuteMs, parseDuration, parseWindow, secondMs, type Window } from '@alo/contracts';

/** An amount as people write it: `1,000,000 VND`, `12.50 GBP`. */
export const moneyOf =
  (currency: string) =>
  (amountMinor: number): string => {
    const { maximumFractionDigits: digits = 0 } = new Intl.NumberFormat('en-US', {
      style: 'currency',
      currency,
    }).resolvedOptions();
    const amount = (amountMinor / 10 ** digits).toLocaleString('en-US', { minimumFractionDigits: digits });
    return `${amount} ${currency}`;
  };

export type Money = ReturnType<typeof moneyOf>;

/** `a`, `a and b`, `a, b and c`. */
export const allOf = (words: readonly string[], last = 'and'): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;

export const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

/** What a window sums, as it follows "spent". */
export const windowInWords = (name: string): string => {
  const window = parseWindow(name) as Window;
  switch (window.kind) {
    case 'months-to-date':
      return window.months === 1 ? 'this month' : `this month and the ${window.months - 1} before it`;
    case 'last-months':
      if (window.average) return 'a month, on average of the three complete months before';
      return window.months === 1 ? 'the month before' : `the ${window.months} complete months before`;
    case 'last-days':
      return window.days === 1 ? 'one day' : `${window.days} days, today included`;
    case 'year-to-date':
      return 'this year';
  }
};

const units = [
  [dayMs, 'day'],
  [hourMs, 'hour'],
  [minuteMs, 'minute'],
  [secondMs, 'second'],
] as const;

/** `P1DT2H` as `1 day and 2 hours`. */
export const durationInWords = (text: string): string => {
  let restMs = parseDuration(text);
  const parts = units.flatMap(([unitMs, word]) => {
    const count = Math.floor(restMs / unitMs);
    restMs -= count * unitMs;
    return count === 0 ? [] : [counted(count, word)];
  });
  return parts.length === 0 ? 'no time' : allOf(parts);
};

/** `10000` parts of a million as `1 %`. */
export const shareInWords = (ppm: number): string => `${ppm / 10_000} %`;

/** `vip` as `vip and above`. Undefined is everybody. */
export const fromTier = (tier: string | undefined): string => (tier === undefined ? 'everybody' : `${tier} and above`);

/** When a spread that begins at a time of day ends; `24:00` is the end of the day. */
export const endOfSpread = (sendAt: string, spread: string): string => {
  const minutes =
    Number(sendAt.slice(0, 2)) * 60 + Number(sendAt.slice(3)) + Math.ceil(parseDuration(spread) / minuteMs);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
};
