import { type AloEvent, parseInstant } from '@alo/contracts';
import type { ActivePolicy } from '../active-policy.ts';
import type { CivilDay } from '../calendar/calendar.ts';
import { monthOf } from '../calendar/civil-date.ts';
import type { SpendChange } from '../moment.ts';
import { addTo } from './sums.ts';
import type { Spend } from './windows.ts';

/** How long sums are kept, today's and this month's included: no window asks for older ones. */
const daysKept = 104;
const monthsKept = 27;

/** Where a charge lands: in the day of its occurredAt, an adjustment in that of appliesTo. */
export const spendChange = (
  event: Extract<AloEvent, { name: 'usage.charged' | 'usage.adjusted' }>,
  { calendar }: ActivePolicy,
): SpendChange => {
  const instant = event.name === 'usage.charged' ? event.occurredAt : parseInstant(event.data.appliesTo);
  return { day: calendar.dayOf(instant), instant };
};

/** The sums after an amount has landed on a day; what no window asks for any more is gone. */
export const charged = ({ days, months }: Spend, day: CivilDay, amountMinor: number, today: CivilDay): Spend => ({
  days: addTo(days, day, amountMinor, today - daysKept + 1),
  months: addTo(months, monthOf(day), amountMinor, monthOf(today) - monthsKept + 1),
});
