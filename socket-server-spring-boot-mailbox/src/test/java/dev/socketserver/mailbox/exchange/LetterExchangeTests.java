package dev.socketserver.mailbox.exchange;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.exchange.Ask;
import dev.socketserver.exchange.Send;
import dev.socketserver.exchange.SocketExchange;
import dev.socketserver.exchange.SocketExchanges;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.mailbox.DeviceApplication;
import dev.socketserver.mailbox.Letter;
import dev.socketserver.mailbox.LetterState;
import dev.socketserver.mailbox.SocketMailbox;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** An interface whose methods post letters. */
class LetterExchangeTests {

	@Test
	void methodsPostLettersThatAPeerGetsWhenItIsThere() throws Exception {
		try (ConfigurableApplicationContext application = DeviceApplication.run()) {
			SocketExchanges exchanges = application.getBean(SocketExchanges.class);
			Commands commands = exchanges.mailbox("device", "7", Commands.class);
			commands.open(3);
			assertThat(commands.close(3, Duration.ofMinutes(5))).succeedsWithin(Patience.limit())
				.isEqualTo(LetterState.WAITING);
			assertThat(application.getBean(SocketMailbox.class).letters("device", "7")).succeedsWithin(Patience.limit())
				.satisfies((letters) -> {
					assertThat(letters).hasSize(2).extracting(Letter::key).doesNotHaveDuplicates();
					assertThat(letters.get(1).expiresAt())
						.isEqualTo(letters.get(1).postedAt().plus(Duration.ofMinutes(5)));
				});

			try (TestPeer peer = TestPeer.connect(application, "devices")) {
				peer.send("login 7\n");
				assertThat(peer.line()).isEqualTo("welcome 7");
				assertThat(peer.line()).isEqualTo("OPEN 3");
				peer.send("ok\n");
				assertThat(peer.line()).isEqualTo("CLOSE 3");
			}
		}
	}

	@Test
	void methodThatAsksIsRefused() {
		try (ConfigurableApplicationContext application = DeviceApplication.run()) {
			SocketExchanges exchanges = application.getBean(SocketExchanges.class);
			assertThatIllegalArgumentException().isThrownBy(() -> exchanges.mailbox("device", "7", Asking.class))
				.withMessageContaining("Asking.status asks, and a letter has no reply: use @Send");
		}
	}

	@SocketExchange
	interface Commands {

		@Send("OPEN {valve}")
		void open(int valve);

		@Send("CLOSE {valve}")
		CompletableFuture<LetterState> close(int valve, Duration ttl);

	}

	@SocketExchange
	interface Asking {

		@Ask("STATUS")
		String status();

	}

}
