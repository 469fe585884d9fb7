package dev.socketserver.autoconfigure;

import java.util.List;
import java.util.stream.Stream;

import dev.socketserver.ConversationHandler;
import dev.socketserver.ServerState;
import dev.socketserver.actuate.SocketServersEndpoint;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.OnOpen;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.actuate.SocketServersEndpointAutoConfiguration;
import dev.socketserver.autoconfigure.actuate.SocketSessionsEndpointAutoConfiguration;
import dev.socketserver.autoconfigure.health.SocketServersHealthContributorAutoConfiguration;
import dev.socketserver.autoconfigure.metrics.SocketServerMetricsAutoConfiguration;
import dev.socketserver.autoconfigure.observation.SocketObservationAutoConfiguration;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;
import dev.socketserver.exchange.Ask;
import dev.socketserver.exchange.ImportSocketExchanges;
import dev.socketserver.exchange.SocketExchange;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.fixtures.spring.AheadOfTime;
import dev.socketserver.framing.Framing;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Scope;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application that was processed ahead of time, as the first step to a native image or
 * by itself: its servers are still those of the properties with which it is started.
 */
@Tag("long")
class ProcessedAheadOfTimeTests {

	/**
	 * All in one test: for each, all classes are loaded anew and the application is
	 * processed and compiled.
	 */
	@Test
	@CompileWithForkedClassLoader
	@ExtendWith(OutputCaptureExtension.class)
	void whatStartsIsWhatThePropertiesAtTheStartSay(CapturedOutput output) {
		// What endpoints there are is settled then, but not what servers and clients.
		AheadOfTime
			.process(Application.class, "management.endpoints.web.exposure.include=socketservers",
					"socket.clients.it.port=1")
			.compile((start) -> {
				assertThatServersAreThere(start);
				assertThatClientsFramingsEndpointsAndMetersAreThere(start);
				assertThatObservationsThatWereLeftOutAreWarnedAbout(start, output);
			});
	}

	private static void assertThatServersAreThere(AheadOfTime.Start start) throws Exception {
		try (GenericApplicationContext context = start.with("socket.servers.upper.port=0",
				"socket.servers.count.port=0", "socket.servers.talk.port=0", "socket.servers.talk.execution.mode=pool",
				"socket.clients.it.port=1", "socket.clients.it.start.auto=false");
				TestPeer upper = TestPeer.connect(context, "upper");
				TestPeer count = TestPeer.connect(context, "count");
				TestPeer talk = TestPeer.connect(context, "talk")) {
			assertThat(upper.ask("a line")).isEqualTo("A LINE");
			assertThat(count.line()).isEqualTo("0");
			assertThat(count.ask("one")).isEqualTo("1");
			assertThat(count.ask("two")).isEqualTo("2");
			assertThat(talk.ask("a word")).isEqualTo("a word, and no more");
		}
	}

	private static void assertThatClientsFramingsEndpointsAndMetersAreThere(AheadOfTime.Start start) throws Exception {
		try (GenericApplicationContext context = start.with("socket.servers.upper.port=0",
				"socket.servers.upper.framing=bars", "socket.clients.it.port=local.socket.upper.port",
				"socket.clients.it.framing=bars")) {
			assertThat(context.getBean(SocketClients.class).get("it").ask("me", Patience.limit()))
				.succeedsWithin(Patience.limit())
				.isEqualTo("ME");
			assertThat(context.getBean(UpperExchange.class).say("you")).isEqualTo("YOU");
			assertThat(context.getBean(SocketServersEndpoint.class).socketServer("upper").state())
				.isEqualTo(ServerState.RUNNING);
			assertThatWhatStandsForAClientDoesNotCloseIt(context);
		}
	}

	private static void assertThatWhatStandsForAClientDoesNotCloseIt(GenericApplicationContext context)
			throws Exception {
		Asking asking = context.getBean(Asking.class);
		assertThat(asking.ask("us")).isEqualTo("US");
		DefaultListableBeanFactory beans = context.getDefaultListableBeanFactory();
		List<String> named = Stream.of(beans.getBeanNamesForType(SocketClient.class))
			.filter(beans::containsSingleton)
			.toList();
		assertThat(named).hasSize(1);

		named.forEach(beans::destroySingleton);

		assertThat(asking.ask("them")).isEqualTo("THEM");
	}

	private static void assertThatObservationsThatWereLeftOutAreWarnedAbout(AheadOfTime.Start start,
			CapturedOutput output) {
		assertThat(output).doesNotContain("socket.observations.enabled");
		start.with("socket.observations.enabled=on", "socket.clients.it.port=1", "socket.clients.it.start.auto=false")
			.close();
		assertThat(output).contains("Property socket.observations.enabled has no effect: ")
			.contains("processed ahead of time");
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ SocketServerAutoConfiguration.class, SocketServersEndpointAutoConfiguration.class,
			SocketSessionsEndpointAutoConfiguration.class, SocketServersHealthContributorAutoConfiguration.class,
			SocketServerMetricsAutoConfiguration.class, SocketObservationAutoConfiguration.class,
			MetricsAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class,
			EndpointAutoConfiguration.class })
	@Import({ Asking.class, Counting.class, UpperHandler.class })
	@ImportSocketExchanges(UpperExchange.class)
	static class Application {

		@Bean
		@SocketHandler("talk")
		ConversationHandler<String, String> talk() {
			return (conversation) -> conversation.send(conversation.receive() + ", and no more");
		}

		@Bean
		Framing bars() {
			return Framing.delimiter("|");
		}

	}

	/** Has a client by its name. */
	record Asking(SocketClient client) {

		Asking(@Qualifier("it") SocketClient client) {
			this.client = client;
		}

		String ask(String text) throws Exception {
			return (String) this.client.ask(text, Patience.limit()).get();
		}

	}

	@SocketExchange("${upper.client:it}")
	interface UpperExchange {

		@Ask(value = "{text}", timeout = "5m")
		String say(String text);

	}

	@SocketHandler("count")
	@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
	static class Counting {

		private int count;

		@OnOpen
		int opened() {
			return this.count;
		}

		@OnMessage
		int counted(String line) {
			return ++this.count;
		}

	}

}
