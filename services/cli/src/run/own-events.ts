import { formatInstant, type Instant } from '@alo/contracts';
import type { ActivePolicy } from '@alo/domain';

const ownSource = '/alo/run';

const head = (type: string, id: string, at: Instant, source = ownSource) => ({
  specversion: '1.0',
  id,
  source,
  type: `alo.${type}.v1`,
  time: formatInstant(at),
  datacontenttype: 'application/json',
});

/** The event by which a policy takes effect. */
export const activationText = ({ name, given }: ActivePolicy, at: Instant, source = ownSource): string =>
  JSON.stringify({ ...head('policy.activated', `${name.id}/${name.version}`, at, source), data: { policy: given } });

/** The event that tells that time has passed. */
export const tickText = (at: Instant): string => JSON.stringify(head('time.ticked', formatInstant(at), at));
