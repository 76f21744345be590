import { shown } from '@alo/contracts';
import type { Reading } from './field-shape.ts';
import type { Opened } from './read-origin.ts';
import type { MappedField, SourceTopic } from './source-topic.ts';
import { type CarriedType, isCarried, neededTargets } from './targets.ts';

type Json = Readonly<Record<string, unknown>>;

/** An event as JSON, not judged yet, or why none can be made. */
export type Made =
  | { readonly kind: 'made'; readonly json: unknown }
  | { readonly kind: 'fault'; readonly fault: string };

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object with a member set, or taken away where the value is undefined; what is no object stays as it is. */
const withMember = (object: unknown, [name, ...rest]: readonly string[], value: unknown): unknown => {
  if (name === undefined || !isObject(object)) return object;
  if (rest.length > 0) {
    if (value === undefined && !isObject(object[name])) return object;
    return { ...object, [name]: withMember(object[name] ?? {}, rest, value) };
  }
  if (value !== undefined) return { ...object, [name]: value };
  const { [name]: _gone, ...others } = object;
  return others;
};

type Read = { readonly field: MappedField; readonly reading: Reading };

const attributesNeeded = ['subject', 'source', 'id', 'time'];

const isNeeded = (target: string, type: CarriedType): boolean =>
  attributesNeeded.includes(target) || neededTargets(type).includes(target);

/** What an event of that type cannot be without, by the name of the place where it should be. */
const missingOf = (read: readonly Read[], type: CarriedType): string | undefined =>
  read
    .filter(({ field, reading }) => reading.kind === 'missing' && isNeeded(field.target, type))
    .map(({ field }) => `${field.target}, from ${field.origin}, is missing`)[0];

const readAll = (fields: readonly MappedField[], opened: Opened, hmacKey: string): Read[] =>
  fields.map((field) => ({ field, reading: field.read(opened, hmacKey) }));

const withFields = (base: unknown, read: readonly Read[]): Made => {
  let json = base;
  for (const { field, reading } of read) {
    if (reading.kind === 'fault') return reading;
    json = withMember(json, field.target.split('.'), reading.kind === 'value' ? reading.value : undefined);
  }
  return { kind: 'made', json };
};

const parentOf = (target: string): string => target.slice(0, target.lastIndexOf('.'));

/** A debt with no amount is not there, though its currency is a constant. */
const withoutBareConstants = (read: readonly Read[]): readonly Read[] => {
  if (!read.some(({ field }) => parentOf(field.target).includes('.'))) return read;
  const parts = (parent: string) => read.filter(({ field }) => parentOf(field.target) === parent);
  const isBare = (parent: string) =>
    parent.includes('.') &&
    parts(parent).some(({ field }) => !field.isConstant) &&
    parts(parent).every(({ field, reading }) => field.isConstant || reading.kind === 'missing');
  return read.filter(({ field }) => !isBare(parentOf(field.target)));
};

/** An event out of plain JSON: of what is mapped, and of nothing else. */
export const composeEvent = (topic: SourceTopic, opened: Opened, hmacKey: string): Made => {
  const type = topic.typeField?.read(opened, hmacKey) ?? { kind: 'missing' };
  if (type.kind === 'fault') return type;
  if (type.kind === 'missing') return { kind: 'fault', fault: `type, from ${topic.typeField?.origin}, is missing` };
  if (!isCarried(type.value) || !topic.types.includes(type.value)) {
    return {
      kind: 'fault',
      fault: `type ${shown(type.value)} is not one that this topic may carry: ${topic.types.join(', ')}`,
    };
  }
  const read = withoutBareConstants(readAll(topic.fieldsOf(type.value), opened, hmacKey));
  const missing = missingOf(read, type.value);
  if (missing !== undefined) return { kind: 'fault', fault: missing };
  return withFields({ specversion: '1.0', datacontenttype: 'application/json', data: {} }, read);
};

/** A CloudEvent as it came, but for the fields that are mapped: those hold what is mapped, or are not there. */
export const overlayEvent = (topic: SourceTopic, opened: Opened, hmacKey: string): Made =>
  withFields(opened.document.value, readAll(topic.fields, opened, hmacKey));
