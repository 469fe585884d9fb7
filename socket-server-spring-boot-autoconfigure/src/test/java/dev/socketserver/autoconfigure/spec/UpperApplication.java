package dev.socketserver.autoconfigure.spec;

import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.UpperHandler;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/**
 * An application with a handler of lines, whose endpoints operators can reach.
 */
final class UpperApplication {

	private UpperApplication() {
	}

	/**
	 * Returns what runs the application.
	 * @param endpoints the auto-configurations of the endpoints
	 */
	static ApplicationContextRunner with(Class<?>... endpoints) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
			.withConfiguration(AutoConfigurations.of(endpoints))
			.withUserConfiguration(UpperHandler.class)
			.withPropertyValues("management.endpoints.web.exposure.include=*",
					"management.endpoints.jmx.exposure.include=*");
	}

}
