package alo.bench.streams;

import java.time.Duration;

/** The programme's figures besides its ladder. */
final class Policy {
  static final String CURRENCY = "VND";
  static final Duration LATENESS = Duration.ofDays(35);
  static final Duration FUTURE_TOLERANCE = Duration.ofMinutes(15);
  static final int MONTHS_BACK_MAX = 24;

  private Policy() {}
}
