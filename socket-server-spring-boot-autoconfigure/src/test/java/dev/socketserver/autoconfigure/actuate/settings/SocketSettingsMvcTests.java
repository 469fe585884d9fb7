package dev.socketserver.autoconfigure.actuate.settings;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

/**
 * Settings with Spring MVC.
 */
@SpringBootTest(classes = AbstractSocketSettingsTests.Application.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { AbstractSocketSettingsTests.SERVERS, AbstractSocketSettingsTests.CLIENT,
				AbstractSocketSettingsTests.IDLE, AbstractSocketSettingsTests.EXPOSED,
				AbstractSocketSettingsTests.ADDRESS })
class SocketSettingsMvcTests extends AbstractSocketSettingsTests {

}
