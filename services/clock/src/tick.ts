import { formatInstant } from '@alo/contracts';

/** The event that says that time has passed; when it passed, the journal says by when it was appended. */
export const tickText = (atMs: number): string =>
  JSON.stringify({
    specversion: '1.0',
    id: formatInstant(atMs),
    source: '/alo/clock',
    type: 'alo.time.ticked.v1',
    time: formatInstant(atMs),
    datacontenttype: 'application/json',
  });
