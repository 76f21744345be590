import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkIntake } from '../../../services/intake/src/intake-config.ts';
import { prepareTopic, type SourceTopic } from '../../../services/intake/src/source-topic.ts';
import { eventTexts } from './messages.ts';

const root = join(import.meta.dirname, '../../..');
const types = [
  'alo.usage.charged.v1',
  'alo.usage.adjusted.v1',
  'alo.suspension.requested.v1',
  'alo.subscriber.opened.v1',
];

const cdr = {
  msisdn: '84901234567',
  switch: 'hn-1',
  sequence: 4711,
  startedAt: '31/07/2026 23:59:30',
  at: 1_785_519_000,
  charge: { thousandths: 1_500_000 },
  service: 'V',
  kind: 'C',
  request: 'r-1',
  owed: '1500.00',
  months: { '2026-06': 1_200_000 },
  gone: false,
};

const hashed = { pointer: '/msisdn', hash: true };
const times = {
  pattern: { pointer: '/startedAt', format: 'dd/MM/yyyy HH:mm:ss', zone: 'Europe/London' },
  seconds: { pointer: '/at', format: 'epoch-s' },
  timestamp: { timestamp: true },
};
const charge = {
  'data.amount': { pointer: '/charge/thousandths', factor: '1/1000' },
  'data.currency': { constant: 'VND' },
  'data.service': { pointer: '/service', words: { V: 'voice', '*': 'other' } },
};

/** Every way to find a value and to make something of it. */
const ownTopics = {
  charges: {
    format: 'json',
    types: ['alo.usage.charged.v1'],
    subject: hashed,
    fields: { time: times.pattern, id: { join: [{ pointer: '/switch' }, { pointer: '/sequence' }] }, ...charge },
  },
  'of-the-timestamp': {
    format: 'json',
    types: ['alo.usage.charged.v1'],
    subject: { key: true },
    fields: { time: times.timestamp, ...charge },
  },
  several: {
    format: 'json',
    types,
    subject: { header: 'subject' },
    fields: {
      type: { pointer: '/kind', words: { C: types[0], A: types[1], S: types[2], O: types[3] } },
      time: times.seconds,
      ...charge,
      'data.appliesTo': times.pattern,
      'data.requestId': { pointer: '/request' },
      'data.stage': { constant: 'both' },
      'data.reason': { constant: 'debt' },
      'data.debt.amount': { pointer: '/owed', factor: '100' },
      'data.debt.currency': { constant: 'VND' },
      'data.months': { pointer: '/months' },
    },
  },
  profiles: {
    format: 'json',
    types: ['alo.subscriber.updated.v1'],
    subject: hashed,
    fields: {
      time: { pointer: '/at', format: 'epoch-ms' },
      'data.kind': { pointer: '/gone', words: { true: 'organisation', false: 'person' } },
      'data.birthday': { pointer: '/startedAt', format: 'dd/MM/yyyy HH:mm:ss' },
      'data.consent.gifts': { pointer: '/service', words: { V: true, '*': false } },
    },
  },
  structured: { format: 'cloudevents-structured', types },
  'structured-and-hashed': {
    format: 'cloudevents-structured',
    types,
    subject: { attribute: 'subject', hash: true },
    fields: { 'data.line': { pointer: '/data/line', hash: true } },
  },
  binary: { format: 'cloudevents-binary', types },
  'binary-and-hashed': { format: 'cloudevents-binary', types, subject: { key: true, hash: true } },
};

const example = readFileSync(join(root, 'infra/intake/intake.json'), 'utf8');

/** An intake.json each. */
export const intakeTexts: readonly string[] = [
  JSON.stringify({ topics: ownTopics }),
  example,
  readFileSync(join(root, 'services/intake/example.intake.json'), 'utf8'),
];

const check = checkIntake({ topics: ownTopics });
if (!check.ok) throw new Error(JSON.stringify(check.problems));

const otherCdrs = [
  { ...cdr, kind: 'S', at: 1_785_519_000_123 },
  { ...cdr, kind: 'O', service: 'S', charge: { thousandths: '1500000.0' } },
  { ...cdr, kind: 'A', msisdn: 84_901_234_567, sequence: '00012' },
];

const cdrTexts = [cdr, ...otherCdrs].map((one) => JSON.stringify(one));
const carriedTexts = eventTexts.filter((text) => types.includes(JSON.parse(text).type));

/** A topic of an operator's, and what may lie in it. */
export type Source = { readonly name: string; readonly topic: SourceTopic; readonly texts: readonly string[] };

export const sources: readonly Source[] = Object.entries(check.config.topics).map(([name, config]) => ({
  name,
  topic: prepareTopic(config),
  texts: config.format === 'json' ? cdrTexts : carriedTexts,
}));

export const cdrText = cdrTexts[0] as string;
