package dev.socketserver.bridge;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.fixtures.database.MigratedTableContract;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/** Bridges to a table that others make, or that databases understand otherwise. */
class MigrationTests implements MigratedTableContract {

	@TempDir
	private Path folder;

	@Override
	public Path folder() {
		return this.folder;
	}

	@Override
	public String scripts() {
		return "dev/socketserver/bridge/schema-";
	}

	@Override
	public String initializesNothing() {
		return "socket.bridge.initialize-schema=never";
	}

	/** Starts an application twice, and stores messages. */
	@Override
	public void assertUses(String url, List<String> properties) throws Exception {
		List<String> arguments = new ArrayList<>(
				List.of("--spring.config.location=classpath:/jdbc.yml", "--spring.datasource.url=" + url));
		properties.forEach((property) -> arguments.add("--" + property));
		for (String id : List.of("1", "2")) {
			try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
				.web(WebApplicationType.NONE)
				.run(arguments.toArray(String[]::new));
					TestPeer plain = TestPeer.connect(context, "plain");
					TestPeer ids = TestPeer.connect(context, "ids")) {
				assertThat(plain.ask("a")).isEqualTo("ok a");
				assertThat(plain.ask("b")).isEqualTo("ok b");
				assertThat(ids.ask(id + " a")).contains("id=" + id + ", duplicate=false");
				assertThat(ids.ask(id + " a")).contains("id=" + id + ", duplicate=true");
			}
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import(TestHandlers.class)
	@EnableAutoConfiguration
	static class Application {

	}

}
