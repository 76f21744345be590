import type { Trigger } from '@alo/contracts';
import type { Alert } from '../active-policy.ts';
import { formatMonth, monthOf, yearOf } from '../calendar/civil-date.ts';
import { causeParts, type Moment, makeTrigger, type Ruling } from '../moment.ts';
import { describeWindow, windowValue } from '../spend/windows.ts';

/** Alerts, SPEC section 7: a threshold that the window of today reaches with this event. */
export const alertRule = (moment: Moment): Ruling => {
  if (!moment.change) return undefined;
  let ruling: Ruling;
  for (const alert of moment.policy.alerts) {
    const crossed = crossedThresholds(moment, alert);
    if (crossed) ruling = fire(moment, alert, crossed, ruling);
  }
  return ruling;
};

type Crossed = { readonly value: number; readonly at: readonly number[] };

const crossedThresholds = ({ before, state, today }: Moment, { window, at }: Alert): Crossed | undefined => {
  const value = windowValue(state, window, today);
  const valueBefore = windowValue(before, window, today);
  if (value <= valueBefore || !at.some((threshold) => valueBefore < threshold && threshold <= value)) return undefined;
  return { value, at: at.filter((threshold) => valueBefore < threshold && threshold <= value) };
};

const fire = (moment: Moment, alert: Alert, crossed: Crossed, ruling: Ruling): Ruling => {
  const state = ruling?.state ?? moment.state;
  const period = periodOf(moment, alert);
  const fired = state.firedAlerts.find((mark) => mark.alert === alert.id && mark.period === period)?.at ?? [];
  const fresh = period === undefined ? crossed.at : crossed.at.filter((threshold) => !fired.includes(threshold));
  if (fresh.length === 0) return ruling;
  const triggers = [
    ...(ruling?.triggers ?? []),
    ...fresh.map((at) => thresholdReached(moment, alert, period, at, crossed)),
  ];
  if (period === undefined) return { state, triggers };
  const others = state.firedAlerts.filter((mark) => mark.alert !== alert.id);
  return {
    state: { ...state, firedAlerts: [...others, { alert: alert.id, period, at: [...fired, ...fresh] }] },
    triggers,
  };
};

/** The calendar period in which a threshold fires once; undefined for a rolling window. */
const periodOf = ({ today }: Moment, { window }: Alert): string | undefined => {
  if (window.kind === 'last-days') return undefined;
  const month = monthOf(today);
  return window.kind === 'year-to-date' ? String(yearOf(month)).padStart(4, '0') : formatMonth(month);
};

const thresholdReached = (
  moment: Moment,
  alert: Alert,
  period: string | undefined,
  threshold: number,
  { value }: Crossed,
): Trigger =>
  makeTrigger(
    moment,
    'spend.threshold-reached',
    { rule: 'alerts', window: describeWindow(alert.window, moment.today, value), threshold },
    [alert.id, threshold, ...(period === undefined ? causeParts(moment) : [period])],
    { alert: alert.id, ...(period !== undefined && { period }), threshold, value },
  );
