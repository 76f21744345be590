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
  for (const [name, value] of Object.entries(attributes)) headers[`ce_${name}`] = value;
  return { key: attributes.subject, headers, value: data === null ? null : JSON.stringify(data) };
};

/** The structured form of a message in binary mode, or undefined where it is none. Headers may be bytes. */
export const decodeBinary = (message: {
  headers: Readonly<Record<string, string | Uint8Array | undefined>>;
  value: string | Uint8Array | null;
}): Record<string, unknown> | undefined => {
  const attributes: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value === undefined) continue;
    const lower = name.toLowerCase();
    if (lower.startsWith('ce_')) attributes[lower.slice(3)] = textOf(value);
    if (lower === 'content-type') attributes.datacontenttype = textOf(value);
  }
  if (attributes.specversion === undefined) return undefined;
  if (message.value === null) return { ...attributes, data: null };
  try {
    return { ...attributes, data: JSON.parse(textOf(message.value)) };
  } catch {
    return undefined;
  }
};

const textOf = (value: string | Uint8Array): string =>
  typeof value === 'string' ? value : new TextDecoder().decode(value);
