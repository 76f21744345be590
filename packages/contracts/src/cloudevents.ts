import type { Trigger } from './outputs.ts';

/** A CloudEvent in Kafka's binary mode: attributes as headers, data as the value. */
export type BinaryMessage = {
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Null where the data is: in a compacted topic that ends the key. */
  readonly value: string | null;
};

/** One JSON object, as it stands in a file and, for events that come in, in the journal. */
export const encodeStructured = (trigger: Trigger): string => JSON.stringify(trigger);

export const encodeBinary = ({ data, datacontenttype, ...attributes }: Trigger): BinaryMessage => {
  const headers: Record<string, string> = { 'content-type': datacontenttype };
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) headers[`ce_${name}`] = value;
  return { key: attributes.subject, headers, value: data === null ? null : JSON.stringify(data) };
};

type Bytes = string | Uint8Array;

/** A message as a Kafka client hands it out: headers may be bytes, and one name may have several. */
type ReceivedMessage = {
  readonly headers: Readonly<Record<string, Bytes | readonly Bytes[] | undefined>>;
  readonly value: Bytes | null;
};

/** The structured form of a message in binary mode, or undefined where it is none or its bytes are not UTF-8. */
export const decodeBinary = ({ headers, value }: ReceivedMessage): Record<string, unknown> | undefined => {
  try {
    const attributes = Object.fromEntries(Object.entries(headers).flatMap(attributeOf));
    if (attributes.specversion === undefined) return undefined;
    if (value === null) return { ...attributes, data: null };
    return value.length === 0 ? attributes : { ...attributes, data: JSON.parse(textOf(value)) };
  } catch {
    return undefined;
  }
};

const attributeOf = ([header, value]: [string, Bytes | readonly Bytes[] | undefined]): [string, string][] => {
  const name = attributeName(header.toLowerCase());
  const first = Array.isArray(value) ? value[0] : value;
  return name === undefined || first === undefined ? [] : [[name, textOf(first)]];
};

const attributeName = (header: string): string | undefined =>
  header === 'content-type' ? 'datacontenttype' : /^ce_(?!data$)([a-z0-9]+)$/.exec(header)?.[1];

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const textOf = (value: Bytes): string => (typeof value === 'string' ? value : utf8.decode(value));
