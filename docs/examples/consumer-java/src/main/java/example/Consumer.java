package example;

import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.CloudEventDeserializer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * A service of somebody else: keeps every touchpoint in SQLite, each exactly once, however often it is killed.
 * KAFKA_BROKERS=127.0.0.1:9092 [TOPIC=touchline.touchpoints] [DATABASE=touchpoints.db] java -cp … example.Consumer
 * UNTIL_END=1 ends once all that is there by now is kept.
 */
public final class Consumer {
  private static final String TOPIC = setting("TOPIC", "touchline.touchpoints");

  public static void main(String[] arguments) throws SQLException {
    try (Connection database = DriverManager.getConnection("jdbc:sqlite:" + setting("DATABASE", "touchpoints.db"));
        KafkaConsumer<String, CloudEvent> consumer = new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers", setting("KAFKA_BROKERS", "127.0.0.1:9092"),
                "group.id", setting("GROUP", "touchpoints-consumer-java"),
                "isolation.level", "read_committed",
                "enable.auto.commit", "false",
                "auto.offset.reset", "earliest"),
            new StringDeserializer(),
            new CloudEventDeserializer())) {
      for (String table : List.of(
          "consumed (partition integer primary key, next_offset integer not null)",
          "sequences (sequence_key text primary key, sequence integer not null)",
          "touchpoints (event_id text primary key, type text not null, data text not null)"))
        database.createStatement().execute("create table if not exists " + table);
      database.setAutoCommit(false);
      consumer.subscribe(List.of(TOPIC), whereItStands(consumer, database));
      do {
        for (ConsumerRecord<String, CloudEvent> record : consumer.poll(Duration.ofSeconds(1))) store(database, record);
      } while (!setting("UNTIL_END", "").equals("1") || !isAtEnd(consumer));
      System.out.println("kept " + number(database, "select count(*) from touchpoints"));
    }
  }

  /** Rows and offset in one transaction: both are there, or neither. */
  private static void store(Connection database, ConsumerRecord<String, CloudEvent> record) throws SQLException {
    if (record.offset() < next(database, record.partition())) return;
    CloudEvent event = record.value();
    // Messages of earlier releases have the second alone.
    String name = event.getExtensionNames().contains("sequencekey") ? "sequencekey" : "partitionkey";
    String owner = String.valueOf(event.getExtension(name));
    long sequence = Long.parseLong(String.valueOf(event.getExtension("sequence")));
    long due = number(database, "insert into sequences values (?, 1) on conflict do update set sequence = sequence + 1 returning sequence", owner);
    if (due != sequence) throw new IllegalStateException(owner + ": message " + sequence + " comes where " + due + " should");
    String data = new String(event.getData().toBytes(), StandardCharsets.UTF_8);
    change(database, "insert into touchpoints values (?, ?, ?)", event.getId(), event.getType(), data);
    change(database, "insert or replace into consumed values (?, ?)", record.partition(), record.offset() + 1);
    database.commit();
  }

  /** The group only shares the partitions out; how far each has come stands beside what came of it. */
  private static ConsumerRebalanceListener whereItStands(KafkaConsumer<?, ?> consumer, Connection database) {
    return new ConsumerRebalanceListener() {
      @Override
      public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}

      @Override
      public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        try {
          for (TopicPartition each : partitions) consumer.seek(each, next(database, each.partition()));
        } catch (SQLException error) {
          throw new IllegalStateException(error);
        }
      }
    };
  }

  private static boolean isAtEnd(KafkaConsumer<?, ?> consumer) {
    return !consumer.assignment().isEmpty()
        && consumer.endOffsets(consumer.assignment()).entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }

  private static long next(Connection database, int partition) throws SQLException {
    return number(database, "select coalesce(max(next_offset), 0) from consumed where partition = ?", partition);
  }

  private static long number(Connection database, String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = prepared(database, sql, values);
        ResultSet rows = statement.executeQuery()) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private static void change(Connection database, String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = prepared(database, sql, values)) {
      statement.executeUpdate();
    }
  }

  private static PreparedStatement prepared(Connection database, String sql, Object... values) throws SQLException {
    PreparedStatement statement = database.prepareStatement(sql);
    for (int index = 0; index < values.length; index++) statement.setObject(index + 1, values[index]);
    return statement;
  }

  private static String setting(String name, String otherwise) {
    return System.getenv().getOrDefault(name, otherwise);
  }
}
