import type { Trigger } from '@alo/contracts';
import { tellTrigger } from '../tell-trigger.ts';

type TierTrigger = Extract<Trigger, { type: `alo.tier.${string}` }>;
type GiftTrigger = Extract<Trigger, { type: `alo.${string}-gift.due.v1` }>;

const isTier = (trigger: Trigger): trigger is TierTrigger => trigger.type.startsWith('alo.tier.');
const isGift = (trigger: Trigger): trigger is GiftTrigger => trigger.type.endsWith('-gift.due.v1');

const tierOf = (trigger: TierTrigger): string => ('to' in trigger.data ? trigger.data.to : trigger.data.tier);

const kinds = [
  ['upgraded', 'alo.tier.upgraded.v1'],
  ['warned', 'alo.tier.at-risk.v1'],
  ['downgraded', 'alo.tier.downgraded.v1'],
] as const;

/** Who was upgraded to, warned of losing, and downgraded to which tier. */
export const tellTiers = (triggers: readonly Trigger[]): string => {
  const ofTiers = triggers.filter(isTier);
  const tiers = [...new Set(ofTiers.map(tierOf))];
  const cell = (text: string | number) => String(text).padStart(11);
  const count = (type: string, tier: string) => ofTiers.filter((t) => t.type === type && tierOf(t) === tier).length;
  return [
    `tier      ${kinds.map(([title]) => cell(title)).join('')}`,
    ...tiers.map((tier) => tier.padEnd(10) + kinds.map(([, type]) => cell(count(type, tier))).join('')),
  ].join('\n');
};

/** What was given, held, skipped and muted. */
export const tellCare = (triggers: readonly Trigger[]): string => {
  const count = (name: string) => triggers.filter(({ type }) => type === `alo.${name}.v1`).length;
  const gifts = triggers.filter(isGift);
  const released = gifts.filter(({ data }) => 'id' in data.because.cause).length;
  const worth = gifts.reduce((sum, { data }) => sum + data.value, 0);
  const asked = count('suspension.skipped') + count('suspension.allowed');
  return [
    [
      'gifts due',
      gifts.length,
      `worth ${worth.toLocaleString('en-US')} VND; ${count('gift.held')} were held, ${released} of these released`,
    ],
    ['cards due', count('greeting.due'), ''],
    ['suspensions skipped', count('suspension.skipped'), `of ${asked} that were asked for`],
    ['promotions muted', count('promotions.muted'), `and unmuted ${count('promotions.unmuted')}`],
  ]
    .map(([what, times, more]) => `${String(what).padEnd(22)}${String(times).padStart(5)}  ${more}`.trimEnd())
    .join('\n');
};

const told: readonly ((trigger: Trigger) => boolean)[] = [
  ...kinds.map(
    ([, type]) =>
      (trigger: Trigger) =>
        trigger.type === type && !isByList(trigger),
  ),
  isGift,
  ({ type }) => type === 'alo.suspension.skipped.v1',
  ({ type }) => type === 'alo.promotions.muted.v1',
];

const isByList = (trigger: Trigger): boolean =>
  isTier(trigger) && 'basis' in trigger.data && trigger.data.basis === 'list';

/** The first of each kind, as a sentence. */
export const tellExamples = (triggers: readonly Trigger[]): string =>
  told
    .flatMap((isOne) => triggers.find(isOne) ?? [])
    .map(tellTrigger)
    .join('\n');
