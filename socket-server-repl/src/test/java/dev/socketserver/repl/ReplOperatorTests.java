package dev.socketserver.repl;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.CloseReason;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.operation.BadParameterException;
import dev.socketserver.operation.RefusedOperationException;
import dev.socketserver.operation.SessionEvaluator.Evaluation;
import dev.socketserver.operator.SessionOperations;
import dev.socketserver.repl.ConsoleApplication.Orders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

@ExtendWith(OutputCaptureExtension.class)
class ReplOperatorTests {

	private ConfigurableApplicationContext context;

	private SocketServers servers;

	@BeforeEach
	void start() {
		this.context = ConsoleApplication.run("--socket.servers.upper.port=0");
		this.servers = this.context.getBean(SocketServers.class);
	}

	@AfterEach
	void stop() {
		this.context.close();
	}

	private ConsolePeer connect(int number) throws IOException {
		ConsolePeer peer = ConsolePeer.connect(this.context, "console");
		peer.until("console-" + number + "> ");
		return peer;
	}

	@Test
	void attachedItEvaluatesInTheOtherSessionsPlace() throws Exception {
		try (ConsolePeer one = connect(1); ConsolePeer two = connect(2)) {
			two.ask("#v = 'theirs'", "console-2> ");
			one.ask("#v = 'ours'", "console-1> ");
			assertThat(one.ask(":attach console-2", "console-2> "))
				.isEqualTo("Expressions are evaluated in console-2 until :detach");
			assertThat(one.ask("#_1 + #v", "console-2> ")).isEqualTo("theirstheirs");
			assertThat(one.ask("#session.id()", "console-2> ")).isEqualTo("console-2");
			one.ask("#v = 'changed'", "console-2> ");
			assertThat(two.ask("#v", "console-2> ")).isEqualTo("changed");
			assertThat(two.ask(":sessions", "console-2> ")).contains("attached to console-2");
			assertThat(one.ask("T(System).out.println('to the one who asked')", "console-2> "))
				.isEqualTo("to the one who asked\nnull");
			assertThat(one.ask(":detach", "console-1> ")).isEqualTo("Expressions are evaluated here again");
			assertThat(one.ask("#v", "console-1> ")).isEqualTo("ours");
			assertThat(two.ask("1", "console-2> ")).as("nothing was written to it").isEqualTo("1");
		}
	}

	@Test
	void whatWasTypedForASessionThatHasEndedIsNotEvaluated() throws Exception {
		try (ConsolePeer one = connect(1); ConsolePeer two = connect(2)) {
			one.ask("#v = 'ours'", "console-1> ");
			one.ask(":attach console-2", "console-2> ");
			SocketSession other = this.servers.session("console-2").orElseThrow();
			two.type(":quit\n").rest();
			Patience.await(other.closed());
			assertThat(one.ask("#v = 'lost'", "console-1> "))
				.isEqualTo("Session console-2 has ended: this was not evaluated. You are back in console-1");
			assertThat(one.ask("#v", "console-1> ")).isEqualTo("ours");
			assertThat(one.ask(":attach console-2", "console-1> ")).isEqualTo("There is no open session 'console-2'");
			assertThat(one.ask(":attach console-1", "console-1> ")).isEqualTo("A console cannot attach to itself");
		}
	}

	@Test
	void sessionsOfAnyServerHaveAPlaceForEvaluations() throws Exception {
		try (ConsolePeer one = connect(1); TestPeer peer = TestPeer.connect(this.context, "upper")) {
			assertThat(peer.ask("a")).isEqualTo("A");
			one.ask(":attach upper-1", "upper-1> ");
			assertThat(one.ask("#session.attributes().put('seen', true)", "upper-1> ")).isEqualTo("null");
			assertThat(this.servers.session("upper-1").orElseThrow().attributes()).containsEntry("seen", true);
			assertThat(one.ask(":state", "upper-1> ")).contains("#session = ").contains("#servers = ");
			assertThat(peer.ask("b")).isEqualTo("B");
		}
	}

	@Test
	void evaluationsInOnePlaceTakeTurns() throws Exception {
		Orders orders = this.context.getBean(Orders.class);
		try (ConsolePeer one = connect(1); ConsolePeer two = connect(2)) {
			two.type("@orders.waits()\n");
			Patience.await(orders.waiting);
			one.ask(":attach console-2", "console-2> ");
			SocketSession session = this.servers.session("console-2").orElseThrow();
			Repl repl = this.context.getBean(Repl.class);
			CompletableFuture<Evaluation> outside = CompletableFuture
				.supplyAsync(() -> repl.evaluate(session, "#_e != null"), (task) -> new Thread(task).start());
			one.type("#_e != null\n");
			two.send((byte) 3).until("Interrupted\nconsole-2> ");
			// What was interrupted has failed within its turn.
			assertThat(one.until("\nconsole-2> ")).isEqualTo("true");
			assertThat(outside).succeedsWithin(Patience.limit())
				.satisfies((evaluation) -> assertThat(evaluation.values()).containsExactly("true"));
		}
	}

	/**
	 * The attachment ends with the session, also for input that has been typed before.
	 */
	@Test
	void whatWaitsForItsTurnIsNotEvaluatedBehindTheEndOfTheOtherSession() throws Exception {
		// Nothing waits for longer than ten seconds.
		Patience.undisturbed(Duration.ofSeconds(1), () -> {
			stop();
			start();
			Orders orders = this.context.getBean(Orders.class);
			try (ConsolePeer one = connect(1); ConsolePeer two = connect(2)) {
				two.type("@orders.waits()\n");
				Patience.await(orders.waiting);
				one.ask(":attach console-2", "console-2> ");
				one.type("@orders.place()\n");
				await().until(ReplOperatorTests::anEvaluationWaitsForItsTurn);
				two.reset();
				assertThat(one.until("> ")).isEqualTo(
						"Session console-2 has ended: this was not evaluated. You are back in console-1\nconsole-1");
				assertThat(one.ask("@orders.count()", "console-1> ")).isEqualTo("0");
			}
		});
	}

	private static boolean anEvaluationWaitsForItsTurn() {
		return Thread.getAllStackTraces()
			.entrySet()
			.stream()
			.filter((thread) -> thread.getKey().getState() == Thread.State.TIMED_WAITING)
			.flatMap((thread) -> Arrays.stream(thread.getValue()))
			.anyMatch((frame) -> frame.getClassName().equals(Workspace.class.getName())
					&& frame.getMethodName().equals("inTurn"));
	}

	@Test
	void sessionsHaveNames() throws Exception {
		try (ConsolePeer one = connect(1)) {
			assertThat(one.ask(":name ops \u001B", "ops \\u001b> ")).isEqualTo("ops \\u001b");
			assertThat(one.ask(":name", "ops \\u001b> ")).isEqualTo("ops \\u001b");
			assertThat(one.ask(":session", "ops \\u001b> ")).startsWith("console-1  127.0.0.1:")
				.contains("called ops \\u001b  this one\nserver console, local address 127.0.0.1:");
			SocketSession session = this.servers.session("console-1").orElseThrow();
			assertThat(Patience.await(SessionOperations.of(session).details())).containsEntry("name", "ops \\u001b");
		}
	}

	@Test
	void aLongNameIsCutBetweenCharacters() throws Exception {
		String cut = "x".repeat(63);
		try (ConsolePeer one = connect(1)) {
			assertThat(one.type(":name " + cut + "🎈 and more\n").until("> ")).isEqualTo(cut + "\n" + cut);
			SocketSession session = this.servers.session("console-1").orElseThrow();
			assertThat(Patience.await(SessionOperations.of(session).details())).containsEntry("name", cut);
		}
	}

	@Test
	void theFirstLineNamesTheSessionWhereItIsAskedTo() throws Exception {
		try (ConfigurableApplicationContext asking = ConsoleApplication.run("--socket.repl.ask-name=true");
				ConsolePeer peer = ConsolePeer.connect(asking, "console")) {
			peer.until("Name: ");
			peer.type("ops\n").until("ops> ");
			assertThat(peer.ask("1", "ops> ")).isEqualTo("1");
		}
	}

	@Test
	void listsServersAndSessions() throws Exception {
		try (ConsolePeer one = connect(1); TestPeer peer = TestPeer.connect(this.context, "upper")) {
			assertThat(peer.ask("a")).isEqualTo("A");
			assertThat(one.ask(":nodes", "console-1> ")).matches("\\S+  UP  sessions 2  since \\S+  this one");
			assertThat(one.ask(":servers", "console-1> ")).matches(
					"console  RUNNING  on 127\\.0\\.0\\.1:\\d+  handler repl  framing raw  sessions 1, accepted 1  this one\n"
							+ "upper  RUNNING  on 127\\.0\\.0\\.1:\\d+  handler upper  framing line  sessions 1, accepted 1");
			assertThat(one.ask(":sessions", "console-1> ")).contains("console-1  ").contains("upper-1  ");
			assertThat(one.ask(":sessions upper", "console-1> ")).startsWith("upper-1  ").doesNotContain("console");
			assertThat(one.ask(":sessions listener=main", "console-1> ")).contains("console-1  ").contains("upper-1  ");
			assertThat(one.type(":sessions listener=other\n").until("console-1> ")).isEmpty();
			assertThat(one.ask(":sessions sort=bytes", "console-1> "))
				.matches("(?s)console-1  .*  bytes \\d+\n.*upper-1  .*  bytes \\d+");
			assertThat(one.ask(":sessions upper sort=pending", "console-1> "))
				.endsWith("  pending 0 bytes out, 0 frames in");
			assertThat(one.ask(":sessions upper sort=handler-time", "console-1> ")).matches(".*  handler time \\d+ ms");
			assertThat(one.ask(":sessions sort=age", "console-1> ")).matches("(?s)console-1.*upper-1.*");
			assertThat(one.ask(":sessions sort=colour", "console-1> ")).contains("sort is 'colour'");
			assertThat(one.ask(":sessions size=1", "console-1> ")).contains("1 of 2; page= and after= show others");
			assertThat(one.type(":sessions remote=192.0.2.0/24\n").until("console-1> ")).isEmpty();
			assertThat(one.ask(":sessions server=nope", "console-1> ")).isEqualTo("There is no server 'nope'");
			assertThat(one.ask(":sessions colour=red", "console-1> ")).startsWith("There is no parameter colour");
			assertThat(one.ask(":sessions size=0", "console-1> ")).contains("size is '0', but must be");
			assertThat(one.ask(":sessions closed=yes", "console-1> "))
				.contains("closed is 'yes', but must be true or false");
			assertThat(one.ask(":session upper-9", "console-1> ")).isEqualTo("There is no open session 'upper-9'");
		}
	}

	@Test
	void doesWhatTheActuatorDoes() throws Exception {
		SocketServer upper = this.servers.get("upper");
		try (ConsolePeer one = connect(1); TestPeer peer = TestPeer.connect(this.context, "upper")) {
			assertThat(peer.ask("a")).isEqualTo("A");
			assertThat(one.ask(":send upper-1 hello there", "console-1> ")).isEqualTo("Sent to upper-1");
			assertThat(peer.line()).isEqualTo("hello there");
			one.type(":ask upper-1 how are you\n");
			assertThat(peer.line()).isEqualTo("how are you");
			peer.send("very well\n");
			assertThat(one.until("console-1> ")).isEqualToIgnoringNewLines("very well");
			assertThat(one.ask(":ask upper-1", "console-1> ")).isEqualTo(":ask needs an id and a text");
			assertThat(one.ask(":ask upper-9 x", "console-1> ")).isEqualTo("There is no open session 'upper-9'");
			one.ask(":pause upper-1", "console-1> ");
			assertThat(this.servers.session("upper-1").orElseThrow().info().readsPaused()).isTrue();
			one.ask(":resume upper-1", "console-1> ");
			assertThat(peer.ask("b")).isEqualTo("B");
			assertThat(one.ask(":pause upper", "console-1> ")).contains("PAUSED");
			assertThat(one.ask(":pause upper", "console-1> "))
				.isEqualTo("Server 'upper' is PAUSED: only a running server can be paused");
			assertThat(one.ask(":resume upper", "console-1> ")).contains("RUNNING");
			assertThat(one.ask(":pause console-1", "console-1> ")).contains("A console cannot pause or resume itself");
			SocketSession session = this.servers.session("upper-1").orElseThrow();
			assertThat(one.ask(":close upper-1", "console-1> ")).isEqualTo("Session upper-1 closes");
			assertThat(Patience.await(session.closed()).reason()).isEqualTo(CloseReason.OPERATOR_CLOSED);
			assertThat(one.ask(":sessions upper closed=true", "console-1> ")).contains("upper-1")
				.contains("OPERATOR_CLOSED");
			assertThat(one.ask(":drain upper timeout=5s", "console-1> ")).startsWith("upper  ");
			await().until(() -> upper.state() == ServerState.STOPPED);
			assertThat(one.ask(":start upper", "console-1> ")).contains("RUNNING");
			assertThat(one.ask(":stop upper timeout=never", "console-1> ")).contains("must be a duration");
			assertThat(one.ask(":stop console upper", "console-1> ")).isEqualTo("There is more than one server");
			assertThat(one.ask(":restart upper sessions=keep timeout=5s", "console-1> ")).contains("RUNNING");
			one.ask(":stop upper", "console-1> ");
			await().until(() -> upper.state() == ServerState.STOPPED);
		}
	}

	@Test
	void pausesOneListener() throws Exception {
		try (ConsolePeer one = connect(1)) {
			assertThat(one.ask(":pause upper listener=nope", "console-1> ")).contains("nope");
			assertThat(one.ask(":pause upper listener=main", "console-1> ")).startsWith("upper  PAUSED");
			assertThat(one.ask(":resume upper listener=main", "console-1> ")).startsWith("upper  RUNNING");
			assertThat(one.ask(":pause upper-7 listener=main", "console-1> "))
				.isEqualTo("There is no server or open session 'upper-7 listener=main'");
		}
	}

	@Test
	void closesItselfAndStillAnswers() throws Exception {
		try (ConsolePeer one = connect(1)) {
			assertThat(one.type(":close console-1\n").rest()).isEqualTo("Session console-1 closes\n");
		}
	}

	@Test
	void nothingButAStopIsForItsOwnServerWithoutAName() throws Exception {
		try (ConsolePeer one = connect(1)) {
			assertThat(one.ask(":drain", "console-1> ")).isEqualTo(":drain needs a name or id");
			assertThat(one.ask(":restart timeout=1s", "console-1> ")).isEqualTo(":restart needs a name");
			assertThat(one.ask("1", "console-1> ")).isEqualTo("1");
		}
	}

	@Test
	void stopsItsOwnServerAndStillAnswers() throws Exception {
		SocketServer console = this.servers.get("console");
		try (ConsolePeer one = connect(1)) {
			assertThat(one.type(":stop\n").rest()).startsWith("console  DRAINING").contains("this one");
			await().atMost(Patience.limit()).until(() -> console.state() == ServerState.STOPPED);
		}
	}

	@Test
	void anExpressionMayStopItsOwnServer() throws Exception {
		SocketServer console = this.servers.get("console");
		try (ConsolePeer one = connect(1)) {
			assertThat(one.type("#servers.server('console').get().stop(); 'said'\n").rest()).startsWith("true\nsaid\n");
			await().atMost(Patience.limit()).until(() -> console.state() == ServerState.STOPPED);
		}
	}

	/** It waits for its own server, and is neither waited for nor interrupted. */
	@Test
	void anExpressionMayCloseTheApplication() throws Exception {
		CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
		try (ConfigurableApplicationContext closed = ConsoleApplication
			.run("--spring.lifecycle.timeout-per-shutdown-phase=10m");
				ConsolePeer peer = ConsolePeer.connect(closed, "console")) {
			((DefaultListableBeanFactory) closed.getBeanFactory()).registerDisposableBean("last",
					() -> interrupted.complete(Thread.currentThread().isInterrupted()));
			peer.until("console-1> ");
			peer.type("#ctx.close()\n");
			assertThat(Patience.await(interrupted)).isFalse();
		}
	}

	@Test
	void evaluatesInASessionWithoutTouchingItsConnection(CapturedOutput log) throws Exception {
		Repl repl = this.context.getBean(Repl.class);
		try (ConsolePeer one = connect(1)) {
			one.ask("#v = 1", "console-1> ");
			SocketSession session = this.servers.session("console-1").orElseThrow();

			assertThat(repl.evaluate(session, "#v = #v + 1; T(System).out.print('x'); #session.id()"))
				.isEqualTo(new Evaluation(List.of("2", "null", "console-1"), "x", null));
			assertThat(repl.evaluate(session, "#v; @orders.fail(); 3"))
				.isEqualTo(new Evaluation(List.of("2"), "", "java.lang.IllegalStateException: sold out"));
			assertThat(repl.state(session)).containsEntry("#v", "2").containsEntry("#_1", "2");
			assertThat(log).contains("API or actuator, in console-1: #v; @orders.fail(); 3");
			assertThatExceptionOfType(BadParameterException.class).isThrownBy(() -> repl.evaluate(session, "(1"));
			assertThatExceptionOfType(BadParameterException.class)
				.isThrownBy(() -> repl.evaluate(session, "1".repeat(70_000)));
			assertThat(one.ask("#v", "console-1> ")).as("nothing was written to it").isEqualTo("2");
			one.type(":quit\n").rest();
			Patience.await(session.closed());
			assertThatExceptionOfType(RefusedOperationException.class).isThrownBy(() -> repl.evaluate(session, "1"))
				.withMessage("Session 'console-1' has ended");
		}
	}

	/** A server and a client count their sessions each for itself. */
	@Test
	void aServerAndAClientOfOneNameHavePlacesOfTheirOwn() {
		try (ConfigurableApplicationContext context = ConsoleApplication.run("--socket.servers.upper.port=0",
				"--socket.clients.upper.port=local.socket.upper.port")) {
			SocketServer server = context.getBean(SocketServers.class).get("upper");
			SocketClient client = context.getBean(SocketClients.class).get("upper");
			await().until(() -> server.sessions().count() == 1 && client.session().isPresent());
			SocketSession accepted = server.sessions().findFirst().orElseThrow();
			SocketSession connected = client.session().orElseThrow();
			assertThat(accepted.id()).isEqualTo(connected.id());
			Repl repl = context.getBean(Repl.class);

			String port = "#session.localAddress().port";
			assertThat(repl.evaluate(accepted, "#v = 1; " + port).values()).containsExactly("1", port(accepted));
			assertThat(repl.evaluate(connected, "#v; " + port).values()).containsExactly("null", port(connected));
		}
	}

	private static String port(SocketSession session) {
		return String.valueOf(session.localAddress().getPort());
	}

}
