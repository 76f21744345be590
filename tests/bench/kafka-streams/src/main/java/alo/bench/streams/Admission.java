package alo.bench.streams;

import static alo.bench.streams.Refusal.Code.CLOCK;
import static alo.bench.streams.Refusal.Code.LATE;

/** Is an event's time believable and young enough, against the partition's now? */
final class Admission {
  private Admission() {}

  /** The refusal that applies, or null. */
  static Refusal timeRefusal(Event event, long nowMs) {
    if (event.type().equals(EventTypes.SUSPENSION)) return null;
    if (event.occurredAtMs() - nowMs > Policy.FUTURE_TOLERANCE.toMillis()) {
      return new Refusal(CLOCK, "time is too far past now");
    }
    if (event.appliesToMs() > event.occurredAtMs()) {
      return new Refusal(CLOCK, "data.appliesTo must not be after the event's time");
    }
    return isLate(event, nowMs) ? new Refusal(LATE, "time is too far before now") : null;
  }

  private static boolean isLate(Event event, long nowMs) {
    if (event.isAdjustment() && isMonthsBack(event.appliesToMs(), nowMs)) return true;
    return event.isMeasured() ? isDaysBack(event.occurredAtMs(), nowMs) : isMonthsBack(event.occurredAtMs(), nowMs);
  }

  /** More than the lateness before now: also how long ids are known. */
  static boolean isDaysBack(long instantMs, long nowMs) {
    return nowMs - instantMs > Policy.LATENESS.toMillis();
  }

  private static boolean isMonthsBack(long instantMs, long nowMs) {
    int month = CivilCalendar.monthOf(CivilCalendar.dayOf(instantMs));
    return CivilCalendar.monthOf(CivilCalendar.dayOf(nowMs)) - month > Policy.MONTHS_BACK_MAX;
  }
}
