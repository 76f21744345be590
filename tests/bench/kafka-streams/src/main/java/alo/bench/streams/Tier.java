package alo.bench.streams;

/** The ladder: a tier is reached when the month's sum is at or above its threshold, in minor units. */
enum Tier {
  BASE("base", 0),
  VIP("vip", 1_000_000),
  GOLD("gold", 3_000_000);

  private static final Tier[] LADDER = values();

  final String label;
  final long upgradeAtMinor;

  Tier(String label, long upgradeAtMinor) {
    this.label = label;
    this.upgradeAtMinor = upgradeAtMinor;
  }

  static Tier ofRank(int rank) {
    return LADDER[rank];
  }

  /** The highest tier whose threshold a sum reaches. */
  static Tier reachedBy(long sumMinor) {
    int rank = LADDER.length - 1;
    while (rank > 0 && sumMinor < LADDER[rank].upgradeAtMinor) rank -= 1;
    return LADDER[rank];
  }

  boolean isAbove(Tier other) {
    return ordinal() > other.ordinal();
  }
}
