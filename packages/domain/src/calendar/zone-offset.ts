import { dayMs, hourMs, type Instant } from '@alo/contracts';
import { IANAZone } from 'luxon';

/** From `start` on, up to the next span's start, a zone is `offset` milliseconds ahead of UTC. */
type Span = { readonly start: Instant; readonly end: Instant; readonly offset: number };

const chunkMs = 128 * dayMs;
const sampleMs = 6 * hourMs;
const chunksMax = 512;

/**
 * A zone's offset from UTC at an instant, in milliseconds. Asks luxon once for each stretch of time
 * (10 µs an answer) and compares integers from then on.
 */
export const zoneOffset = (zone: string): ((instant: Instant) => number) => {
  const iana = new IANAZone(zone);
  const ask = (instant: Instant) => Math.round(iana.offset(instant) * 60_000);
  const chunks = new Map<number, readonly Span[]>();
  let current: Span = { start: 0, end: 0, offset: 0 };

  const spansOf = (chunk: number): readonly Span[] => {
    const known = chunks.get(chunk);
    if (known) return known;
    if (chunks.size >= chunksMax) chunks.clear();
    const spans = spansBetween(ask, chunk * chunkMs, (chunk + 1) * chunkMs);
    chunks.set(chunk, spans);
    return spans;
  };

  return (instant) => {
    if (instant >= current.start && instant < current.end) return current.offset;
    const span = spansOf(Math.floor(instant / chunkMs)).find(({ end }) => instant < end);
    // Nobody who asks later may suffer from it.
    if (!span) throw new RangeError(`there is no instant ${instant}`);
    current = span;
    return span.offset;
  };
};

const spansBetween = (ask: (at: Instant) => number, from: Instant, to: Instant): Span[] => {
  const spans: Span[] = [];
  let start = from;
  let offset = ask(from);
  for (let at = from + sampleMs; at <= to; at += sampleMs) {
    const next = ask(at);
    if (next === offset) continue;
    const change = firstWith(ask, next, at - sampleMs, at);
    if (change < to) {
      spans.push({ start, end: change, offset });
      start = change;
      offset = next;
    }
  }
  spans.push({ start, end: to, offset });
  return spans;
};

/** The first second after `before` at which the zone has the offset that it has at `at`. */
const firstWith = (ask: (at: Instant) => number, offset: number, before: Instant, at: Instant): Instant => {
  let [low, high] = [before, at];
  while (high - low > 1000) {
    const middle = low + Math.floor((high - low) / 2000) * 1000;
    if (ask(middle) === offset) high = middle;
    else low = middle;
  }
  return high;
};
