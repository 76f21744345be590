package alo.bench.streams;

import java.time.Duration;

/** Which events a subscriber is known by, as long as they are not late: by name and by the civil day they occurred on. */
interface SeenIds {
  enum Sighting {
    NEW,
    DUPLICATE,
    CONFLICT
  }

  /** The lateness, and the rest of its first day. */
  Duration KEPT = Policy.LATENESS.plusDays(1);

  Sighting sight(Account account, Event event, int day);

  void remember(Account account, Event event, int day, int today);

  static Sighting compare(int knownContent, Event event) {
    return knownContent == event.content() ? Sighting.DUPLICATE : Sighting.CONFLICT;
  }
}
