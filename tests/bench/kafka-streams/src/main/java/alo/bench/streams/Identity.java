package alo.bench.streams;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Iterator;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/** What an event is known by. Not for several threads. */
final class Identity {
  private final MessageDigest md5;

  Identity() {
    try {
      md5 = MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** 64 bits of source and id. */
  long nameOf(String source, String id) {
    return ByteBuffer.wrap(md5.digest((source + '\0' + id).getBytes(StandardCharsets.UTF_8))).getLong();
  }

  /** What two events of one name must share to be the same: type, time as an instant, data whatever its key order. */
  static int contentOf(String type, long occurredAtMs, JsonNode data) {
    StringBuilder text = new StringBuilder(128).append(type).append('\0').append(occurredAtMs).append('\0');
    append(text, data);
    CRC32C crc = new CRC32C();
    crc.update(text.toString().getBytes(StandardCharsets.UTF_8));
    return (int) crc.getValue();
  }

  private static void append(StringBuilder text, JsonNode node) {
    if (node.isObject()) appendObject(text, node);
    else if (node.isArray()) appendArray(text, node);
    else if (node.isNumber()) appendNumber(text, node);
    else if (node.isTextual()) text.append('"').append(node.textValue()).append('"');
    else text.append(node.asText());
  }

  private static void appendObject(StringBuilder text, JsonNode node) {
    TreeMap<String, JsonNode> sorted = new TreeMap<>();
    node.properties().forEach(member -> sorted.put(member.getKey(), member.getValue()));
    text.append('{');
    sorted.forEach((key, value) -> {
      text.append('"').append(key).append("\":");
      append(text, value);
      text.append(',');
    });
    text.append('}');
  }

  private static void appendArray(StringBuilder text, JsonNode node) {
    text.append('[');
    for (Iterator<JsonNode> each = node.elements(); each.hasNext(); ) {
      append(text, each.next());
      text.append(',');
    }
    text.append(']');
  }

  /** 5 and 5.0 are one number. */
  private static void appendNumber(StringBuilder text, JsonNode node) {
    if (node.canConvertToExactIntegral() && node.canConvertToLong()) text.append(node.longValue());
    else text.append(node.doubleValue());
  }
}
