import type { Problem } from './problem.ts';

/** The zone data that this process computes civil days with. Undefined where Node does not say. */
export type ZoneData = {
  readonly tz: string | undefined;
  readonly icu: string | undefined;
  readonly cldr: string | undefined;
  readonly node: string;
};

export const zoneData = ({ tz, icu, cldr, node }: NodeJS.ProcessVersions = process.versions): ZoneData => ({
  tz,
  icu,
  cldr,
  node,
});

const ageYearsMax = 2;

/** Zones change every year: data that is unknown or years old may put a charge into the wrong day. */
export const zoneProblems = ({ tz }: ZoneData, nowMs: number): Problem[] => {
  const year = Number(/^(\d{4})/.exec(tz ?? '')?.[1]);
  const yearNow = new Date(nowMs).getUTCFullYear();
  if (yearNow - year < ageYearsMax) return [];
  const mend = 'run the Node that npm ci brings, of this alo or a newer one: the same on every host';
  const problem = Number.isNaN(year)
    ? 'it is not known which zone data this Node has'
    : `the zone data are of ${tz}, ${yearNow - year} years old`;
  return [{ area: 'zone data', problem, mend }];
};
