package alo.bench.streams;

import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** What the program is started with, from system properties; throws IllegalArgumentException where one is missing. */
record Settings(
    String bootstrapServers,
    String applicationId,
    String stateDir,
    int threads,
    int commitIntervalMs,
    boolean stopsAtEnd,
    boolean windowsIds,
    Properties overrides) {

  /** Properties that begin so are handed to Kafka Streams as they are, without it. */
  private static final String OVERRIDE = "streams.";

  /** A changelog record for each event: with the default of 16 KiB the broker is asked ten times as often. */
  private static final int BATCH_BYTES = 256 * 1024;

  private static final int RECORDS_AT_ONCE = 5_000;

  static Settings fromSystem() {
    return new Settings(
        required("bootstrap.servers"),
        System.getProperty("application.id", "alo-bench"),
        required("state.dir"),
        positive("num.stream.threads", 2),
        positive("commit.interval.ms", 100),
        Boolean.getBoolean("stop.at.end"),
        isWindowed(System.getProperty("ids", "packed")),
        overridesIn(System.getProperties()));
  }

  private static String required(String name) {
    String value = System.getProperty(name);
    if (value == null || value.isBlank()) throw new IllegalArgumentException("start with -D" + name + "=...");
    return value;
  }

  private static boolean isWindowed(String ids) {
    if (ids.equals("packed") || ids.equals("windowed")) return ids.equals("windowed");
    throw new IllegalArgumentException("-Dids must be packed or windowed: " + ids);
  }

  private static int positive(String name, int otherwise) {
    int value = Integer.parseInt(System.getProperty(name, String.valueOf(otherwise)));
    if (value < 1) throw new IllegalArgumentException("-D" + name + " must be at least 1: " + value);
    return value;
  }

  private static Properties overridesIn(Properties all) {
    Properties overrides = new Properties();
    for (String name : all.stringPropertyNames()) {
      if (name.startsWith(OVERRIDE)) overrides.put(name.substring(OVERRIDE.length()), all.getProperty(name));
    }
    return overrides;
  }

  Properties forStreams() {
    Properties properties = new Properties();
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
    properties.put(StreamsConfig.STATE_DIR_CONFIG, stateDir);
    properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
    properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, (long) commitIntervalMs);
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    properties.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), BATCH_BYTES);
    properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), RECORDS_AT_ONCE);
    properties.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, RECORDS_AT_ONCE);
    properties.putAll(overrides);
    return properties;
  }

  Properties forAdmin() {
    Properties properties = new Properties();
    properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    return properties;
  }
}
