package dev.socketserver.autoconfigure.actuate.settings;

import org.junit.jupiter.api.Tag;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

/**
 * Settings with Spring WebFlux.
 */
@Tag("long")
@SpringBootTest(classes = AbstractSocketSettingsTests.Application.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "spring.main.web-application-type=reactive", AbstractSocketSettingsTests.SERVERS,
				AbstractSocketSettingsTests.CLIENT, AbstractSocketSettingsTests.IDLE,
				AbstractSocketSettingsTests.EXPOSED, AbstractSocketSettingsTests.ADDRESS })
class SocketSettingsWebFluxTests extends AbstractSocketSettingsTests {

}
