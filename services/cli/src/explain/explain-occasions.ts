import { type Occasion, type Policy, parseDuration } from '@alo/contracts';
import { allOf, durationInWords, endOfSpread, fromTier, type Money, windowInWords } from './words.ts';

/** Every gift and card: for what, for whom, when, and worth how much. */
export const explainOccasions = ({ gifts, occasions = [] }: Policy, money: Money): string[] => [
  ...occasions.map((occasion) => occasionInWords(occasion, money)),
  ...(gifts?.yearlyCap === undefined
    ? []
    : [`All gifts of one subscriber in one year together are worth ${money(gifts.yearlyCap)} at most.`]),
  ...(occasions.some(({ gift }) => gift) ? [issuerInWords(gifts?.operatorProvinces ?? [])] : []),
  ...(occasions.length > 0 ? ['Nobody gets two for the same occasion in one year.'] : []),
];

const issuerInWords = (provinces: readonly string[]): string =>
  provinces.length === 0
    ? 'A gift is handed over by the dealer of the subscriber, where there is one; else by the operator.'
    : `In ${allOf(provinces)} the operator hands gifts over; elsewhere the dealer of the subscriber, where there is one.`;

const occasionInWords = (occasion: Occasion, money: Money): string => {
  const { id, lead, sendAt, spread, gift } = occasion;
  const time = parseDuration(spread) === 0 ? `at ${sendAt}` : `between ${sendAt} and ${endOfSpread(sendAt, spread)}`;
  const when = parseDuration(lead) === 0 ? 'On the day' : `${durationInWords(lead)} before`;
  return `${id}, ${dayInWords(occasion)}. ${when}, ${time}, for ${audienceInWords(occasion, money)}: ${whatInWords(gift, money)}`;
};

const monthNames = 'January February March April May June July August September October November December'.split(' ');

const monthDayInWords = (text: string): string =>
  `${Number(text.slice(3))} ${monthNames[Number(text.slice(0, 2)) - 1]}`;

const leapDay = { feb28: '28 February', mar1: '1 March' } as const;

const dayInWords = (occasion: Occasion): string => {
  const { kind, feb29 = 'feb28' } = occasion;
  const leap = `who was born on 29 February has it on ${leapDay[feb29]} in other years`;
  switch (kind) {
    case 'birthday':
      return `the birthday of a person (${leap})`;
    case 'founding-day':
      return 'the founding day of an organisation';
    case 'conference':
      return `a conference on ${occasion.on}`;
    case 'holiday': {
      if (occasion.on !== undefined) return `every year on ${monthDayInWords(occasion.on)}`;
      const [month, day] = (occasion.lunar as string).split('-').map(Number);
      return `every year on day ${day} of month ${month} of the Vietnamese lunar calendar`;
    }
  }
};

const audienceInWords = ({ audience = {} }: Occasion, money: Money): string => {
  const { kinds, gender, minTier, spend, lists, provinces } = audience;
  const parts = [
    fromTier(minTier),
    ...(kinds ? [`only ${allOf(kinds, 'or')}s`] : []),
    ...(gender === undefined ? [] : [`only of gender ${gender}`]),
    ...(spend ? [`only with ${money(spend.atLeast)} or more spent in ${windowInWords(spend.window)}`] : []),
    ...(lists ? [`only of the lists ${allOf(lists, 'or')}`] : []),
    ...(provinces ? [`only in ${allOf(provinces, 'or')}`] : []),
  ];
  return parts.join(', ');
};

const whatInWords = (gift: Occasion['gift'], money: Money): string => {
  if (!gift) return 'a greeting card.';
  const bands = gift.bands.map(({ from, value }) =>
    from === 0 ? `${money(value)} for everybody` : `${money(value)} from ${money(from)} on`,
  );
  const least = gift.bands[0]?.from === 0 ? '' : ' Below that, a greeting card.';
  const measure =
    gift.bands.length === 1 && gift.bands[0]?.from === 0 ? '' : ` by what was spent in ${windowInWords(gift.window)}`;
  return `a gift${measure}: ${allOf(bands)}.${least}`;
};
