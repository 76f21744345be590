package alo.bench.streams;

import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Where each partition of the journal ended at the start, and whether all is committed up to there. */
final class JournalEnd {
  private final Admin admin;
  private final String group;
  private final Map<TopicPartition, Long> ends;

  private JournalEnd(Admin admin, String group, Map<TopicPartition, Long> ends) {
    this.admin = admin;
    this.group = group;
    this.ends = ends;
  }

  static JournalEnd of(Admin admin, String group, int partitions) throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> asked = IntStream.range(0, partitions)
        .mapToObj(partition -> new TopicPartition(TierTopology.JOURNAL_TOPIC, partition))
        .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest()));
    Map<TopicPartition, Long> ends = admin.listOffsets(asked).all().get().entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().offset()));
    return new JournalEnd(admin, group, ends);
  }

  boolean isReached() throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetAndMetadata> committed =
        admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
    return ends.entrySet().stream().allMatch(entry -> {
      OffsetAndMetadata at = committed.get(entry.getKey());
      return entry.getValue() == 0 || (at != null && at.offset() >= entry.getValue());
    });
  }
}
