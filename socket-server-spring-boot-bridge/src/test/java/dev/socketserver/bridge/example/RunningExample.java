package dev.socketserver.bridge.example;

import java.nio.file.Path;

import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Ports;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * The application of an example, with a database that keeps what it stores from run to
 * run. All runs listen at one port. What was opened is closed after the test.
 */
final class RunningExample implements AfterEachCallback {

	private final String server;

	private final Class<?> handlers;

	private final int port = Ports.free();

	private final Opened opened = new Opened();

	/**
	 * Creates an example that does not run.
	 * @param server the name of its server, and of the file that configures it
	 * @param handlers the class that has its handlers
	 */
	RunningExample(String server, Class<?> handlers) {
		this.server = server;
		this.handlers = handlers;
	}

	int port() {
		return this.port;
	}

	/**
	 * Starts the application, another time perhaps.
	 * @param folder where its database is
	 */
	ConfigurableApplicationContext run(Path folder) {
		return add(new SpringApplicationBuilder(Application.class, this.handlers).web(WebApplicationType.NONE)
			.run("--spring.config.location=classpath:/" + this.server + ".yml",
					"--socket.servers." + this.server + ".port=" + this.port,
					"--spring.datasource.url=jdbc:h2:file:" + folder.resolve("inbox") + ";WRITE_DELAY=0"));
	}

	<T extends AutoCloseable> T add(T resource) {
		return this.opened.add(resource);
	}

	@Override
	public void afterEach(ExtensionContext context) throws Exception {
		this.opened.closeAll();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
