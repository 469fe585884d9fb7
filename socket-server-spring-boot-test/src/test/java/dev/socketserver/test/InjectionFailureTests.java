package dev.socketserver.test;

import java.net.Socket;

import dev.socketserver.SocketServers;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

/**
 * Tests for what {@link LocalSocketPort} and {@link SocketConnection} say when they
 * cannot be served.
 */
class InjectionFailureTests {

	@Test
	void namesTheServersThereAre() {
		assertFails(UnknownPort.class,
				"There is no server 'eko' in the application context. The servers are 'echo', 'frames'");
		assertFails(UnknownConnection.class,
				"There is no server 'eko' in the application context. The servers are 'echo', 'frames'");
	}

	@Test
	void saysThatThereIsNoServerAtAll() {
		assertFails(NoServers.class, "There is no server 'echo' in the application context. "
				+ "There are no servers at all: configure one with socket.servers.<name>.port");
		assertFails(Disabled.class, "There is no server 'echo'");
	}

	@Test
	void asksWhetherThereIsAnApplication() {
		assertFails(NoApplication.class, "no SocketServers bean. Is the test a @SpringBootTest, ");
	}

	@Test
	void saysThatAServerDoesNotListen() {
		assertFails(Stopped.class, "Server 'echo' does not listen: it is STOPPED");
	}

	@Test
	void namesAFieldOrParameterOfAnotherType() {
		assertFails(PortAsText.class, "@LocalSocketPort is for an int, not for java.lang.String");
		assertFails(ConnectionAsSocket.class, "@SocketConnection is for a SocketTestClient, not for java.net.Socket");
	}

	@Test
	void refusesFieldsThatCannotBeSetAgain() {
		assertFails(StaticField.class, "cannot be static or final: static int ");
		assertFails(FinalField.class, "cannot be static or final: private final int ");
	}

	private static void assertFails(Class<?> testClass, String message) {
		Events tests = EngineTestKit.engine("junit-jupiter").selectors(selectClass(testClass)).execute().allEvents();
		assertThat(tests.failed().stream()).as(testClass.getSimpleName()).isNotEmpty();
		tests.failed()
			.assertThatEvents()
			.allSatisfy(
					(event) -> assertThat(finishedWithFailure(message((text) -> text.contains(message))).matches(event))
						.as("%s", event)
						.isTrue());
	}

	@SpringBootTest(classes = TestServers.class,
			properties = { TestServers.ECHO_PORT, TestServers.FRAMES_PORT, TestServers.FRAMES_FRAMING })
	static class Servers {

		@Test
		void test() {
		}

	}

	static class UnknownPort extends Servers {

		@LocalSocketPort("eko")
		int port;

	}

	static class UnknownConnection extends Servers {

		@Test
		void another(@SocketConnection("eko") SocketTestClient client) {
		}

	}

	@SpringBootTest(classes = NoServers.Application.class)
	static class NoServers {

		@Test
		void test(@LocalSocketPort("echo") int port) {
		}

		@EnableAutoConfiguration
		static class Application {

		}

	}

	static class NoApplication {

		@Test
		void test(@LocalSocketPort("echo") int port) {
		}

	}

	@TestPropertySource(properties = "socket.enabled=false")
	static class Disabled extends Servers {

		@LocalSocketPort("echo")
		int port;

	}

	@DirtiesContext
	@TestPropertySource(properties = "context=own") // stops no server of others
	static class Stopped extends Servers {

		@SocketConnection("echo")
		SocketTestClient client;

		@BeforeAll
		static void stop(@Autowired SocketServers servers) {
			servers.get("echo").stop();
		}

	}

	static class PortAsText extends Servers {

		@Test
		void another(@LocalSocketPort("echo") String port) {
		}

	}

	static class ConnectionAsSocket extends Servers {

		@Test
		void another(@SocketConnection("echo") Socket client) {
		}

	}

	static class StaticField extends Servers {

		@LocalSocketPort("echo")
		static int port;

	}

	static class FinalField extends Servers {

		@LocalSocketPort("echo")
		private final int port = 0;

	}

}
