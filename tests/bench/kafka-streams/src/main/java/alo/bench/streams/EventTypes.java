package alo.bench.streams;

import static alo.bench.streams.Field.amount;
import static alo.bench.streams.Field.date;
import static alo.bench.streams.Field.instant;
import static alo.bench.streams.Field.monthDay;
import static alo.bench.streams.Field.object;
import static alo.bench.streams.Field.oneOf;
import static alo.bench.streams.Field.text;

import java.util.List;
import java.util.Map;

/** The event types that a journal may carry, each with the fields of its data. */
final class EventTypes {
  static final String CHARGED = "alo.usage.charged.v1";
  static final String ADJUSTED = "alo.usage.adjusted.v1";
  static final String QUALITY = "alo.quality.reported.v1";
  static final String SUSPENSION = "alo.suspension.requested.v1";
  static final String CLOSED = "alo.subscriber.closed.v1";
  static final String ERASED = "alo.subscriber.erased.v1";
  static final String TICKED = "alo.time.ticked.v1";
  static final String ACTIVATED = "alo.policy.activated.v1";

  /** What all money must be in. */
  static final Field CURRENCY = Field.currency();

  private static final Field SIGNED = amount(-Field.AMOUNT_MINOR_MAX);
  private static final List<Field> PAYMENT = List.of(amount(1), CURRENCY, text("invoiceId").optional());

  static final Map<String, List<Field>> DATA = Map.ofEntries(
      Map.entry(CHARGED, List.of(
          amount(1),
          CURRENCY,
          oneOf("service", "voice", "sms", "data", "roaming", "vas", "other"),
          text("line").optional())),
      Map.entry(ADJUSTED, List.of(
          SIGNED.notZero(),
          CURRENCY,
          instant("appliesTo"),
          text("corrects").optional(),
          text("reason").optional())),
      Map.entry("alo.invoice.issued.v1", List.of(text("invoiceId"), amount(0), CURRENCY, date("dueOn"))),
      Map.entry("alo.invoice.adjusted.v1", List.of(text("invoiceId"), SIGNED, CURRENCY)),
      Map.entry("alo.payment.received.v1", PAYMENT),
      Map.entry("alo.payment.reversed.v1", PAYMENT),
      Map.entry(SUSPENSION, List.of(
          text("requestId"),
          oneOf("stage", "outgoing", "both"),
          oneOf("reason", "debt", "fraud", "customer-request", "lost-sim", "legal-order", "identity"),
          object("debt").optional())),
      Map.entry("alo.subscriber.opened.v1", List.of(
          object("months").optional(),
          object("days").optional(),
          text("tier").optional(),
          object("debt").optional())),
      Map.entry("alo.subscriber.updated.v1", List.of(
          oneOf("kind", "person", "organisation"),
          monthDay("birthday").optional(),
          monthDay("foundingDay").optional(),
          text("gender").optional(),
          text("province").optional(),
          text("dealer").optional(),
          object("consent").optional())),
      Map.entry("alo.subscriber.listed.v1", List.of(
          text("list"),
          instant("validFrom"),
          instant("validTo").optional(),
          text("requestedBy"),
          text("approvedBy"))),
      Map.entry("alo.subscriber.delisted.v1", List.of(text("list"))),
      Map.entry(CLOSED, List.of()),
      Map.entry(ERASED, List.of()),
      Map.entry(QUALITY, List.of(
          oneOf("kind", "dropped-call", "setup-failure", "slow-data", "outage", "complaint"),
          text("outageId").optional())),
      Map.entry("alo.trigger.acknowledged.v1", List.of(
          text("triggerId"),
          oneOf("outcome", "delivered", "fulfilled", "failed", "released", "declined"))),
      Map.entry(TICKED, List.of()),
      Map.entry(ACTIVATED, List.of(object("policy"))));

  private EventTypes() {}

  static boolean needsSubject(String type) {
    return !type.equals(TICKED) && !type.equals(ACTIVATED);
  }
}
