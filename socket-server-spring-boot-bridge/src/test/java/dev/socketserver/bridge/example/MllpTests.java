package dev.socketserver.bridge.example;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Ports;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The example of the page, with {@code mllp_send} as a hospital that sends all its
 * messages again when its connection was lost.
 */
@Timeout(180)
class MllpTests {

	private static final int MESSAGES = 300;

	@RegisterExtension
	private final Opened opened = new Opened();

	private final int port = Ports.free();

	@TempDir
	private Path folder;

	private ConfigurableApplicationContext run() {
		return this.opened.add(new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.run("--spring.config.location=classpath:/hl7.yml", "--socket.servers.hl7.port=" + this.port,
					"--spring.datasource.url=jdbc:h2:file:" + this.folder.resolve("inbox") + ";WRITE_DELAY=0"));
	}

	private static List<String> stored(ConfigurableApplicationContext context) {
		return context.getBean(JdbcClient.class)
			.sql("select message_id from socket_inbox order by position")
			.query(String.class)
			.list();
	}

	private MllpSend send(List<String> messages) throws Exception {
		return this.opened.add(MllpSend.start(this.folder, this.port, messages));
	}

	@Test
	void eachMessageIsStoredOnceHoweverOftenItIsSent() throws Exception {
		List<String> ids = IntStream.range(0, MESSAGES).mapToObj((number) -> "m" + number).toList();
		List<String> messages = ids.stream()
			.map((id) -> "MSH|^~\\&|ADT|H|||20261127||ADT^A01|" + id + "|P|2.5\rPID|||" + id + "||Müller^Jörg\r")
			.toList();
		ConfigurableApplicationContext first = run();
		MllpSend cut = send(messages.subList(0, MESSAGES / 3));
		await().until(() -> stored(first).size() > 10);
		first.getBean(SocketServers.class).get("hl7").sessions().forEach(SocketSession::abort);
		cut.await();
		assertThat(stored(first)).startsWith(cut.accepted().toArray(String[]::new));

		int before = stored(first).size();
		MllpSend ended = send(messages.subList(0, 2 * MESSAGES / 3));
		await().until(() -> stored(first).size() > before + 10);
		first.close();
		ended.await();
		ConfigurableApplicationContext second = run();
		assertThat(stored(second)).startsWith(ended.accepted().toArray(String[]::new)).hasSizeLessThan(MESSAGES);

		assertThat(send(messages).await().accepted()).isEqualTo(ids);
		assertThat(stored(second)).isEqualTo(ids);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Admissions.class)
	static class Application {

	}

}
