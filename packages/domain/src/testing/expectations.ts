import { formatInstant, type OutputData, type OutputName, type RefusalCode } from '@alo/contracts';
import type { AllowReason } from '../suspension/answer.ts';
import { instant } from './events.ts';

/** Some of what is told: what stands here must be so, the rest is free. */
export type Expected = {
  readonly told: Readonly<Record<string, unknown>> & { readonly name: string };
  readonly at: (time: string) => Expected;
  readonly to: (subscriber: string) => Expected;
  readonly withId: (id: string) => Expected;
  readonly because: (reason: Readonly<Record<string, unknown>>) => Expected;
};

const expected = (told: Expected['told']): Expected => {
  const also = (more: Readonly<Record<string, unknown>>) => expected({ ...told, ...more });
  return {
    told,
    at: (time) => also({ time: formatInstant(instant(time)) }),
    to: (subscriber) => also({ subscriber }),
    withId: (id) => also({ id }),
    because: (because) => also({ data: { ...(told.data as object), because } }),
  };
};

type Told<Name extends OutputName> = Partial<Omit<NonNullable<OutputData<Name>>, 'because'>>;

const trigger = <Name extends OutputName>(name: Name, data: Told<Name> | null) => expected({ name, data });

export const tierUpgraded = (to: string, data: Told<'tier.upgraded'> = {}) => trigger('tier.upgraded', { to, ...data });
export const tierDowngraded = (to: string, data: Told<'tier.downgraded'> = {}) =>
  trigger('tier.downgraded', { to, ...data });
export const tierAtRisk = (tier: string, data: Told<'tier.at-risk'> = {}) => trigger('tier.at-risk', { tier, ...data });
/** A gift of a kind of occasion: birthday, holiday... */
export const giftDue = (
  kind: 'birthday' | 'founding-day' | 'holiday' | 'conference',
  value: number,
  data: Told<'birthday-gift.due'> = {},
) => trigger(`${kind}-gift.due`, { value, ...data });
export const greetingDue = (occasion: string, data: Told<'greeting.due'> = {}) =>
  trigger('greeting.due', { occasion, ...data });
export const giftHeld = (value: number, data: Told<'gift.held'> = {}) => trigger('gift.held', { value, ...data });
export const giftCancelled = (value: number, data: Told<'gift.cancelled'> = {}) =>
  trigger('gift.cancelled', { value, ...data });
/** Skipped, and how many counted skips in a row there are with it. */
export const skipped = (skips: number, data: Told<'suspension.skipped'> = {}) =>
  trigger('suspension.skipped', { skips, ...data });
export const allowed = (reason: AllowReason, data: Told<'suspension.allowed'> = {}) =>
  trigger('suspension.allowed', { reason, ...data });
export const skipExpired = (requestId: string, data: Told<'suspension.skip-expired'> = {}) =>
  trigger('suspension.skip-expired', { requestId, ...data });
export const graceGranted = (invoiceId: string, data: Told<'payment-grace.granted'> = {}) =>
  trigger('payment-grace.granted', { invoiceId, ...data });
export const reminderDue = (invoiceId: string, data: Told<'payment-reminder.due'> = {}) =>
  trigger('payment-reminder.due', { invoiceId, ...data });
export const recoveryDue = (quality: string, data: Told<'service-recovery.due'> = {}) =>
  trigger('service-recovery.due', { quality, ...data });
export const promotionsMuted = () => trigger('promotions.muted', {});
export const promotionsUnmuted = () => trigger('promotions.unmuted', {});
export const thresholdReached = (threshold: number, data: Told<'spend.threshold-reached'> = {}) =>
  trigger('spend.threshold-reached', { threshold, ...data });
export const spendDropped = (retention: string, data: Told<'spend.dropped'> = {}) =>
  trigger('spend.dropped', { retention, ...data });
export const standing = (data: Told<'standing.changed'>) => trigger('standing.changed', data);
export const standingEnded = () => trigger('standing.changed', null);

export const refused = (code: RefusalCode) => expected({ name: 'refusal', code });
/** An event that was known already, and so did not count again. */
export const duplicate = () => expected({ name: 'duplicate' });
/** The partition cannot go on. */
export const stopped = () => expected({ name: 'stopped' });
