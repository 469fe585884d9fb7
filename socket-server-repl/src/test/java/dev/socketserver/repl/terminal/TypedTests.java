package dev.socketserver.repl.terminal;

import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.fixtures.Patience;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class TypedTests {

	private final Typed typed = new Typed();

	@Test
	void emptyLinesAreNotKeptByTheMillion() throws Exception {
		this.typed.known();
		int lines = 0;
		while (this.typed.line("")) {
			lines++;
		}
		assertThat(lines).isBetween(1000, 20_000);
	}

	@Test
	void ofAPeerThatIsNotKnownLittleIsRead() throws Exception {
		AtomicInteger lines = new AtomicInteger();
		Thread reader = new Thread(() -> {
			try {
				for (int i = 0; i < 10_000; i++) {
					this.typed.line("x");
					lines.incrementAndGet();
				}
			}
			catch (InterruptedException ex) {
				lines.set(-1);
			}
		});
		reader.start();
		await().atMost(Patience.limit()).until(() -> reader.getState() == Thread.State.WAITING);
		int waiting = lines.get();
		assertThat(waiting).isBetween(3, 200);
		assertThat(this.typed.take().kind()).isEqualTo(Typed.Kind.LINE);
		await().atMost(Patience.limit()).until(() -> lines.get() == waiting + 1);
		this.typed.end(true);
		reader.join();
		assertThat(lines).hasValue(10_000);
	}

	@Test
	void linesThatAreTooLongAreReportedOnce() throws Exception {
		for (int i = 0; i < 3; i++) {
			this.typed.tooLong();
		}
		this.typed.end(false);
		assertThat(this.typed.take().kind()).isEqualTo(Typed.Kind.TOO_LONG);
		assertThat(this.typed.take().kind()).isEqualTo(Typed.Kind.END);
	}

}
