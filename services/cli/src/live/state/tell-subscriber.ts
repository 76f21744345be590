import type { Erased, KnownSubscriber } from './known-subscriber.ts';

const figure = (amount: number) => amount.toLocaleString('en-US');

const tierWords = ({ effective, bySpend, since, failedReviews }: KnownSubscriber['tier']): string => {
  const spend = since === undefined ? bySpend : `${bySpend} since ${since}`;
  const failed =
    failedReviews > 0 ? `; ${failedReviews} failed ${failedReviews === 1 ? 'review' : 'reviews in a row'}` : '';
  return (effective === bySpend ? spend : `${effective} by a list, ${spend} by spend`) + failed;
};

const standingWords = ({ phase, standing, skippedSuspensions }: KnownSubscriber): string[] => {
  if (phase === 'closed') return ['phase         closed: nothing more is said'];
  const skips = skippedSuspensions > 0 ? `; ${skippedSuspensions} skipped in a row` : '';
  const until = standing.skipUntil === undefined ? '' : `; the last skip holds until ${standing.skipUntil}`;
  return [
    `suspension    ${standing.protected ? 'protected' : 'not protected'}${skips}${until}`,
    `promotions    ${standing.promotionsMuted ? 'muted' : 'not muted'}`,
  ];
};

const listingWords = ({ listings }: KnownSubscriber): string[] =>
  listings.map(
    ({ list, from, to }) =>
      `listed        ${list === undefined ? '' : `on ${list} `}from ${from}${to === undefined ? '' : ` until ${to}`}`,
  );

const accountWords = ({ account, currency }: KnownSubscriber): string[] => {
  if (!account) return [];
  const invoices = account.invoices.map(
    ({ invoiceId, dueOn, outstanding }) =>
      `invoice       ${invoiceId}, due on ${dueOn}: ${figure(outstanding)} ${currency} unpaid`,
  );
  return [`overdue       ${figure(account.debt)} ${currency}`, ...invoices];
};

const windowWords = ({ windows, currency }: KnownSubscriber): string[] =>
  windows.map(
    ({ window, from, to, value }) => `spent         ${figure(value)} ${currency} in ${window} (${from} up to ${to})`,
  );

const nextWords = ({ next }: KnownSubscriber): string[] =>
  next ? [`due next      ${next.kinds.join(', ') || 'something'} at ${next.at}`] : ['due next      nothing'];

/** What is known of a subscriber, in words, a line each. */
export const tellSubscriber = (known: KnownSubscriber | Erased): string => {
  if (known.phase === 'erased') return `${known.subscriber} is erased: nothing is known but that there was someone`;
  const { subscriber, partition, asOf, policy, tier } = known;
  return [
    `${subscriber}, partition ${partition}, as of ${asOf} under policy ${policy.id} version ${policy.version}`,
    `tier          ${tierWords(tier)}`,
    ...standingWords(known),
    ...listingWords(known),
    ...windowWords(known),
    ...accountWords(known),
    ...nextWords(known),
  ].join('\n');
};
