export { type Activation, type ActivePolicy, activatePolicy, policyHash } from './active-policy.ts';
export { fingerprintOf } from './admission/fingerprints.ts';
export { type Calendar, type CivilDay, type CivilMonth, calendarOf } from './calendar/calendar.ts';
export { civilDay, firstDayOf, formatDay, formatMonth, monthOf, parseDay, parseMonth } from './calendar/civil-date.ts';
export { aloCore, engineVersion } from './core.ts';
export { dueItems, isDueAt } from './due-items.ts';
export {
  emptyHeader,
  type Folded,
  fold,
  foldRecord,
  type Header,
  nowAfter,
  type Outcome,
  type Record,
  rearm,
  type Subscribers,
  settleDue,
  verdictOn,
} from './fold.ts';
export { decodeHeader, encodeHeader } from './header-codec.ts';
export { lunarDay } from './occasions/lunar-day.ts';
export { daysCovered, describeWindow, windowValue } from './spend/windows.ts';
export { type Due, type State, unknownSubscriber } from './state.ts';
export { decodeState, encodeState, type StateRest, stateCodec, stateVersion } from './state-codec.ts';
export { debtOn, outstandingOf } from './suspension/ledger.ts';
export { isListed } from './tiers/listings.ts';
export { unreachable } from './unreachable.ts';
export { compareUtf8 } from './utf8-order.ts';
