package alo.bench.streams;

import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;

/** One processor between the journal, its state, and what leaves. */
final class TierTopology {
  static final String JOURNAL_TOPIC = "alo.journal.v1";
  static final String TIERS_TOPIC = "streams.tiers.v1";
  static final String DEAD_LETTERS_TOPIC = "streams.dead-letters.v1";

  static final String TIERS = "tiers";
  static final String DEAD_LETTERS = "dead-letters";
  private static final String JOURNAL = "journal";
  private static final String PROCESSOR = "tier-processor";

  private TierTopology() {}

  /** `windowsIds`: ids are kept in a window store of their own, else within the accounts. */
  static Topology with(Tally tally, boolean windowsIds) {
    ByteArrayDeserializer in = new ByteArrayDeserializer();
    ByteArraySerializer out = new ByteArraySerializer();
    Topology topology = new Topology()
        .addSource(AutoOffsetReset.earliest(), JOURNAL, in, in, JOURNAL_TOPIC)
        .addProcessor(PROCESSOR, () -> new TierProcessor(tally, windowsIds), JOURNAL)
        .addStateStore(TierProcessor.accountsBuilder(), PROCESSOR)
        .addSink(TIERS, TIERS_TOPIC, out, out, PROCESSOR)
        .addSink(DEAD_LETTERS, DEAD_LETTERS_TOPIC, out, out, PROCESSOR);
    return windowsIds ? topology.addStateStore(WindowedIds.builder(), PROCESSOR) : topology;
  }
}
