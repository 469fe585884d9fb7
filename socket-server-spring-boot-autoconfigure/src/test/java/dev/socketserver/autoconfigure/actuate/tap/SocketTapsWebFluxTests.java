package dev.socketserver.autoconfigure.actuate.tap;

import org.junit.jupiter.api.Tag;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

/**
 * Taps with Spring WebFlux.
 */
@Tag("long")
@SpringBootTest(classes = AbstractSocketTapsTests.Application.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "spring.main.web-application-type=reactive", AbstractSocketTapsTests.SERVERS,
				AbstractSocketTapsTests.DEVICES, AbstractSocketTapsTests.ENABLED, AbstractSocketTapsTests.EXPOSED,
				AbstractSocketTapsTests.ADDRESS, "socket.clients.meter.host=127.0.0.1",
				"socket.clients.meter.port=${local.socket.upper.port}" })
class SocketTapsWebFluxTests extends AbstractSocketTapsTests {

}
