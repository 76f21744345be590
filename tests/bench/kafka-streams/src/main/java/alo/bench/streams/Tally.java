package alo.bench.streams;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/** Counts, over all threads, and the usage at the first record. */
final class Tally {
  private final LongAdder records = new LongAdder();
  private final LongAdder duplicates = new LongAdder();
  private final LongAdder upgrades = new LongAdder();
  private final Map<Refusal.Code, LongAdder> refusals = new ConcurrentHashMap<>();
  private final AtomicReference<Usage> atFirst = new AtomicReference<>();

  void record() {
    if (atFirst.get() == null) atFirst.compareAndSet(null, Usage.now());
    records.increment();
  }

  void duplicate() {
    duplicates.increment();
  }

  void upgrade() {
    upgrades.increment();
  }

  void refusal(Refusal.Code code) {
    refusals.computeIfAbsent(code, any -> new LongAdder()).increment();
  }

  long records() {
    return records.sum();
  }

  long duplicates() {
    return duplicates.sum();
  }

  long upgrades() {
    return upgrades.sum();
  }

  Map<String, Long> refusals() {
    Map<String, Long> counts = new TreeMap<>();
    refusals.forEach((code, count) -> counts.put(code.name(), count.sum()));
    return counts;
  }

  /** The usage when the first record was processed, or null. */
  Usage atFirst() {
    return atFirst.get();
  }
}
