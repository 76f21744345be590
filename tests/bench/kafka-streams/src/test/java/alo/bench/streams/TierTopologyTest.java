package alo.bench.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole topology on real stores, without a broker; each with both ways to keep ids. */
class TierTopologyTest {
  private static final String NOW = "2026-08-10T02:00:00Z";

  @TempDir Path stateDir;
  private final Tally tally = new Tally();
  private TopologyTestDriver driver;
  private TestInputTopic<byte[], byte[]> journal;
  private TestOutputTopic<String, String> tiers;
  private TestOutputTopic<byte[], byte[]> deadLetters;
  private int charges;

  @AfterEach
  void close() {
    driver.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void exactlyAtTheThresholdCountsAndOneBelowDoesNot(boolean windowsIds) {
    open(windowsIds);
    charge(999_999, NOW);
    assertEquals(List.of(), reached());
    charge(1, NOW);
    assertEquals(List.of("base to vip"), reached());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void oneChargeThatJumpsTwoTiersIsOneUpgradeAndNoneComesTwice(boolean windowsIds) {
    open(windowsIds);
    charge(3_000_000, NOW);
    charge(1_000_000, NOW);
    assertEquals(List.of("base to gold"), reached());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aDuplicateCountsOnceThirtyFiveDaysLongAndOtherContentIsAConflict(boolean windowsIds) {
    open(windowsIds);
    send("c-1", "usage.charged", NOW, charged(600_000), NOW);
    send("c-2", "usage.charged", "2026-09-14T02:15:00Z", charged(1), "2026-09-14T02:00:00Z");
    send("c-1", "usage.charged", NOW, charged(600_000), "2026-09-14T02:00:00Z");
    send("c-1", "usage.charged", NOW, charged(600_001), "2026-09-14T02:00:00Z");
    assertEquals(1, tally.duplicates());
    assertEquals(Map.of("CONFLICT", 1L), tally.refusals());
    assertEquals(List.of(), reached());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theSameIdOnAnotherCivilDayIsAnotherEvent(boolean windowsIds) {
    open(windowsIds);
    send("c-1", "usage.charged", "2026-08-09T16:59:59Z", charged(600_000), NOW);
    send("c-1", "usage.charged", "2026-08-09T17:00:00Z", charged(600_000), NOW);
    assertEquals(List.of("base to vip"), reached());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aMonthBeginsAtLocalMidnight(boolean windowsIds) {
    open(windowsIds);
    send("c-1", "usage.charged", "2026-07-31T16:59:59Z", charged(999_999), NOW);
    send("c-2", "usage.charged", "2026-07-31T17:00:00Z", charged(999_999), NOW);
    assertEquals(List.of(), reached());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aLateChargeThatTakesLastMonthOverTheLineUpgrades(boolean windowsIds) {
    open(windowsIds);
    charge(999_999, "2026-07-31T02:00:00Z");
    charge(1, "2026-07-31T03:00:00Z");
    assertEquals(List.of("base to vip"), reached());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSumThatFallsAndRisesAgainUpgradesNobodyTwice(boolean windowsIds) {
    open(windowsIds);
    charge(1_000_000, NOW);
    String data = "{\"amount\":-500000,\"currency\":\"VND\",\"appliesTo\":\"" + NOW + "\"}";
    send("a-1", "usage.adjusted", NOW, data, NOW);
    charge(500_000, NOW);
    assertEquals(List.of("base to vip"), reached());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatIsWrongIsRefusedForTheFirstFaultAndChangesNothing(boolean windowsIds) {
    open(windowsIds);
    journal.pipeInput(null, "{".getBytes(StandardCharsets.UTF_8), Instant.parse(NOW));
    send("c-1", "usage.charged", NOW, charged(0), NOW);
    send("c-1", "usage.eaten", NOW, charged(1_000_000), NOW);
    send("c-1", "usage.charged", NOW, "{\"amount\":1000000,\"currency\":\"USD\",\"service\":\"sms\"}", NOW);
    send("c-1", "usage.charged", "2026-08-10T02:15:00.001Z", charged(1_000_000), NOW);
    send("c-1", "usage.charged", "2026-07-06T01:59:59Z", charged(1_000_000), NOW);
    assertEquals(Map.of("SCHEMA", 2L, "UNKNOWN", 1L, "CURRENCY", 1L, "CLOCK", 1L, "LATE", 1L), tally.refusals());
    assertEquals(List.of(), reached());
    assertEquals(6, deadLetters.readValuesToList().size());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whoIsClosedIsUpgradedNoMoreAndWhoIsErasedIsRefused(boolean windowsIds) {
    open(windowsIds);
    send("x-1", "subscriber.closed", NOW, "{}", NOW);
    charge(1_000_000, NOW);
    send("x-2", "subscriber.erased", NOW, "{}", NOW);
    charge(1_000_000, NOW);
    assertEquals(List.of(), reached());
    assertEquals(Map.of("STATE", 1L), tally.refusals());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anUpgradeTellsItsCauseAndWhenThatWasAppended(boolean windowsIds) throws IOException {
    open(windowsIds);
    send("c 1", "usage.charged", "2026-08-10T01:00:00Z", charged(1_234_567), NOW);
    JsonNode upgrade = new JsonMapper().readTree(tiers.readValue());
    assertEquals("tier.upgraded/s-17/vip/%2Ftest/c%201", upgrade.get("id").asText());
    assertEquals(1_234_567, upgrade.at("/data/sum").asLong());
    assertEquals("2026-08-10T01:00:00Z", upgrade.at("/data/occurredAt").asText());
    assertEquals(Instant.parse(NOW).toEpochMilli(), upgrade.at("/data/appendedAtMs").asLong());
    assertTrue(tiers.isEmpty());
  }

  private void open(boolean windowsIds) {
    Properties properties = new Properties();
    properties.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
    driver = new TopologyTestDriver(TierTopology.with(tally, windowsIds), properties);
    ByteArraySerializer bytes = new ByteArraySerializer();
    journal = driver.createInputTopic(TierTopology.JOURNAL_TOPIC, bytes, bytes);
    StringDeserializer text = new StringDeserializer();
    tiers = driver.createOutputTopic(TierTopology.TIERS_TOPIC, text, text);
    ByteArrayDeserializer read = new ByteArrayDeserializer();
    deadLetters = driver.createOutputTopic(TierTopology.DEAD_LETTERS_TOPIC, read, read);
  }

  private void charge(long amountMinor, String time) {
    charges += 1;
    send("charge-" + charges, "usage.charged", time, charged(amountMinor), NOW);
  }

  private static String charged(long amountMinor) {
    return "{\"amount\":" + amountMinor + ",\"currency\":\"VND\",\"service\":\"data\"}";
  }

  private void send(String id, String name, String time, String data, String appendedAt) {
    String event = """
        {"specversion":"1.0","id":"%s","source":"/test","type":"alo.%s.v1","subject":"s-17","time":"%s","data":%s}"""
        .formatted(id, name, time, data);
    journal.pipeInput(null, event.getBytes(StandardCharsets.UTF_8), Instant.parse(appendedAt));
  }

  private List<String> reached() {
    return tiers.readValuesToList().stream().map(TierTopologyTest::tellUpgrade).toList();
  }

  private static String tellUpgrade(String json) {
    try {
      JsonNode data = new JsonMapper().readTree(json).get("data");
      return data.get("from").asText() + " to " + data.get("to").asText();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
