package alo.bench.streams;

/** Tiers go up at once, by the month to date, and never down. */
final class TierRule {
  private TierRule() {}

  /** What a subscriber has reached: the tier, and the month's sum that decided, in minor units. */
  record Reached(Tier tier, long sumMinor) {}

  /**
   * Adds a charge to an account and raises its tier: by the sum of today's month, and by that of the changed day's
   * where it was this change that raised it over the line. The tier reached, or null where it stays.
   */
  static Reached charge(Account account, Event event, long nowMs) {
    int today = CivilCalendar.dayOf(nowMs);
    int day = CivilCalendar.dayOf(event.appliesToMs());
    int month = CivilCalendar.monthOf(day);
    Tier before = Tier.reachedBy(account.monthSumMinor(month));
    account.add(day, event.amountMinor(), today);
    Reached best = reachedIn(account, CivilCalendar.monthOf(today));
    if (day != today && !Admission.isDaysBack(event.appliesToMs(), nowMs)) {
      Reached then = reachedIn(account, month);
      if (then.tier().isAbove(before) && then.tier().isAbove(best.tier())) best = then;
    }
    return best.tier().isAbove(account.tier) ? best : null;
  }

  private static Reached reachedIn(Account account, int month) {
    long sumMinor = account.monthSumMinor(month);
    return new Reached(Tier.reachedBy(sumMinor), sumMinor);
  }
}
