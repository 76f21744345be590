import { hash } from 'node:crypto';
import type { EventData, Instant } from '@alo/contracts';
import type { QualityRule } from '../active-policy.ts';
import type { CivilDay } from '../calendar/calendar.ts';

export type ReportKind = EventData<'quality.reported'>['kind'];

/** Reports of one kind on one civil day: how many that name no outage, or one that names this one. */
export type Report = {
  readonly kind: ReportKind;
  readonly day: CivilDay;
  readonly count: number;
  /** 66 bits of SHA-256 over the outage's id, which may be long: 11 characters. */
  readonly outage?: string;
};

/** What is kept of a subscriber's reports: those that a rule may still ask for, and when rules with a cooldown spoke. */
export type QualityState = {
  readonly reports: readonly Report[];
  readonly spoken?: Readonly<Record<string, Instant>>;
};

/** For how many civil days reports of each kind may matter, today's included: what no rule asks for is not kept. */
export type ReportDays = ReadonlyMap<ReportKind, number>;

/** Of one kind no more outages are told apart, of one subscriber: no rule asks for more than 1,000 reports. */
export const outagesMax = 1000;

export const reportDaysOf = (rules: readonly QualityRule[]): ReportDays => {
  const most = new Map<ReportKind, number>();
  for (const { kinds, window } of rules) {
    for (const kind of kinds) most.set(kind, Math.max(most.get(kind) ?? 0, window.days));
  }
  return most;
};

/** One report, on the civil day on which it occurred. */
export const reportOf = ({ kind, outageId }: EventData<'quality.reported'>, day: CivilDay): Report => ({
  kind,
  day,
  count: 1,
  ...(outageId !== undefined && { outage: hash('sha256', outageId, 'base64url').slice(0, 11) }),
});

/** The reports after one is added; what no rule can ask for any more is left out. */
export const withReport = (
  reports: readonly Report[],
  added: Report,
  kept: ReportDays,
  today: CivilDay,
): readonly Report[] => {
  const matters = ({ kind, day }: Report) => day > today - (kept.get(kind) ?? 0);
  const others = reports.filter(matters);
  if (!matters(added)) return others;
  return added.outage === undefined ? withOneMore(others, added) : withOutage(others, added, today);
};

const withOneMore = (reports: readonly Report[], added: Report): readonly Report[] => {
  const isSame = ({ kind, day, outage }: Report) => outage === undefined && kind === added.kind && day === added.day;
  const count = (reports.find(isSame)?.count ?? 0) + 1;
  return [...reports.filter((report) => !isSame(report)), { ...added, count }];
};

const withOutage = (reports: readonly Report[], added: Report, today: CivilDay): readonly Report[] => {
  if (reports.some((report) => standsFor(report, added, today))) return reports;
  const others = reports.filter((report) => !standsFor(added, report, today));
  const sameKind = others.filter(({ kind, outage }) => outage !== undefined && kind === added.kind);
  if (sameKind.length < outagesMax) return [...others, added];
  const oldest = sameKind.reduce((a, b) => (b.day < a.day ? b : a));
  return [...others.filter((report) => report !== oldest), added];
};

/** Is every window that holds `b`, from today on, one that holds `a`, which tells of the same outage? */
const standsFor = (a: Report, b: Report, today: CivilDay): boolean =>
  a.outage === b.outage && a.kind === b.kind && (a.day === b.day || (a.day > b.day && a.day <= today));

/** How many reports a rule sees in its window anchored on a day: an outage counts once, whatever it did. */
export const countIn = (reports: readonly Report[], { kinds, window }: QualityRule, anchor: CivilDay): number => {
  const seen = new Set<string>();
  let count = 0;
  for (const report of reports) {
    if (report.day > anchor || report.day <= anchor - window.days || !kinds.includes(report.kind)) continue;
    if (report.outage !== undefined && seen.has(report.outage)) continue;
    if (report.outage !== undefined) seen.add(report.outage);
    count += report.count;
  }
  return count;
};
