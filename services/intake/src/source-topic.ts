import { createHmac } from 'node:crypto';
import { shown } from '@alo/contracts';
import { makeShape, type Raw, type Reading, type Shape } from './field-shape.ts';
import type { FieldSource, SourceTopicConfig } from './intake-schema.ts';
import { makeOrigin, type Opened } from './read-origin.ts';
import { belongsTo, type CarriedType, kindOfTarget, type TargetKind } from './targets.ts';

/** A field of an event and how its value comes out of a record. */
export type MappedField = {
  readonly target: string;
  /** As it is named in a reason. */
  readonly origin: string;
  readonly isConstant: boolean;
  readonly read: (opened: Opened, hmacKey: string) => Reading;
};

/** One of the operator's topics, ready to be read. */
export type SourceTopic = {
  readonly format: SourceTopicConfig['format'];
  readonly types: readonly CarriedType[];
  readonly fields: readonly MappedField[];
  readonly typeField: MappedField | undefined;
  /** The fields of an event of that type. */
  readonly fieldsOf: (type: CarriedType) => readonly MappedField[];
};

/** HMAC-SHA-256 in base64url: the same text under the same key is the same name, and nobody without it can tell whose. */
const hmacOf = (key: string, text: string): string => createHmac('sha256', key).update(text).digest('base64url');

/** An empty text would make one subscriber of all whose number is not known. */
const hashed = (reading: Reading, hmacKey: string): Reading => {
  if (reading.kind !== 'value') return reading;
  const text = reading.value as string;
  if (text.trim() === '') return { kind: 'fault', fault: 'must not be empty' };
  if (!text.isWellFormed()) return { kind: 'fault', fault: 'must be proper Unicode' };
  return { kind: 'value', value: hmacOf(hmacKey, text) };
};

const makeField = (target: string, kind: TargetKind, source: FieldSource): MappedField => {
  const origin = makeOrigin(source);
  const shape: Shape = makeShape(kind, source);
  const told = (fault: string, { value, text }: Raw): Reading => ({
    kind: 'fault',
    fault: `${target}, from ${origin.name}, ${fault}: ${shown(text ?? value)}`,
  });
  return {
    target,
    origin: origin.name,
    isConstant: source.constant !== undefined,
    read: (opened, hmacKey) => {
      const found = origin.read(opened);
      if (found.kind === 'missing') return found;
      if (found.kind === 'fault') return { kind: 'fault', fault: `${target}, from ${origin.name}, ${found.fault}` };
      const reading = source.hash ? hashed(shape(found), hmacKey) : shape(found);
      return reading.kind === 'fault' ? told(reading.fault, found) : reading;
    },
  };
};

const constantField = (target: string, constant: string): MappedField => makeField(target, 'text', { constant });

/** Names that nobody gives: each record is one event, by its place. */
const placeField = (target: 'id' | 'source'): MappedField => ({
  target,
  origin: 'its place',
  isConstant: false,
  read: ({ record: { topic, partition, offset } }) => ({
    kind: 'value',
    value: target === 'source' ? `/intake/${topic}` : `${topic}/${partition}/${offset}`,
  }),
});

const mappedFields = ({ subject, fields, types }: SourceTopicConfig): MappedField[] => [
  ...(subject ? [makeField('subject', 'text', subject)] : []),
  ...Object.entries(fields).map(([target, source]) =>
    makeField(target, kindOfTarget(target, types) as TargetKind, source),
  ),
];

/** What plain JSON has though nobody maps it. */
const impliedFields = ({ format, fields, types: [type] }: SourceTopicConfig): MappedField[] => {
  if (format !== 'json') return [];
  return [
    ...(fields.type ? [] : [constantField('type', type as string)]),
    ...(fields.id ? [] : [placeField('id')]),
    ...(fields.source ? [] : [placeField('source')]),
  ];
};

/** Makes a topic of a checked intake.json ready to be read. */
export const prepareTopic = (config: SourceTopicConfig): SourceTopic => {
  const fields = [...mappedFields(config), ...impliedFields(config)];
  const byType = new Map(
    config.types.map((type) => [type, fields.filter(({ target }) => target === 'subject' || belongsTo(target, type))]),
  );
  return {
    format: config.format,
    types: config.types,
    fields,
    typeField: fields.find(({ target }) => target === 'type'),
    fieldsOf: (type) => byType.get(type) ?? [],
  };
};

/** Whether a key for hashing is needed. */
export const hashesAnything = (topics: readonly SourceTopicConfig[]): boolean =>
  topics.some(({ subject, fields }) => subject?.hash || Object.values(fields).some(({ hash }) => hash));
