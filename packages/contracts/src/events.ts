import * as z from 'zod';
import { civilDateText, instantText, monthDayText, parseInstant } from './instant.ts';
import { amountMinorMax, currencyCode, debt, nonNegativeMinor, positiveMinor, signedMinor } from './money.ts';
import { recordOf } from './record.ts';
import { eventAttribute, eventText, text } from './text.ts';

const none = z.unknown().optional();

const charge = z.object({
  amount: positiveMinor,
  currency: currencyCode,
  service: z.enum(['voice', 'sms', 'data', 'roaming', 'vas', 'other']),
  line: eventText.optional(),
});

const adjustment = z.object({
  amount: signedMinor.refine((amount) => amount !== 0, { error: 'must not be 0' }).meta({ not: { const: 0 } }),
  currency: currencyCode,
  appliesTo: instantText,
  corrects: eventText.optional(),
  reason: z.string().optional(),
});

const payment = z.object({ amount: positiveMinor, currency: currencyCode, invoiceId: eventText.optional() });

const monthText = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'must be a civil month, such as 2026-06');

const yearWords = 'must be a year, such as 2026';
const openingYear = z.int(yearWords).min(1, yearWords).max(9999, yearWords);

const opening = z.object({
  months: recordOf(monthText, signedMinor).optional(),
  days: recordOf(civilDateText, signedMinor).optional(),
  tier: eventText.optional(),
  gifts: z
    .array(z.object({ occasion: eventText, year: openingYear, value: nonNegativeMinor }))
    .max(1000, 'must be at most 1000 gifts')
    .optional(),
  debt: debt.optional(),
});

const profile = z.object({
  kind: z.enum(['person', 'organisation']),
  birthday: monthDayText.optional(),
  foundingDay: monthDayText.optional(),
  gender: eventText.optional(),
  province: eventText.optional(),
  dealer: eventText.optional(),
  consent: z.object({ gifts: z.boolean().optional(), promotions: z.boolean().optional() }).optional(),
});

const listing = z
  .object({
    list: eventText,
    validFrom: instantText,
    validTo: instantText.optional(),
    requestedBy: eventText,
    approvedBy: eventText,
    reason: z.string().optional(),
  })
  .refine((data) => data.requestedBy !== data.approvedBy, {
    path: ['approvedBy'],
    error: 'must not be the one who requested',
  })
  .refine((data) => data.validTo === undefined || parseInstant(data.validTo) > parseInstant(data.validFrom), {
    path: ['validTo'],
    error: 'must be after validFrom',
  });

/** The data of every event type that comes in, by its name between `alo.` and `.v1`. */
export const eventData = {
  'usage.charged': charge,
  'usage.adjusted': adjustment,
  'invoice.issued': z.object({
    invoiceId: eventText,
    amount: nonNegativeMinor,
    currency: currencyCode,
    dueOn: civilDateText,
  }),
  'invoice.adjusted': z.object({ invoiceId: eventText, amount: signedMinor, currency: currencyCode }),
  'payment.received': payment,
  'payment.reversed': payment,
  'suspension.requested': z.object({
    requestId: eventText,
    stage: z.enum(['outgoing', 'both']),
    reason: z.enum(['debt', 'fraud', 'customer-request', 'lost-sim', 'legal-order', 'identity']),
    debt: debt.optional(),
  }),
  'subscriber.opened': opening,
  'subscriber.updated': profile,
  'subscriber.listed': listing,
  'subscriber.delisted': z.object({ list: eventText }),
  'subscriber.closed': none,
  'subscriber.erased': none,
  'quality.reported': z.object({
    kind: z.enum(['dropped-call', 'setup-failure', 'slow-data', 'outage', 'complaint']),
    outageId: eventText.optional(),
  }),
  'trigger.acknowledged': z.object({
    // As long as alo itself has made it.
    triggerId: text,
    outcome: z.enum(['delivered', 'fulfilled', 'failed', 'released', 'declined']),
  }),
  'time.ticked': none,
  'policy.activated': z.object({ policy: recordOf(z.string(), z.unknown()) }),
} as const;

export type EventName = keyof typeof eventData;
export type EventType<Name extends EventName = EventName> = `alo.${Name}.v1`;
export type EventData<Name extends EventName> = z.infer<(typeof eventData)[Name]>;

export const eventNames = Object.keys(eventData) as EventName[];
export const eventType = <Name extends EventName>(name: Name): EventType<Name> => `alo.${name}.v1`;

const attributes = {
  specversion: z.literal('1.0', { error: 'must be "1.0"' }),
  id: eventAttribute,
  source: eventAttribute,
  type: eventAttribute,
  time: instantText,
  recordedtime: instantText.nullish().describe('When the event was recorded; in a file it moves now.'),
  traceparent: z.unknown().optional(),
};

const subject = eventAttribute.describe('The subscriber: an opaque reference, never a phone number.');

/** These belong to no subscriber, and so need no subject. */
const withoutSubject = new Set<string>([eventType('time.ticked'), eventType('policy.activated')]);

export const needsSubject = (type: string): boolean => !withoutSubject.has(type);

/** What every event has, whatever its type. */
export const envelope = z
  .object({ ...attributes, subject: subject.nullish() })
  .refine((event) => typeof event.subject === 'string' || !needsSubject(event.type), {
    path: ['subject'],
    error: 'must name the subscriber',
  });

const schemaOf = <Name extends EventName>(name: Name) =>
  z.object({
    ...attributes,
    type: z.literal(eventType(name)),
    subject: needsSubject(eventType(name)) ? subject : subject.nullish(),
    data: eventData[name],
  });

/** The schema of each whole event, by its type. */
export const eventSchemas = Object.fromEntries(eventNames.map((name) => [eventType(name), schemaOf(name)])) as {
  [Name in EventName as EventType<Name>]: ReturnType<typeof schemaOf<Name>>;
};

/** The most that a stored month may hold before another amount is added: below 2^52 sums and their packing are exact. */
export const sumMinorMax = 2 ** 52 - amountMinorMax;
