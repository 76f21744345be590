package alo.bench.streams;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;

/**
 * Ids in a window store of their own, keyed by subscriber and name, in the window of the civil day: a look-up is one
 * point read, and what is past goes whole segments at a time.
 */
final class WindowedIds implements SeenIds {
  private static final String STORE = "seen-ids";
  private static final Duration DAY = Duration.ofDays(1);
  /** An event may lie ahead of now, and moves the store's own time with it. */
  private static final Duration RETENTION = KEPT.plus(DAY);

  private final WindowStore<byte[], Integer> contents;

  WindowedIds(ProcessorContext<?, ?> context) {
    contents = context.getStateStore(STORE);
  }

  static StoreBuilder<WindowStore<byte[], Integer>> builder() {
    return Stores.windowStoreBuilder(
        Stores.persistentWindowStore(STORE, RETENTION, DAY, false), Serdes.ByteArray(), Serdes.Integer());
  }

  @Override
  public Sighting sight(Account account, Event event, int day) {
    Integer known = contents.fetch(keyOf(event), windowOf(day));
    return known == null ? Sighting.NEW : SeenIds.compare(known, event);
  }

  @Override
  public void remember(Account account, Event event, int day, int today) {
    contents.put(keyOf(event), event.content(), windowOf(day));
  }

  private static byte[] keyOf(Event event) {
    byte[] subscriber = event.subscriber().getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(subscriber.length + Long.BYTES).put(subscriber).putLong(event.name()).array();
  }

  private static long windowOf(int day) {
    return day * DAY.toMillis();
  }
}
