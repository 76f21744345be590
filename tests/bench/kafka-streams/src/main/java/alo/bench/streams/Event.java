package alo.bench.streams;

/**
 * An event whose envelope and data are valid. The amount is in minor units and, like the instant whose day it changes,
 * 0 where the type has none. The name is a fingerprint of source and id, the content one of type, time and data.
 */
record Event(
    String type,
    String source,
    String id,
    String subscriber,
    long occurredAtMs,
    long amountMinor,
    long appliesToMs,
    long name,
    int content)
    implements Reading {

  boolean isCharge() {
    return type.equals(EventTypes.CHARGED);
  }

  boolean isAdjustment() {
    return type.equals(EventTypes.ADJUSTED);
  }

  /** Is it late after days, as what is measured is, or after months, as what is agreed is? */
  boolean isMeasured() {
    return isCharge() || isAdjustment() || type.equals(EventTypes.QUALITY);
  }
}
