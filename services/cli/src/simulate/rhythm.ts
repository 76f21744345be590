import { weekdayOf } from './calendar.ts';
import { integer, pickWeighted, type Random, weighted } from './random.ts';

/** How busy each hour of the day is: quiet after midnight, busiest from 19 to 21. */
const busyness = [2, 1, 1, 1, 1, 2, 4, 6, 8, 9, 9, 9, 8, 7, 8, 8, 8, 9, 9, 10, 10, 8, 6, 3];
const hours = weighted(busyness.map((weight, hour) => [hour, weight] as const));

/** How busy each day of the week is, Monday first; 1 on average. */
const weekdays = [1, 0.98, 0.98, 1, 1.08, 1.06, 0.9] as const;

/** A second of the day at which people phone. */
export const secondOfDay = (random: Random): number => pickWeighted(random, hours) * 3600 + integer(random, 0, 3599);

/** A second of the day at which offices work: 8 to 17 o'clock. */
export const officeSecond = (random: Random): number => integer(random, 8 * 3600, 17 * 3600 - 1);

/** How much busier or quieter this day is than the average one. */
export const weekdayFactor = (day: number): number => weekdays[weekdayOf(day)] as number;
