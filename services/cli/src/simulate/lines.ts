import type { EventName } from '@alo/contracts';

/** Which of the carrier's systems says so. */
export type Source = 'usage' | 'billing' | 'crm' | 'network';

/** One thing that happened, its data as JSON already. */
export type Happening = {
  readonly source: Source;
  readonly id: string;
  readonly name: EventName;
  readonly subscriber: number;
  /** The instant at which it happens, as text. */
  readonly time: string;
  readonly data: string;
};

/** A line of the journal. Ids, sources and names hold nothing that JSON would escape. */
export const lineOf = ({ source, id, name, subscriber, time, data }: Happening): string =>
  `{"specversion":"1.0","id":"${id}","source":"/sim/${source}","type":"alo.${name}.v1",` +
  `"subject":"s-${subscriber}","time":"${time}","data":${data}}`;
