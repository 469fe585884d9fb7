package dev.socketserver.autoconfigure.actuate.tap;

import dev.socketserver.autoconfigure.actuate.ActuatorClient;
import dev.socketserver.operator.SocketTaps;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Taps where operators may only look.
 */
@SpringBootTest(classes = AbstractSocketTapsTests.Application.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { AbstractSocketTapsTests.SERVERS, AbstractSocketTapsTests.DEVICES,
				AbstractSocketTapsTests.ENABLED, AbstractSocketTapsTests.EXPOSED, AbstractSocketTapsTests.ADDRESS,
				"management.endpoint.sockettaps.access=read-only" })
class ReadOnlyTapsTests {

	@Value("${local.server.port}")
	private int port;

	@Autowired
	private SocketTaps taps;

	@ParameterizedTest
	@CsvSource({ "POST,''", "DELETE,/tap-1" })
	void nobodyTaps(String method, String path) throws Exception {
		assertThat(status(method, path)).isIn(404, 405);
		assertThat(this.taps.taps()).isEmpty();
	}

	@Test
	void theListIsShown() throws Exception {
		assertThat(status("GET", "")).isEqualTo(200);
	}

	private int status(String method, String path) throws Exception {
		return ActuatorClient
			.send(ActuatorClient.request(this.port, method, "sockettaps" + path, "{\"server\":\"upper\"}",
					ActuatorClient.JSON))
			.statusCode();
	}

}
