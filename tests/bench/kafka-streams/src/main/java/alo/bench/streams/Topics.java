package alo.bench.streams;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** The topics that the program reads and writes. */
final class Topics {
  private Topics() {}

  /** How many partitions the journal has; fails where there is none. */
  static int journalPartitions(Admin admin) throws ExecutionException, InterruptedException {
    List<String> journal = List.of(TierTopology.JOURNAL_TOPIC);
    return admin.describeTopics(journal).allTopicNames().get().get(TierTopology.JOURNAL_TOPIC).partitions().size();
  }

  /** Makes those it writes, where they do not exist, each with the journal's partition count. */
  static void makeMissing(Admin admin, int partitions) throws ExecutionException, InterruptedException {
    Set<String> there = admin.listTopics().names().get();
    List<NewTopic> missing = List.of(TierTopology.TIERS_TOPIC, TierTopology.DEAD_LETTERS_TOPIC).stream()
        .filter(topic -> !there.contains(topic))
        .map(topic -> new NewTopic(topic, Optional.of(partitions), Optional.empty()))
        .toList();
    admin.createTopics(missing).all().get();
  }
}
