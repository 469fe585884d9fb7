package dev.socketserver.mailbox.example;

import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.mailbox.LetterState;
import dev.socketserver.mailbox.SocketMailbox;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/** The example of the page. */
class MailboxExampleTests {

	@Test
	void aTariffReachesItsMeter() throws Exception {
		try (ConfigurableApplicationContext application = new SpringApplicationBuilder(Application.class).run(
				"--spring.config.name=letters", "--socket.servers.meters.port=0", "--socket.mailbox.store=memory",
				"--spring.main.web-application-type=none", "--socket.cluster.enabled=false",
				"--spring.autoconfigure.exclude="
						+ "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")) {
			Patience.await(application.getBean(Tariffs.class).change("m1", "order-1", 3));
			try (TestPeer meter = TestPeer.connect(application, "meters")) {
				assertThat(meter.ask("m1")).isEqualTo("welcome");
				assertThat(meter.line()).isEqualTo("order-1 tariff 3");
				meter.send("ok\n");
				SocketMailbox mailbox = application.getBean(SocketMailbox.class);
				Awaitility.await()
					.until(() -> mailbox.letter("meter", "m1", "order-1")
						.join()
						.orElseThrow()
						.state() == LetterState.DELIVERED);
			}
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Meters.class, Tariffs.class, MeterReplies.class })
	static class Application {

	}

}
