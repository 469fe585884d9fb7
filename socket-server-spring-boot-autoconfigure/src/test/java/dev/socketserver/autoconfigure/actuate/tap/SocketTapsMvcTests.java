package dev.socketserver.autoconfigure.actuate.tap;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

/**
 * Taps with Spring MVC.
 */
@SpringBootTest(classes = AbstractSocketTapsTests.Application.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { AbstractSocketTapsTests.SERVERS, AbstractSocketTapsTests.DEVICES,
				AbstractSocketTapsTests.ENABLED, AbstractSocketTapsTests.EXPOSED, AbstractSocketTapsTests.ADDRESS,
				"socket.clients.meter.host=127.0.0.1", "socket.clients.meter.port=${local.socket.upper.port}" })
class SocketTapsMvcTests extends AbstractSocketTapsTests {

}
