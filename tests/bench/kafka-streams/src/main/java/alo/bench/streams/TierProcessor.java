package alo.bench.streams;

import static alo.bench.streams.Refusal.Code.CONFLICT;
import static alo.bench.streams.Refusal.Code.STATE;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** Reads one record of the journal, keeps its subscriber's account, and says what tier was reached or what was refused. */
final class TierProcessor implements Processor<byte[], byte[], byte[], byte[]> {
  private static final String ACCOUNTS = "accounts";

  private final EventReader reader = new EventReader();
  private final Tally tally;
  private final boolean windowsIds;
  private ProcessorContext<byte[], byte[]> context;
  private KeyValueStore<String, Account> accounts;
  private SeenIds seenIds;

  TierProcessor(Tally tally, boolean windowsIds) {
    this.tally = tally;
    this.windowsIds = windowsIds;
  }

  static StoreBuilder<KeyValueStore<String, Account>> accountsBuilder() {
    return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(ACCOUNTS), Serdes.String(), Account.serde());
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    this.context = context;
    accounts = context.getStateStore(ACCOUNTS);
    seenIds = windowsIds ? new WindowedIds(context) : new PackedIds();
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    tally.record();
    Reading reading = reader.read(record.value());
    if (reading instanceof Event event) take(event, record);
    else refuse(record, (Refusal) reading);
  }

  private void take(Event event, Record<byte[], byte[]> record) {
    long nowMs = context.currentStreamTimeMs();
    Refusal untimely = Admission.timeRefusal(event, nowMs);
    if (untimely != null) refuse(record, untimely);
    else if (EventTypes.needsSubject(event.type())) takeOnce(event, record, nowMs);
  }

  private void takeOnce(Event event, Record<byte[], byte[]> record, long nowMs) {
    Account known = accounts.get(event.subscriber());
    Account account = known == null ? new Account() : known;
    switch (sight(account, event, nowMs)) {
      case DUPLICATE -> tally.duplicate();
      case CONFLICT -> refuse(record, new Refusal(CONFLICT, "this id is known on that day with other content"));
      case NEW -> apply(account, event, record, nowMs);
    }
  }

  private SeenIds.Sighting sight(Account account, Event event, long nowMs) {
    if (!remembers(account, event, nowMs)) return SeenIds.Sighting.NEW;
    return seenIds.sight(account, event, CivilCalendar.dayOf(event.occurredAtMs()));
  }

  private void apply(Account account, Event event, Record<byte[], byte[]> record, long nowMs) {
    if (account.phase == Account.Phase.ERASED) {
      if (!event.type().equals(EventTypes.SUSPENSION)) refuse(record, new Refusal(STATE, "the subscriber is erased"));
      return;
    }
    switch (event.type()) {
      case EventTypes.CHARGED, EventTypes.ADJUSTED -> charge(account, event, record, nowMs);
      case EventTypes.CLOSED -> account.phase = Account.Phase.CLOSED;
      case EventTypes.ERASED -> account.erase();
      default -> {}
    }
    remember(account, event, nowMs);
    accounts.put(event.subscriber(), account);
  }

  private void remember(Account account, Event event, long nowMs) {
    if (!remembers(account, event, nowMs)) return;
    int day = CivilCalendar.dayOf(event.occurredAtMs());
    seenIds.remember(account, event, day, CivilCalendar.dayOf(nowMs));
  }

  /** Nothing is known by an id once it is late, nor of who is erased. */
  private static boolean remembers(Account account, Event event, long nowMs) {
    return account.phase != Account.Phase.ERASED && !Admission.isDaysBack(event.occurredAtMs(), nowMs);
  }

  private void charge(Account account, Event event, Record<byte[], byte[]> record, long nowMs) {
    TierRule.Reached reached = TierRule.charge(account, event, nowMs);
    if (reached == null || account.phase != Account.Phase.OPEN) return;
    Upgrade upgrade = new Upgrade(event, account.tier, reached, nowMs, record.timestamp());
    account.tier = reached.tier();
    tally.upgrade();
    byte[] key = event.subscriber().getBytes(StandardCharsets.UTF_8);
    context.forward(new Record<>(key, upgrade.toJson(), record.timestamp()), TierTopology.TIERS);
  }

  /** The bytes untouched; why stands in the headers. */
  private void refuse(Record<byte[], byte[]> record, Refusal refusal) {
    tally.refusal(refusal.code());
    RecordHeaders headers = new RecordHeaders();
    headers.add("code", refusal.code().name().getBytes(StandardCharsets.UTF_8));
    headers.add("message", refusal.message().getBytes(StandardCharsets.UTF_8));
    context.forward(record.withHeaders(headers), TierTopology.DEAD_LETTERS);
  }
}
