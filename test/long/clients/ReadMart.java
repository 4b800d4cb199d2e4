import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.UUID;

/** Reads relations through JDBC: a line `name TAB statement TAB columns` each, and prints what `read-mart.py` prints. */
public class ReadMart {
  private static final DateTimeFormatter TO_MILLIS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS");

  public static void main(String[] args) throws Exception {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (Connection connection = DriverManager.getConnection(args[0], args[1], args[2]);
        Statement statement = connection.createStatement()) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] parts = line.split("\t", -1);
        try (ResultSet rows = statement.executeQuery(parts[1])) {
          read(parts[0], rows, parts[2], out);
        }
      }
    }
    out.flush();
  }

  private static void read(String name, ResultSet rows, String columns, PrintStream out) throws Exception {
    out.println("#" + name);
    while (rows.next()) {
      for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) rows.getObject(column);
      StringBuilder text = new StringBuilder();
      for (String column : columns.isEmpty() ? new String[0] : columns.split(",")) {
        text.append(valueOf(rows, column.split(":")[0], column.split(":")[1])).append('\t');
      }
      out.println(text);
    }
  }

  private static String valueOf(ResultSet rows, String column, String kind) throws Exception {
    if (rows.getObject(column) == null) return "";
    switch (kind) {
      case "uuid":
        return rows.getObject(column, UUID.class).toString();
      case "boolean":
        return String.valueOf(rows.getBoolean(column));
      case "date":
        return rows.getObject(column, LocalDate.class).toString();
      case "local":
        return rows.getObject(column, LocalDateTime.class).format(TO_MILLIS);
      default:
        return rows.getObject(column, OffsetDateTime.class).withOffsetSameInstant(ZoneOffset.UTC).format(TO_MILLIS) + "Z";
    }
  }
}
