import * as z from 'zod';
import type { Refusal } from './incoming.ts';
import { civilDateText, instantText } from './instant.ts';
import { attribute, text } from './text.ts';

/** Where each output goes. The order of the topics is the order of outputs that have one cause. */
export const topics = {
  journal: 'alo.journal.v1',
  tiers: 'alo.tiers.v1',
  gifts: 'alo.gifts.v1',
  suspensions: 'alo.suspensions.v1',
  care: 'alo.care.v1',
  compliance: 'alo.compliance.v1',
  standing: 'alo.standing.v1',
  deadLetters: 'alo.dead-letters.v1',
  intakeDeadLetters: 'alo.intake-dead-letters.v1',
  receipts: 'alo.receipts.v1',
} as const;

const instant = instantText;
/** Minor units, or what else a threshold counts. A sum may be larger than the largest amount. */
const whole = z.int().min(0);
const positive = z.int().min(1);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const policyName = z.object({ id: text, version: positive, hash: sha256 });

const cause = z.union([
  z.object({ source: text, id: text, type: text, time: instant }),
  z.object({ due: text, at: instant }),
]);

/** Why a trigger was emitted. `from` and `to` are civil dates, `to` the day after the last. */
export const because = z.object({
  rule: text,
  policy: policyName,
  window: z.object({ window: text, from: civilDateText, to: civilDateText, value: whole }).optional(),
  threshold: whole.optional(),
  cause,
});
export type Because = z.infer<typeof because>;

const tierChange = z.object({
  from: text,
  to: text,
  crossed: z.array(text).min(1).optional(),
  basis: z.enum(['spend', 'review', 'list']),
  because,
});
const gift = z.object({
  occasion: text,
  occursOn: civilDateText,
  value: positive,
  currency: text,
  issuer: z.union([z.literal('operator'), z.object({ dealer: text, province: text })]),
  because,
});
const suspension = z.object({ requestId: text, reason: text, because });
const invoice = z.object({ invoiceId: text, dueOn: civilDateText, outstanding: positive });
const bare = z.object({ because });

const output = <Topic extends keyof typeof topics, Data extends z.ZodType>(topic: Topic, data: Data) => ({
  topic,
  data,
});

/** Every output by its name: its topic and the schema of its data. */
export const outputs = {
  'tier.upgraded': output('tiers', tierChange),
  'tier.downgraded': output('tiers', tierChange),
  'tier.at-risk': output('tiers', z.object({ tier: text, reviewOn: civilDateText, missing: positive, because })),
  'birthday-gift.due': output('gifts', gift),
  'founding-day-gift.due': output('gifts', gift),
  'holiday-gift.due': output('gifts', gift),
  'conference-gift.due': output('gifts', gift),
  'greeting.due': output('gifts', z.object({ occasion: text, occursOn: civilDateText, because })),
  'gift.cancelled': output('gifts', gift),
  'suspension.skipped': output('suspensions', suspension.extend({ validUntil: instant.optional(), skips: whole })),
  'suspension.allowed': output('suspensions', suspension),
  'suspension.skip-expired': output('suspensions', suspension),
  'payment-grace.granted': output('suspensions', invoice.extend({ until: civilDateText, because })),
  'payment-reminder.due': output('suspensions', invoice.extend({ because })),
  'service-recovery.due': output('care', z.object({ quality: text, count: positive, because })),
  'promotions.muted': output('care', bare),
  'promotions.unmuted': output('care', bare),
  'spend.threshold-reached': output(
    'care',
    z.object({ alert: text, period: text.optional(), threshold: positive, value: positive, because }),
  ),
  'spend.dropped': output('care', z.object({ retention: text, value: whole, average: positive, because })),
  'gift.held': output('compliance', gift),
  'standing.changed': output(
    'standing',
    z
      .object({
        tier: text,
        protected: z.boolean(),
        skipUntil: instant.optional(),
        promotionsMuted: z.boolean(),
        because,
      })
      .nullable(),
  ),
} as const;

export type OutputName = keyof typeof outputs;
export type OutputData<Name extends OutputName> = z.infer<(typeof outputs)[Name]['data']>;
export type OutputType<Name extends OutputName = OutputName> = `alo.${Name}.v1`;
export const outputNames = Object.keys(outputs) as OutputName[];

type TriggerOf<Name extends OutputName> = {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: OutputType<Name>;
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly expirytime?: string;
  readonly traceparent?: string;
  readonly data: OutputData<Name>;
};

/** What alo emits, standing included: a CloudEvent, structured. */
export type Trigger<Name extends OutputName = OutputName> = { [N in Name]: TriggerOf<N> }[Name];

const schemaOf = <Name extends OutputName>(name: Name) =>
  z.object({
    specversion: z.literal('1.0'),
    id: attribute,
    source: attribute,
    type: z.literal(`alo.${name}.v1`),
    subject: attribute,
    time: instant,
    datacontenttype: z.literal('application/json'),
    expirytime: instant.optional(),
    traceparent: z.string().optional(),
    data: outputs[name].data,
  });

/** The schema of each whole output, by its type: what a consumer may rely on. */
export const outputSchemas = Object.fromEntries(
  outputNames.map((name) => [`alo.${name}.v1`, schemaOf(name)]),
) as unknown as Record<OutputType, z.ZodType<Trigger>>;

/** The name between `alo.` and `.v1`. */
export const outputName = (trigger: { type: string }): OutputName => trigger.type.slice(4, -3) as OutputName;

export const topicOf = (trigger: { type: string }): string => topics[outputs[outputName(trigger)].topic];

const unreserved = /^[A-Za-z0-9._~-]*$/;

/** Percent-encodes all but RFC 3986's unreserved characters, UTF-8, upper-case hex. */
export const percentEncode = (part: string): string =>
  unreserved.test(part)
    ? part
    : encodeURIComponent(part).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** An output's id: a function of what it means. */
export const outputId = (name: OutputName, subscriber: string, ...parts: (string | number)[]): string =>
  [name, subscriber, ...parts.map(String)].map(percentEncode).join('/');

/** What is to be said of a record, in its order: triggers, standing among them, and refusals. */
export type Output =
  | { readonly kind: 'trigger'; readonly trigger: Trigger }
  | { readonly kind: 'refusal'; readonly refusal: Refusal };
