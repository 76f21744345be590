package alo.bench.streams;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A tier that spend has reached, and the charge that did it, as it leaves: a structured CloudEvent. */
record Upgrade(Event cause, Tier from, TierRule.Reached reached, long nowMs, long appendedAtMs) {
  private static final JsonFactory JSON = new JsonFactory();

  String subscriber() {
    return cause.subscriber();
  }

  byte[] toJson() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("specversion", "1.0");
      json.writeStringField("id", id());
      json.writeStringField("source", "/kafka-streams");
      json.writeStringField("type", "alo.tier.upgraded.v1");
      json.writeStringField("subject", subscriber());
      json.writeStringField("time", Times.format(nowMs));
      writeData(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private void writeData(JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("data");
    json.writeStringField("from", from.label);
    json.writeStringField("to", reached.tier().label);
    json.writeNumberField("sum", reached.sumMinor());
    json.writeNumberField("threshold", reached.tier().upgradeAtMinor);
    json.writeStringField("occurredAt", Times.format(cause.occurredAtMs()));
    json.writeNumberField("appendedAtMs", appendedAtMs);
    json.writeObjectFieldStart("cause");
    json.writeStringField("source", cause.source());
    json.writeStringField("id", cause.id());
    json.writeEndObject();
    json.writeEndObject();
  }

  /** What alo calls the same trigger: its name, subscriber, tier and cause, each percent-encoded. */
  private String id() {
    return Stream.of("tier.upgraded", subscriber(), reached.tier().label, cause.source(), cause.id())
        .map(Upgrade::percentEncoded)
        .collect(Collectors.joining("/"));
  }

  private static String percentEncoded(String part) {
    String encoded = URLEncoder.encode(part, StandardCharsets.UTF_8);
    return encoded.replace("+", "%20").replace("*", "%2A").replace("%7E", "~");
  }
}
