package alo.bench.streams;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoField;
import java.time.zone.ZoneRules;

/** Civil days (since 1970-01-01) and months (since year 0) of Asia/Ho_Chi_Minh. */
final class CivilCalendar {
  private static final ZoneRules RULES = ZoneId.of("Asia/Ho_Chi_Minh").getRules();
  private static final long DAY_SECONDS = 86_400;

  private CivilCalendar() {}

  static int dayOf(long epochMs) {
    Instant instant = Instant.ofEpochMilli(epochMs);
    long localSeconds = instant.getEpochSecond() + RULES.getOffset(instant).getTotalSeconds();
    return (int) Math.floorDiv(localSeconds, DAY_SECONDS);
  }

  static int monthOf(int day) {
    return (int) LocalDate.ofEpochDay(day).getLong(ChronoField.PROLEPTIC_MONTH);
  }
}
