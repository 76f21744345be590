import type { EventName } from '@alo/contracts';

/** What a field of an event holds, and so how it is read from what an operator's system writes. */
export type TargetKind = 'text' | 'amount' | 'instant' | 'date' | 'month-day' | 'flag' | 'as-it-is';

type Fields = Readonly<Record<string, TargetKind>>;
type DataFields = { readonly needed: Fields; readonly optional: Fields };

/** The policy is published and time ticks by alo's own means: an operator's topic carries neither. */
export type CarriedName = Exclude<EventName, 'policy.activated' | 'time.ticked'>;
export type CarriedType = `alo.${CarriedName}.v1`;

const money: Fields = { amount: 'amount', currency: 'text' };
const nothing: Fields = {};
const debt: Fields = { 'debt.amount': 'amount', 'debt.currency': 'text' };

/** The data of each type that an operator's topic may carry. */
export const dataFields: Readonly<Record<CarriedName, DataFields>> = {
  'usage.charged': { needed: { ...money, service: 'text' }, optional: { line: 'text' } },
  'usage.adjusted': { needed: { ...money, appliesTo: 'instant' }, optional: { corrects: 'text', reason: 'text' } },
  'invoice.issued': { needed: { ...money, invoiceId: 'text', dueOn: 'date' }, optional: nothing },
  'invoice.adjusted': { needed: { ...money, invoiceId: 'text' }, optional: nothing },
  'payment.received': { needed: money, optional: { invoiceId: 'text' } },
  'payment.reversed': { needed: money, optional: { invoiceId: 'text' } },
  'suspension.requested': { needed: { requestId: 'text', stage: 'text', reason: 'text' }, optional: debt },
  'subscriber.opened': {
    needed: nothing,
    optional: { months: 'as-it-is', days: 'as-it-is', tier: 'text', gifts: 'as-it-is', ...debt },
  },
  'subscriber.updated': {
    needed: { kind: 'text' },
    optional: {
      birthday: 'month-day',
      foundingDay: 'month-day',
      gender: 'text',
      province: 'text',
      dealer: 'text',
      'consent.gifts': 'flag',
      'consent.promotions': 'flag',
    },
  },
  'subscriber.listed': {
    needed: { list: 'text', validFrom: 'instant', requestedBy: 'text', approvedBy: 'text' },
    optional: { validTo: 'instant', reason: 'text' },
  },
  'subscriber.delisted': { needed: { list: 'text' }, optional: nothing },
  'subscriber.closed': { needed: nothing, optional: nothing },
  'subscriber.erased': { needed: nothing, optional: nothing },
  'quality.reported': { needed: { kind: 'text' }, optional: { outageId: 'text' } },
  'trigger.acknowledged': { needed: { triggerId: 'text', outcome: 'text' }, optional: nothing },
};

export const carriedTypes = Object.keys(dataFields).map((name) => `alo.${name}.v1`) as CarriedType[];

export const isCarried = (type: unknown): type is CarriedType => carriedTypes.includes(type as CarriedType);

export const nameOfType = (type: CarriedType): CarriedName => type.slice(4, -3) as CarriedName;

/** The attributes that a mapping may set; the subscriber has a place of its own. */
export const attributeKinds: Fields = { type: 'text', source: 'text', id: 'text', time: 'instant' };

const prefix = 'data.';

const kindIn = (type: CarriedType, field: string): TargetKind | undefined => {
  const { needed, optional } = dataFields[nameOfType(type)];
  const known = { ...needed, ...optional };
  return Object.hasOwn(known, field) ? known[field] : undefined;
};

/** The kind of a target such as `time` or `data.amount`, or undefined where none of these types has it. */
export const kindOfTarget = (target: string, types: readonly CarriedType[]): TargetKind | undefined => {
  if (Object.hasOwn(attributeKinds, target)) return attributeKinds[target];
  if (!target.startsWith(prefix)) return undefined;
  return types.map((type) => kindIn(type, target.slice(prefix.length))).find((kind) => kind !== undefined);
};

/** Whether an event of this type has such a field. */
export const belongsTo = (target: string, type: CarriedType): boolean => kindOfTarget(target, [type]) !== undefined;

/** The targets without which an event of this type is none. */
export const neededTargets = (type: CarriedType): string[] =>
  Object.keys(dataFields[nameOfType(type)].needed).map((field) => prefix + field);
