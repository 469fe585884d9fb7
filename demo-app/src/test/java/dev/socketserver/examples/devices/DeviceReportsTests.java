package dev.socketserver.examples.devices;

import java.nio.charset.StandardCharsets;
import java.util.List;

import com.zaxxer.hikari.HikariDataSource;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a device reports is in the database when it is acknowledged.
 */
@SpringBootTest(webEnvironment = WebEnvironment.NONE, properties = "spring.config.name=devices")
class DeviceReportsTests {

	@Test
	void aPositionIsStoredBeforeItIsAcknowledged(@SocketConnection("devices") SocketTestClient tracker,
			@Autowired HikariDataSource dataSource) {
		tracker.send("LOGIN 4711 blue-7").expect("WELCOME");
		tracker.send("POS 52.52 13.405").expect("OK");

		JdbcClient jdbc = JdbcClient.create(dataSource);
		assertThat(jdbc.sql("select identity from socket_inbox").query(String.class).list())
			.containsExactly("device:4711");
		List<String> reports = jdbc.sql("select payload from socket_inbox")
			.query((row, index) -> new String(row.getBytes(1), StandardCharsets.UTF_8))
			.list();
		assertThat(reports).containsExactly("POS 52.52 13.405");
	}

}
