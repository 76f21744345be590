import { type EventData, type EventName, formatInstant, type Instant, parseInstant } from '@alo/contracts';

/** Reads `2026-08-10T09:00+07:00`; the seconds may be left out. */
export const instant = (text: string): Instant => {
  const ms = parseInstant(text.replace(/T(\d\d:\d\d)(?=[Z+-])/, 'T$1:00'));
  if (Number.isNaN(ms)) throw new Error(`no instant: ${text}`);
  return ms;
};

/** An event as it comes in, before it has a time and an id. */
export type Happening = {
  /** As a JSON object: what it does not say itself is the scenario's to say. */
  readonly wire: (given: { readonly id: string; readonly at: Instant }) => Record<string, unknown>;
  readonly by: (subject: string) => Happening;
  readonly named: (id: string) => Happening;
  readonly from: (source: string) => Happening;
  readonly occurred: (time: string) => Happening;
  /** With attributes or data that are wrong. */
  readonly but: (attributes: Readonly<Record<string, unknown>>) => Happening;
};

const happening = (type: string, data: unknown, attributes: Readonly<Record<string, unknown>> = {}): Happening => {
  const but = (more: Readonly<Record<string, unknown>>) => happening(type, data, { ...attributes, ...more });
  return {
    wire: ({ id, at }) => ({
      specversion: '1.0',
      id,
      source: '/billing',
      type,
      subject: 's-17',
      time: formatInstant(at),
      ...(data !== undefined && { data }),
      ...attributes,
    }),
    by: (subject) => but({ subject }),
    named: (id) => but({ id }),
    from: (source) => but({ source }),
    occurred: (time) => but({ time: formatInstant(instant(time)) }),
    but,
  };
};

const event = <Name extends EventName>(name: Name, data: EventData<Name>) => happening(`alo.${name}.v1`, data);

type Less<Data, Key extends keyof Data> = Partial<Omit<Data, Key>>;

export const charged = (amount: number, data: Less<EventData<'usage.charged'>, 'amount'> = {}) =>
  event('usage.charged', { amount, currency: 'VND', service: 'voice', ...data });

export const adjusted = (amount: number, appliesTo: string, data: Less<EventData<'usage.adjusted'>, 'amount'> = {}) =>
  event('usage.adjusted', { amount, currency: 'VND', ...data, appliesTo: formatInstant(instant(appliesTo)) });

/** On a list, since 2026 began or from an instant, for good or up to one. */
export const listed = (list: string, from = '2026-01-01T00:00+07:00', to?: string) =>
  event('subscriber.listed', {
    list,
    validFrom: formatInstant(instant(from)),
    ...(to !== undefined && { validTo: formatInstant(instant(to)) }),
    requestedBy: 'lan',
    approvedBy: 'minh',
  });

export const delisted = (list: string) => event('subscriber.delisted', { list });
export const opened = (data: EventData<'subscriber.opened'> = {}) => event('subscriber.opened', data);
export const updated = (data: Partial<EventData<'subscriber.updated'>> = {}) =>
  event('subscriber.updated', { kind: 'person', ...data });
export const consented = (promotions?: boolean) => updated(promotions === undefined ? {} : { consent: { promotions } });
export const closed = () => event('subscriber.closed', undefined);
export const erased = () => event('subscriber.erased', undefined);
export const invoiced = (amount: number, data: Less<EventData<'invoice.issued'>, 'amount'> = {}) =>
  event('invoice.issued', { invoiceId: 'i-1', amount, currency: 'VND', dueOn: '2026-08-25', ...data });
export const billed = (amount: number, data: Less<EventData<'invoice.adjusted'>, 'amount'> = {}) =>
  event('invoice.adjusted', { invoiceId: 'i-1', amount, currency: 'VND', ...data });
export const paid = (amount: number, data: Less<EventData<'payment.received'>, 'amount'> = {}) =>
  event('payment.received', { amount, currency: 'VND', ...data });
export const reversed = (amount: number, data: Less<EventData<'payment.reversed'>, 'amount'> = {}) =>
  event('payment.reversed', { amount, currency: 'VND', ...data });
export const requested = (data: Partial<EventData<'suspension.requested'>> = {}) =>
  event('suspension.requested', { requestId: 'r-1', stage: 'outgoing', reason: 'debt', ...data });
export const reported = (kind: EventData<'quality.reported'>['kind'] = 'dropped-call', outageId?: string) =>
  event('quality.reported', { kind, ...(outageId !== undefined && { outageId }) });
export const acknowledged = (triggerId: string, outcome: EventData<'trigger.acknowledged'>['outcome'] = 'delivered') =>
  event('trigger.acknowledged', { triggerId, outcome });
export const ticked = () => event('time.ticked', undefined);
export const activated = (policy: Record<string, unknown>) => event('policy.activated', { policy });
