package alo.bench.streams;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** One field of an event's data: its name, what it must be, and in words. A field that is null is not a missing one. */
record Field(String name, boolean isRequired, Predicate<JsonNode> isValid, String must) {
  static final long AMOUNT_MINOR_MAX = 1_000_000_000_000L;

  private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");
  private static final Pattern MONTH_DAY = Pattern.compile("(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])");

  static Field text(String name) {
    return new Field(name, true, node -> node.isTextual() && !node.textValue().isEmpty(), "be a text");
  }

  static Field oneOf(String name, String... values) {
    Set<String> allowed = Set.of(values);
    return new Field(name, true, node -> node.isTextual() && allowed.contains(node.textValue()), "be one of " + allowed);
  }

  static Field currency() {
    return matching("currency", CURRENCY, "be an ISO 4217 code");
  }

  static Field monthDay(String name) {
    return matching(name, MONTH_DAY, "be a month and a day");
  }

  private static Field matching(String name, Pattern pattern, String must) {
    return new Field(name, true, node -> node.isTextual() && pattern.matcher(node.textValue()).matches(), must);
  }

  static Field instant(String name) {
    return new Field(name, true, node -> node.isTextual() && Times.isInstant(node.textValue()), "be an instant");
  }

  static Field date(String name) {
    return new Field(name, true, node -> node.isTextual() && Times.isDate(node.textValue()), "be a civil date");
  }

  static Field object(String name) {
    return new Field(name, true, JsonNode::isObject, "be an object");
  }

  /** Money: a whole number of minor units (5.0 is whole) from the least to 10^12. */
  static Field amount(long leastMinor) {
    return new Field("amount", true, node -> isWhole(node, leastMinor), "be whole, from " + leastMinor + " to 10^12");
  }

  private static boolean isWhole(JsonNode node, long least) {
    if (!node.isNumber() || !node.canConvertToExactIntegral() || !node.canConvertToLong()) return false;
    return node.longValue() >= least && node.longValue() <= AMOUNT_MINOR_MAX;
  }

  Field notZero() {
    return new Field(name, isRequired, isValid.and(node -> node.longValue() != 0), must + ", not 0");
  }

  Field optional() {
    return new Field(name, false, isValid, must);
  }

  /** The problem in words, or null. */
  String problemIn(JsonNode data) {
    JsonNode node = data.get(name);
    if (node == null) return isRequired ? "data." + name + " is missing" : null;
    return isValid.test(node) ? null : "data." + name + " must " + must;
  }
}
