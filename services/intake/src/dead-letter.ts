import type { KeyedMessage, SourceRecord } from '@alo/runtime/live';

type Headers = NonNullable<KeyedMessage['headers']>;

/** The client cannot write a header that has no value. */
const givenHeaders = (headers: SourceRecord['headers']): Headers =>
  Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined && value !== null));

/**
 * A record that is no event, whole: its value and its headers untouched, where it lay and why it is here beside them.
 * Its key is where it lay, so that one that comes twice can be told from two.
 */
export const deadLetterOf = (record: SourceRecord, reason: string): KeyedMessage => {
  const { topic, partition, offset, timestampMs, key, value, headers } = record;
  return {
    key: `${topic}/${partition}/${offset}`,
    value,
    headers: {
      ...givenHeaders(headers),
      alo_reason: reason.toWellFormed(),
      alo_topic: topic,
      alo_partition: String(partition),
      alo_offset: offset,
      alo_timestamp: String(timestampMs),
      ...(key && { alo_key: Buffer.from(key) }),
    },
  };
};
