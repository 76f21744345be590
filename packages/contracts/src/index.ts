export { canonicalJson } from './canonical-json.ts';
export { type BinaryMessage, decodeBinary, encodeBinary, encodeStructured } from './cloudevents.ts';
export {
  type EventData,
  type EventName,
  eventData,
  eventNames,
  eventSchemas,
  eventType,
  sumMinorMax,
} from './events.ts';
export { explain, foundAt, pathOf, printable, shown } from './explain.ts';
export {
  type AloEvent,
  decodeLine,
  type Incoming,
  type Refusal,
  type RefusalCode,
  readEvent,
  readLine,
  readText,
  refusalCodes,
} from './incoming.ts';
export {
  dayMs,
  daysInMonth,
  daysSinceEpoch,
  firstInstant,
  formatInstant,
  hourMs,
  type Instant,
  isCivilDate,
  lastInstant,
  minuteMs,
  parseDuration,
  parseInstant,
  secondMs,
} from './instant.ts';
export { amountMinorMax } from './money.ts';
export { nestsDeeper } from './nesting.ts';
export {
  type Because,
  type Output,
  type OutputData,
  type OutputName,
  outputId,
  outputName,
  outputNames,
  outputSchemas,
  outputs,
  percentEncode,
  type Trigger,
  topicOf,
  topics,
} from './outputs.ts';
export { checkPolicy, type PolicyCheck } from './policy/check-policy.ts';
export { type Occasion, type Policy, policySchema, type Review } from './policy/policy.ts';
export { parseSignedDuration, zoneText } from './policy/policy-text.ts';
export { type Problem, problem } from './policy/problem.ts';
export { recordOf } from './record.ts';
export { containsToday, parseWindow, type Window, windowNames } from './windows.ts';
