package alo.bench.streams;

import static alo.bench.streams.Refusal.Code.SCHEMA;
import static alo.bench.streams.Refusal.Code.UNKNOWN;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.List;

/** Takes a record's bytes (one structured CloudEvent) through the door: an event, or why it is none. Never throws; not for several threads. */
final class EventReader {
  private static final ObjectReader JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build().reader();

  private final Identity identity = new Identity();

  Reading read(byte[] value) {
    JsonNode event;
    try {
      event = JSON.readTree(value == null ? new byte[0] : value);
    } catch (IOException e) {
      return new Refusal(SCHEMA, "the record is not JSON");
    }
    String problem = envelopeProblem(event);
    if (problem != null) return new Refusal(SCHEMA, problem);
    long occurredAtMs = Times.parse(event.path("time").asText());
    if (occurredAtMs == Times.NONE) return new Refusal(SCHEMA, "time must be an instant");
    String type = event.get("type").textValue();
    List<Field> fields = EventTypes.DATA.get(type);
    if (fields == null) return new Refusal(UNKNOWN, "nobody defined this type");
    Refusal refusal = fields.isEmpty() ? null : dataRefusal(event.get("data"), fields);
    return refusal == null ? toEvent(event, type, occurredAtMs) : refusal;
  }

  private static String envelopeProblem(JsonNode event) {
    if (!event.isObject()) return "the event must be an object";
    JsonNode version = event.get("specversion");
    if (version == null || !"1.0".equals(version.textValue())) return "specversion must be \"1.0\"";
    for (String name : List.of("id", "source", "type")) {
      if (!isAttribute(event.get(name))) return name + " must be a text without control characters";
    }
    if (EventTypes.needsSubject(event.get("type").textValue()) && !isAttribute(event.get("subject"))) {
      return "subject must name the subscriber";
    }
    return null;
  }

  private static boolean isAttribute(JsonNode node) {
    if (node == null || !node.isTextual() || node.textValue().isEmpty()) return false;
    String text = node.textValue();
    for (int at = 0; at < text.length(); at += 1) if (Character.isISOControl(text.charAt(at))) return false;
    return true;
  }

  private static Refusal dataRefusal(JsonNode data, List<Field> fields) {
    if (data == null || !data.isObject()) return new Refusal(SCHEMA, "data must be an object");
    for (Field field : fields) {
      String problem = field.problemIn(data);
      if (problem != null) return new Refusal(SCHEMA, problem);
    }
    if (fields.contains(EventTypes.CURRENCY) && !data.get("currency").textValue().equals(Policy.CURRENCY)) {
      return new Refusal(Refusal.Code.CURRENCY, "data.currency must be " + Policy.CURRENCY);
    }
    return null;
  }

  private Event toEvent(JsonNode event, String type, long occurredAtMs) {
    JsonNode data = event.path("data");
    boolean isAdjustment = type.equals(EventTypes.ADJUSTED);
    return new Event(
        type,
        event.get("source").textValue(),
        event.get("id").textValue(),
        event.path("subject").asText(""),
        occurredAtMs,
        data.path("amount").longValue(),
        isAdjustment ? Times.parse(data.get("appliesTo").textValue()) : occurredAtMs,
        identity.nameOf(event.get("source").textValue(), event.get("id").textValue()),
        Identity.contentOf(type, occurredAtMs, data));
  }
}
