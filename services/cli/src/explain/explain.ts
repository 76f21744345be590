import type { ActivePolicy, CivilMonth } from '@alo/domain';
import { type CalendarEntry, calendarFrom, type Undated, undatedOf } from './calendar.ts';
import { explainCare } from './explain-care.ts';
import { explainOccasions } from './explain-occasions.ts';
import { explainSuspension } from './explain-suspension.ts';
import { explainLists, explainTiers } from './explain-tiers.ts';
import { durationInWords, moneyOf } from './words.ts';

/** A policy for people who must sign it: sentences by section, and a year of dates. */
export type Explanation = {
  readonly policy: ActivePolicy['name'];
  readonly sections: readonly { readonly title: string; readonly sentences: readonly string[] }[];
  readonly calendar: readonly CalendarEntry[];
  /** The occasions that are not in the calendar, and why. */
  readonly undated: readonly Undated[];
};

/** Tells a policy in plain sentences, with what it does by itself in the twelve months from one on. */
export const explainPolicy = (active: ActivePolicy, month: CivilMonth): Explanation => {
  const { policy } = active;
  const money = moneyOf(policy.currency);
  const sections = [
    { title: 'In general', sentences: inGeneral(active) },
    { title: 'Tiers', sentences: explainTiers(policy, money) },
    { title: 'Lists', sentences: explainLists(policy) },
    { title: 'Gifts and cards', sentences: explainOccasions(policy, money) },
    { title: 'Suspension and payment', sentences: explainSuspension(policy, money) },
    { title: 'Quality, promotions, spend', sentences: explainCare(policy, money) },
  ];
  return {
    policy: active.name,
    sections: sections.filter(({ sentences }) => sentences.length > 0),
    calendar: calendarFrom(active, month),
    undated: undatedOf(policy),
  };
};

const inGeneral = ({ policy: { zone, currency, lateness, consent } }: ActivePolicy): string[] => [
  `Days begin at midnight in ${zone}; amounts are in ${currency}.`,
  `A charge counts on the day on which it was made, if it becomes known within ${durationInWords(lateness)}.`,
  consent === 'opt-in'
    ? 'Who has not consented gets no gifts, cards and promotions.'
    : 'Who has not said no is taken to consent to gifts, cards and promotions.',
];
