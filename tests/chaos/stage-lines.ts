/** Enough for the first tier of mobifone's policy: of whoever is charged so much, something is said. */
const amountOfVip = 1_200_000;
const list = 'official';
/** So many requests of one subscriber an engine remembers. */
const rememberedMax = 1000;

const lineOf = (
  type: string,
  id: string,
  subject: string | undefined,
  data: unknown,
  time = new Date().toISOString(),
): string => JSON.stringify({ specversion: '1.0', id, source: '/test', type, subject, time, data });

const subjectOf = (n: number): string => `s-${n}`;
const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n);

/** One charge each of subscribers from one number to before another: each lifts its subscriber. */
export const charges = (from: number, to: number, round = 'first'): readonly string[] =>
  numbers(from, to).map((n) =>
    lineOf('alo.usage.charged.v1', `${round}-${n}`, subjectOf(n), {
      amount: amountOfVip,
      currency: 'VND',
      service: 'voice',
    }),
  );

/** A list holds a subscriber up until an instant, at which it falls due. */
export const listing = (n: number, untilMs: number): string =>
  lineOf('alo.subscriber.listed.v1', `listed-${n}-${untilMs}`, subjectOf(n), {
    list,
    validFrom: '2026-01-01T00:00:00Z',
    validTo: new Date(untilMs).toISOString(),
    requestedBy: 'lan',
    approvedBy: 'minh',
  });

export const listings = (count: number, untilMs: number): readonly string[] =>
  numbers(0, count).map((n) => listing(n, untilMs));

/** The list holds them no longer. */
export const delistings = (those: readonly number[]): readonly string[] =>
  those.map((n) => lineOf('alo.subscriber.delisted.v1', `delisted-${n}`, subjectOf(n), { list }));

/** So many subscribers, in the order in which those fall due whose instant is the same. */
export const inOrder = (count: number): readonly number[] =>
  numbers(0, count).sort((a, b) => (subjectOf(a) < subjectOf(b) ? -1 : 1));

/** A profile each, of which nothing follows. */
export const profiles = (from: number, to: number): readonly string[] =>
  numbers(from, to).map((n) => lineOf('alo.subscriber.updated.v1', `profile-${n}`, subjectOf(n), { kind: 'person' }));

const request = (n: number, time?: string): string =>
  lineOf(
    'alo.suspension.requested.v1',
    `request-${n}`,
    subjectOf(0),
    { requestId: `request-${n}`, stage: 'outgoing', reason: 'fraud' },
    time,
  );

/** More requests to suspend one subscriber than are remembered; the first is so old that no fingerprint is kept of it. */
export const requests = (): readonly string[] => [
  request(0, '2020-01-01T00:00:00Z'),
  ...numbers(1, rememberedMax + 1).map((n) => request(n)),
];

export const activation = (policy: { readonly id: string; readonly version: number }): string =>
  lineOf('alo.policy.activated.v1', `${policy.id}/${policy.version}`, undefined, { policy });

/** Time has passed. */
export const tick = (): string => lineOf('alo.time.ticked.v1', `tick-${performance.now()}`, undefined, undefined);
