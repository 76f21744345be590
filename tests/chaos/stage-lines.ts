/** Enough for the first tier of mobifone's policy: of whoever is charged so much, something is said. */
const amountOfVip = 1_200_000;

const lineOf = (type: string, id: string, subject: string | undefined, data: unknown): string =>
  JSON.stringify({ specversion: '1.0', id, source: '/test', type, subject, time: new Date().toISOString(), data });

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

/** So many subscribers whom a list holds up until an instant: then each falls due. */
export const listings = (count: number, untilMs: number): readonly string[] =>
  numbers(0, count).map((n) =>
    lineOf('alo.subscriber.listed.v1', `listed-${n}`, subjectOf(n), {
      list: 'official',
      validFrom: '2026-01-01T00:00:00Z',
      validTo: new Date(untilMs).toISOString(),
      requestedBy: 'lan',
      approvedBy: 'minh',
    }),
  );

export const activation = (policy: { readonly id: string; readonly version: number }): string =>
  lineOf('alo.policy.activated.v1', `${policy.id}/${policy.version}`, undefined, { policy });

/** Time has passed. */
export const tick = (): string => lineOf('alo.time.ticked.v1', `tick-${performance.now()}`, undefined, undefined);
