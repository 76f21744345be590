import type { Trigger } from '@alo/contracts';
import { unreachable } from '@alo/domain';

const money = (amount: number): string => amount.toLocaleString('en-US');

/** A trigger as a sentence. */
export const tellTrigger = (trigger: Trigger): string => {
  const when = trigger.time.slice(0, 16).replace('T', ' ');
  return `${when}Z  ${sentence(trigger)}`;
};

const sentence = (trigger: Trigger): string => {
  const who = trigger.subject;
  switch (trigger.type) {
    case 'alo.tier.upgraded.v1':
    case 'alo.tier.downgraded.v1':
      return tellTierChange(trigger);
    case 'alo.tier.at-risk.v1':
      return `${who} may lose ${trigger.data.tier} at the review of ${trigger.data.reviewOn}: ${money(trigger.data.missing)} is missing.`;
    case 'alo.birthday-gift.due.v1':
    case 'alo.founding-day-gift.due.v1':
    case 'alo.holiday-gift.due.v1':
    case 'alo.conference-gift.due.v1':
      return `${who} is owed a gift of ${money(trigger.data.value)} ${trigger.data.currency} for ${trigger.data.occasion} on ${trigger.data.occursOn}.`;
    case 'alo.gift.held.v1':
      return `the gift of ${who} for ${trigger.data.occasion} waits for release.`;
    case 'alo.gift.cancelled.v1':
      return `the gift of ${who} for ${trigger.data.occasion} is cancelled.`;
    case 'alo.greeting.due.v1':
      return `${who} is owed a card for ${trigger.data.occasion} on ${trigger.data.occursOn}.`;
    case 'alo.suspension.skipped.v1':
      return `${who} is not to be suspended (request ${trigger.data.requestId}).`;
    case 'alo.suspension.allowed.v1':
      return `${who} may be suspended (request ${trigger.data.requestId}): ${trigger.data.reason}.`;
    case 'alo.suspension.skip-expired.v1':
      return `the skipped suspension of ${who} has expired (request ${trigger.data.requestId}).`;
    case 'alo.payment-grace.granted.v1':
      return `${who} has until ${trigger.data.until} to pay invoice ${trigger.data.invoiceId}.`;
    case 'alo.payment-reminder.due.v1':
      return `${who} is to be reminded of invoice ${trigger.data.invoiceId}, due on ${trigger.data.dueOn}.`;
    case 'alo.service-recovery.due.v1':
      return `${who} has had ${trigger.data.count} faults: ${trigger.data.quality}.`;
    case 'alo.promotions.muted.v1':
      return `${who} gets no more promotions.`;
    case 'alo.promotions.unmuted.v1':
      return `${who} gets promotions again.`;
    case 'alo.spend.threshold-reached.v1':
      return `${who} has spent ${money(trigger.data.value)}, reaching ${money(trigger.data.threshold)} of ${trigger.data.alert}.`;
    case 'alo.spend.dropped.v1':
      return `${who} spends less: ${money(trigger.data.value)} against ${money(trigger.data.average)}.`;
    case 'alo.standing.changed.v1':
      return trigger.data === null ? `${who} has no standing any more.` : `${who} stands at ${trigger.data.tier}.`;
    default:
      return unreachable(trigger);
  }
};

const tellTierChange = ({
  subject,
  data,
}: Extract<Trigger, { type: 'alo.tier.upgraded.v1' | 'alo.tier.downgraded.v1' }>): string => {
  const { from, to, basis, because } = data;
  const spent = because.window ? ` with ${money(because.window.value)} in ${because.window.window}` : '';
  const change = `${subject} goes from ${from} to ${to}`;
  switch (basis) {
    case 'spend':
      return `${change}${spent}, reaching ${money(because.threshold ?? 0)}.`;
    case 'review':
      return `${change} at the review${spent}; ${money(because.threshold ?? 0)} was needed.`;
    case 'list':
      return `${change} by a list.`;
  }
};
