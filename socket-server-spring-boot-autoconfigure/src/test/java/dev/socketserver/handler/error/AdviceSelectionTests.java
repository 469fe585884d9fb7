package dev.socketserver.handler.error;

import ch.qos.logback.classic.Level;
import dev.socketserver.ConnectionHandler;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandlerAdvice;
import dev.socketserver.autoconfigure.lifecycle.ConfiguredEntries;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.handler.error.AdvisedHandlers.Advised;
import dev.socketserver.handler.error.AdvisedHandlers.Marked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;

import static org.assertj.core.api.Assertions.assertThat;

/** Which handlers an advice is for, and which objects can be one. */
class AdviceSelectionTests {

	@RegisterExtension
	final LogLines log = new LogLines(ConfiguredEntries.class);

	@ParameterizedTest
	@CsvSource({ "ByName,function", "ByPackage,elsewhere", "ByType,connection", "ByAnnotation,marked",
			"ByAnnotation,marked-method", "ByAny,function", "ByAny,connection", "ByAny,marked" })
	void aSelectedHandlerHasAdvice(String advice, String server) {
		AdvisedHandlers.with(selecting(advice), server).run((context) -> {
			try (TestPeer peer = AdvisedHandlers.peer(context, server)) {
				assertThat(peer.ask("fail")).isEqualTo("selected");
			}
			assertThat(this.log.messages(Level.WARN)).isEmpty();
		});
	}

	@ParameterizedTest
	@CsvSource({ "ByName,connection", "ByPackage,function", "ByType,function", "ByAnnotation,function",
			"ByAny,consumer" })
	void anotherHandlerHasNoneAndThatIsAWarning(String advice, String server) {
		AdvisedHandlers.with(selecting(advice), server).run((context) -> {
			try (TestPeer peer = AdvisedHandlers.peer(context, server)) {
				peer.send("fail\n");
				assertThat(peer.read()).isNull();
			}
			assertThat(this.log.messages(Level.WARN)).containsExactly("Advice bean 'adviceSelectionTests." + advice
					+ "' applies to no handler of a server or client: correct its @SocketHandlerAdvice annotation, "
					+ "or remove it");
		});
	}

	@Test
	void adviceOfADisabledServerIsNotWarnedOf() {
		AdvisedHandlers.with(ByName.class, "connection")
			.withPropertyValues("socket.servers.function.port=0", "socket.servers.function.enabled=false")
			.run((context) -> assertThat(this.log.messages(Level.WARN)).isEmpty());
	}

	@Test
	void anAdviceMayBeAProxyOrAPrototype() {
		AdvisedHandlers.with(ProxiedAdvice.class, "function").run((context) -> {
			try (TestPeer peer = AdvisedHandlers.peer(context, "function")) {
				assertThat(peer.ask("fail")).isEqualTo("advised: a proxy");
			}
		});
		AdvisedHandlers.with(PrototypeAdvice.class, "function").run((context) -> {
			try (TestPeer peer = AdvisedHandlers.peer(context, "function")) {
				assertThat(peer.ask("fail")).isEqualTo("1");
				assertThat(peer.ask("fail")).as("another object").isEqualTo("1");
			}
		});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "WithoutMethods|is an advice without an @OnError method",
			"WithMessages|is an advice, and has @OnMessage methods: method ",
			"WithFailedMessage|parameter 2 (java.lang.String message) has a type that cannot be passed to such a method",
			"PrivateBehindProxy|cannot be intercepted by the proxy of the bean, as it is private" })
	void anAdviceThatCannotWorkFailsTheStart(String advice, String problem) {
		AdvisedHandlers.with(selecting(advice), "function")
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.hasStackTraceContaining(problem)
				.hasStackTraceContaining("adviceSelectionTests." + advice));
	}

	private static Class<?> selecting(String advice) {
		try {
			return Class.forName(AdviceSelectionTests.class.getName() + "$" + advice);
		}
		catch (ClassNotFoundException ex) {
			throw new IllegalArgumentException(ex);
		}
	}

	static class Selected {

		@OnError
		String any() {
			return "selected";
		}

	}

	@SocketHandlerAdvice("${there.is.none:function}")
	static class ByName extends Selected {

	}

	@SocketHandlerAdvice(basePackages = "dev.socketserver.handler.error.elsewhere")
	static class ByPackage extends Selected {

	}

	@SocketHandlerAdvice(assignableTypes = ConnectionHandler.class)
	static class ByType extends Selected {

	}

	@SocketHandlerAdvice(annotations = Marked.class)
	static class ByAnnotation extends Selected {

	}

	@SocketHandlerAdvice(value = "function", assignableTypes = ConnectionHandler.class, annotations = Marked.class)
	static class ByAny extends Selected {

	}

	@Configuration(proxyBeanMethods = false)
	static class ProxiedAdvice {

		@Bean
		Advised errors() {
			return AdvisedHandlers.proxied(new Advised(), true);
		}

	}

	@SocketHandlerAdvice
	@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
	static class PrototypeAdvice {

		private int answers;

		@OnError
		String any() {
			this.answers++;
			return Integer.toString(this.answers);
		}

	}

	@SocketHandlerAdvice
	static class WithoutMethods {

	}

	@SocketHandlerAdvice
	static class WithMessages {

		@OnError
		void any() {
		}

		@OnMessage
		void message(String line) {
		}

	}

	@SocketHandlerAdvice
	static class WithFailedMessage {

		@OnError
		void any(Exception failure, String message) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PrivateBehindProxy {

		@Bean("bean of adviceSelectionTests.PrivateBehindProxy")
		WithPrivateMethod errors() {
			return AdvisedHandlers.proxied(new WithPrivateMethod(), true);
		}

	}

	@SocketHandlerAdvice
	static class WithPrivateMethod {

		@OnError
		private void any() {
		}

	}

}
