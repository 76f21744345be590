import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.MessageFormatter;
import org.apache.kafka.common.header.Header;

/**
 * Tells Kafka's console consumer how to print a record: on one line whatever bytes it holds, and with its topic, both
 * of which Kafka's own formatters do not. `console-consumer.ts` reads these lines.
 */
public final class RecordLine implements MessageFormatter {
  @Override
  public void writeTo(ConsumerRecord<byte[], byte[]> record, PrintStream output) {
    StringBuilder line = new StringBuilder("record ").append(record.topic());
    line.append(' ').append(record.partition()).append(' ').append(record.offset());
    line.append(' ').append(encoded(record.key())).append(' ').append(encoded(record.value()));
    for (Header header : record.headers()) {
      byte[] name = header.key().getBytes(StandardCharsets.UTF_8);
      line.append(' ').append(encoded(name)).append(':').append(encoded(header.value()));
    }
    output.append(line.append('\n'));
  }

  private static String encoded(byte[] bytes) {
    return bytes == null ? "null!" : Base64.getEncoder().encodeToString(bytes);
  }
}
