package dev.socketserver.test.mock;

import java.lang.Thread.State;
import java.util.concurrent.atomic.AtomicReference;

import dev.socketserver.CloseReason;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServers;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.test.MockSocketSession;
import dev.socketserver.test.SocketServerTest;
import dev.socketserver.test.mock.MeterApplication.Bill;
import dev.socketserver.test.mock.MeterApplication.Meters;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * Tests for frames that are handed to a {@link MockSocketSession}.
 */
@SocketServerTest(properties = { "socket.server-defaults.start.auto=false", "socket.servers.meters.port=7303",
		"socket.servers.meters.args=thirty", "socket.servers.dialogue.port=7304", "socket.servers.words.port=7305",
		"socket.servers.words.discriminator=word", "socket.servers.busy.port=7306" })
class MockHandlerTests {

	@Autowired
	private SocketServers servers;

	@Autowired
	private Meters meters;

	private MockSocketSession session;

	@BeforeEach
	void open() {
		this.meters.notified.clear();
		this.session = MockSocketSession.of(this.servers.get("meters"));
	}

	@Test
	void theHandlerIsCalledWithoutAPort() {
		assertThat(this.servers.get("meters").state()).isEqualTo(ServerState.STOPPED);
		this.session.handle("{\"meter\": \"17\", \"watts\": 5}");
		assertThat(this.session.sent()).containsExactly("meter? [thirty]", new Bill(150));
		assertThat(this.session.info().bound()).containsKey("meter");
	}

	@Test
	void repliesOfAllKindsAreSent() {
		this.session.handle("{\"watts\": 0}").handle("{\"watts\": 1}".getBytes());
		assertThat(this.session.sent()).containsExactly("meter? [thirty]", "nothing at Tariff[cents=30]", "one",
				"of two");
	}

	@Test
	void adviceAnswersFailuresOfTheConversionToo() {
		this.session.handle("no reading").handle("{\"watts\": 7}");
		assertThat(this.session.sent()).containsExactly("meter? [thirty]", "unreadable", new Bill(210));
		assertThat(this.session.status()).isNull();
	}

	@Test
	void theDiscriminatorChoosesTheMethod() {
		MockSocketSession words = MockSocketSession.of(this.servers.get("words"));
		words.handle("READ").handle("WHO").handle("BIND 17").handle("WHO").handle("SLEEP");
		assertThat(words.sent()).containsExactly("READ of words", "unknown", "17", "what is SLEEP?");
	}

	@Test
	void aFailureThatNobodyAnswersClosesTheSession() {
		this.session.handle("{\"meter\": \"18\", \"watts\": -1}");
		assertThat(this.session.status()).isNotNull()
			.satisfies((status) -> assertThat(status.reason()).isEqualTo(CloseReason.HANDLER_ERROR))
			.satisfies((status) -> assertThat(status.cause()).hasMessage("nobody answers it"));
		assertThat(this.meters.notified).containsExactly("18 HANDLER_ERROR");
		assertThatIllegalStateException().isThrownBy(() -> this.session.handle("{}"))
			.withMessageStartingWith("The session is closed, and gets no further frame");
	}

	/** As on a server, where nobody answers an error. */
	@ParameterizedTest
	@CsvSource({ "-2, at once", "-3, later" })
	void anErrorClosesTheSession(int watts, String message) {
		this.session.handle("{\"watts\": " + watts + "}");
		assertThat(this.session.status()).isNotNull()
			.satisfies((status) -> assertThat(status.reason()).isEqualTo(CloseReason.HANDLER_ERROR))
			.satisfies((status) -> assertThat(status.cause()).isInstanceOf(AssertionError.class).hasMessage(message));
		assertThat(this.meters.notified).containsExactly("nobody HANDLER_ERROR");
	}

	/** As on a server, whoever has received them, and whoever closes. */
	@Test
	void callsAreMadeOneAfterTheOther() {
		AtomicReference<Throwable> refusal = new AtomicReference<>();
		Thread first = new Thread(() -> this.session.handle("{\"watts\": 3}"));
		Thread second = new Thread(() -> refusal.set(catchThrowable(() -> this.session.handle("{\"watts\": 5}"))));
		first.start();
		Patience.await(this.meters.begun);
		second.start();
		await().until(() -> second.getState() == State.WAITING || second.getState() == State.TERMINATED);
		this.session.close();
		assertThat(this.meters.notified).isEmpty();
		this.meters.goOn.countDown();

		await().until(() -> !first.isAlive() && !second.isAlive());
		assertThat(this.session.sent()).containsExactly("meter? [thirty]", "done");
		assertThat(refusal.get()).isInstanceOf(IllegalStateException.class)
			.hasMessageStartingWith("The session is closed, and gets no further frame");
		assertThat(this.meters.notified).containsExactly("nobody HANDLER_CLOSED");
	}

	@Test
	void theReplyOfACallThatClosesIsSentAndTheHandlerNotifiedOnce() {
		this.session.handle("{\"watts\": 2}");
		this.session.close();
		assertThat(this.session.sent()).containsExactly("meter? [thirty]", "bye");
		assertThat(this.meters.notified).containsExactly("nobody HANDLER_CLOSED");
	}

	/** As with a real session, unlike the reply of a call that closes. */
	@Test
	void aGreetingIsNotSentBehindAClose() {
		MockSocketSession busy = MockSocketSession.of(this.servers.get("busy"));
		assertThat(busy.sent()).isEmpty();
		assertThat(busy.status().reason()).isEqualTo(CloseReason.HANDLER_CLOSED);
	}

	@Test
	void sessionsWithoutSuchAHandlerSaySo() {
		assertThatIllegalArgumentException().isThrownBy(() -> MockSocketSession.of(this.servers.get("dialogue")))
			.withMessage(
					"The handler of server 'dialogue' is not called with frames, but reads the connection " + "itself");
		assertThatIllegalStateException().isThrownBy(() -> new MockSocketSession().handle("x"))
			.withMessage("The session has no handler: create it with MockSocketSession.of(server)");
	}

}
