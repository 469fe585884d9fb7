package dev.socketserver.autoconfigure.settings.refresh;

import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.UpperHandler;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.settings.SettingsRecord;
import dev.socketserver.settings.SettingsRecord.Outcome;
import dev.socketserver.settings.SocketSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Refreshes of the real Spring Cloud, with a real file.
 */
@ExtendWith(OutputCaptureExtension.class)
class SpringCloudRefreshTests {

	@TempDir
	private Path directory;

	private ConfigurableApplicationContext start(String... lines) throws Exception {
		write(lines);
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties("spring.config.additional-location=file:" + this.directory + "/")
			.run();
	}

	private void write(String... lines) throws Exception {
		Files.write(this.directory.resolve("application.properties"), List.of(lines));
	}

	/** By its name: the library is on the class path of tests only. */
	private static void refresh(ConfigurableApplicationContext context) throws Exception {
		Object refresher = context.getBean(Class.forName("org.springframework.cloud.context.refresh.ContextRefresher"));
		Method refresh = refresher.getClass().getMethod("refresh");
		refresh.invoke(refresher);
	}

	private static SocketServer upper(ConfigurableApplicationContext context) {
		return context.getBean(SocketServers.class).get("upper");
	}

	@Test
	void aRefreshChangesWhatItMay(CapturedOutput output) throws Exception {
		try (ConfigurableApplicationContext context = start("socket.servers.upper.port=0",
				"socket.servers.upper.limits.sessions=7"); TestPeer peer = TestPeer.connect(context, "upper")) {
			assertThat(peer.ask("a")).isEqualTo("A");
			write("socket.servers.upper.port=0", "socket.servers.upper.limits.sessions=8",
					"socket.servers.upper.backlog=9");
			refresh(context);

			await().until(() -> upper(context).spec().limits().sessions() == 8);
			await().until(() -> output.getOut().contains("are not in force yet"));

			assertThat(output).containsOnlyOnce("Changed properties are not in force yet: "
					+ "socket.servers.upper.backlog (RESTART). Apply them with the endpoint socketsettings");
			assertThat(peer.ask("b")).isEqualTo("B");
			SocketSettings settings = context.getBean(SocketSettings.class);
			assertThat(settings.history()).extracting(SettingsRecord::by).containsExactly("refresh");
			assertThat(settings.of(upper(context))).filteredOn((setting) -> setting.key().equals("limits.sessions"))
				.allSatisfy((setting) -> assertThat(setting.origin()).contains("application.properties"));
		}
	}

	@Test
	void whatAStartWouldRefuseChangesNothing(CapturedOutput output) throws Exception {
		try (ConfigurableApplicationContext context = start("socket.servers.upper.port=0")) {
			write("socket.servers.upper.port=0", "socket.servers.upper.limits.sessions=many",
					"socket.servers.upper.limits.frame=1KB", "socket.servers.upper.limits.sesions=3");
			refresh(context);

			await().until(() -> output.getOut().contains("Changed properties are refused"));

			assertThat(output).contains("Property socket.servers.upper.limits.sessions is 'many'")
				.contains("Property socket.servers.upper.limits.sesions is '3'");
			assertThat(upper(context).spec().session().maxFrameBytes()).isEqualTo(65536);
			assertThat(context.getBean(SocketSettings.class).history()).extracting(SettingsRecord::outcome)
				.containsExactly(Outcome.REFUSED);
			write("socket.servers.upper.port=0", "socket.servers.upper.limits.frame=1KB");
			refresh(context);
			await().until(() -> upper(context).spec().session().maxFrameBytes() == 1024);
		}
	}

	@Test
	void aRefreshMayCreateAndRemove() throws Exception {
		try (ConfigurableApplicationContext context = start("socket.servers.upper.port=0",
				"socket.settings.on-refresh=restart")) {
			write("socket.servers.other.port=0", "socket.servers.other.handler=upper",
					"socket.settings.on-refresh=restart");
			refresh(context);
			SocketServers servers = context.getBean(SocketServers.class);
			await().until(() -> servers.server("other").isPresent() && servers.server("upper").isEmpty());
			try (TestPeer peer = TestPeer.connect(context, "other")) {
				assertThat(peer.ask("a")).isEqualTo("A");
			}
		}
	}

	@Test
	void aRefreshMayOnlySay(CapturedOutput output) throws Exception {
		try (ConfigurableApplicationContext context = start("socket.servers.upper.port=0",
				"socket.settings.on-refresh=off")) {
			write("socket.servers.upper.port=0", "socket.servers.upper.limits.sessions=8",
					"socket.settings.on-refresh=off");
			refresh(context);
			await().until(() -> output.getOut().contains("socket.servers.upper.limits.sessions (APPLIED)"));
			assertThat(upper(context).spec().limits().sessions()).isEqualTo(10000);
			assertThat(context.getBean(SocketSettings.class).pending()).isEqualTo(1);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(UpperHandler.class)
	static class Application {

	}

}
