package dev.socketserver.mailbox.autoconfigure;

import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

import javax.sql.DataSource;

import dev.socketserver.StreamHandler;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.mailbox.DeviceApplication;
import dev.socketserver.mailbox.MailboxUnavailableException;
import dev.socketserver.mailbox.SocketMailbox;
import dev.socketserver.mailbox.delivery.Deliveries;
import dev.socketserver.mailbox.delivery.ServerMailbox;
import dev.socketserver.mailbox.delivery.StoreAccess;
import dev.socketserver.mailbox.properties.MailboxProperties.Acknowledge;
import dev.socketserver.mailbox.properties.MailboxProperties.SendOn;
import dev.socketserver.mailbox.store.LetterStore;
import dev.socketserver.mailbox.store.MemoryLetterStore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What the properties of the mailbox do when the application starts.
 */
@ExtendWith(OutputCaptureExtension.class)
class MailboxPropertiesTests {

	private static final String SERVER = "socket.servers.devices.mailbox.";

	private static final String DEFAULTS = "socket.server-defaults.mailbox.";

	private static void assertFails(Supplier<ConfigurableApplicationContext> start, String text) {
		assertThatThrownBy(() -> start.get().close())
			.satisfies((failure) -> assertThat(DeviceApplication.reason(failure)).hasMessageContaining(text));
	}

	private static List<ServerMailbox> mailboxes(ConfigurableApplicationContext application) {
		return application.getBean(Deliveries.class).of("device");
	}

	@Test
	void eachKeyHasADefaultAndIsInherited() {
		try (ConfigurableApplicationContext application = DeviceApplication.run()) {
			assertThat(mailboxes(application)).containsExactly(new ServerMailbox("devices", "device", Acknowledge.REPLY,
					SendOn.BOUND, Duration.ofSeconds(10), Duration.ofSeconds(30), 5, Duration.ofSeconds(10)));
		}
		try (ConfigurableApplicationContext application = DeviceApplication.run(SERVER + "identity=device",
				DEFAULTS + "acknowledge=written", DEFAULTS + "send-on=message", DEFAULTS + "active=1s",
				DEFAULTS + "timeout=2s", DEFAULTS + "attempts=3", DEFAULTS + "retry=4s")) {
			assertThat(mailboxes(application))
				.containsExactly(new ServerMailbox("devices", "device", Acknowledge.WRITTEN, SendOn.MESSAGE,
						Duration.ofSeconds(1), Duration.ofSeconds(2), 3, Duration.ofSeconds(4)));
		}
	}

	@Test
	void anEmptyIdentitySwitchesAnInheritedOneOff(CapturedOutput output) {
		try (ConfigurableApplicationContext application = DeviceApplication.run(SERVER + "identity=",
				DEFAULTS + "identity=device", SERVER + "attempts=3")) {
			assertThat(mailboxes(application)).isEmpty();
		}
		assertThat(output)
			.contains("Property socket.servers.devices.mailbox.attempts has no effect: mailbox.identity is not set");
	}

	@Test
	void nothingIsMadeThatNobodyUses() {
		try (ConfigurableApplicationContext application = DeviceApplication.run(SERVER + "identity=")) {
			assertThat(application.getBeanFactory().containsSingleton(SocketMailboxAutoConfiguration.STORE_ACCESS))
				.isFalse();
			assertThat(application.getBean(SocketMailbox.class)).isNotNull();
			assertThat(application.getBeanFactory().containsSingleton(SocketMailboxAutoConfiguration.STORE_ACCESS))
				.isTrue();
		}
	}

	/** Its connections may be closed then, so that its failures mean nothing. */
	@Test
	void storeRestsIfTheApplicationIsStoppedWhileItIsFirstUsed() throws Exception {
		try (ConfigurableApplicationContext application = DeviceApplication.run(List.of(BrokenStore.class),
				SERVER + "identity=", "socket.mailbox.poll=1h")) {
			SocketMailboxLifecycle lifecycle = application.getBean(SocketMailboxLifecycle.class);
			application.getBeanFactory().addBeanPostProcessor(new BeanPostProcessor() {

				@Override
				public Object postProcessAfterInitialization(Object bean, String name) {
					if (bean instanceof Deliveries) {
						CompletableFuture.runAsync(lifecycle::stop, (task) -> new Thread(task).start()).join();
						application.getBean(BrokenStore.class).broken = true;
					}
					return bean;
				}

			});
			assertRestsUntil(application, lifecycle::start);
		}
	}

	@Test
	void storeRestsIfItIsFirstUsedWhileTheApplicationIsStopped() throws Exception {
		try (ConfigurableApplicationContext application = DeviceApplication.run(List.of(BrokenStore.class),
				SERVER + "identity=", "socket.mailbox.poll=1h")) {
			SocketMailboxLifecycle lifecycle = application.getBean(SocketMailboxLifecycle.class);
			lifecycle.stop();
			application.getBean(BrokenStore.class).broken = true;
			assertRestsUntil(application, lifecycle::start);
		}
	}

	private static void assertRestsUntil(ConfigurableApplicationContext application, Runnable start) throws Exception {
		SocketMailbox mailbox = application.getBean(SocketMailbox.class);
		StoreAccess access = application.getBean(StoreAccess.class);
		assertThat(Patience.await(failure(mailbox))).isInstanceOf(MailboxUnavailableException.class);
		assertThat(access.outage()).isNull();
		start.run();
		assertThat(Patience.await(failure(mailbox))).isInstanceOf(MailboxUnavailableException.class);
		Patience.within(() -> assertThat(access.outage()).isNotNull());
	}

	private static CompletableFuture<@Nullable Throwable> failure(SocketMailbox mailbox) {
		return mailbox.letters("device", "7")
			.handle((letters, failure) -> (failure instanceof CompletionException) ? failure.getCause() : failure);
	}

	@Test
	void valuesThatCannotWorkFailTheStart(CapturedOutput output) {
		assertFails(() -> DeviceApplication.run(SERVER + "identity=a:b"),
				"Property socket.servers.devices.mailbox.identity is 'a:b': it must be a word without a colon");
		assertFails(() -> DeviceApplication.run(SERVER + "attempts=0"),
				"Property socket.servers.devices.mailbox.attempts is '0': it must be at least 1");
		assertFails(() -> DeviceApplication.run(DEFAULTS + "timeout=0"),
				"Property socket.server-defaults.mailbox.timeout is '0': it must be at least 1 ms");
		assertFails(() -> DeviceApplication.run("socket.mailbox.ttl=8d"),
				"Property socket.mailbox.ttl is '8d': it must not be longer than socket.mailbox.max-ttl, which is 7d");
		assertFails(() -> DeviceApplication.run("socket.mailbox.capacity=0"),
				"Property socket.mailbox.capacity is '0': it must be at least 1");
		assertFails(() -> DeviceApplication.run("socket.mailbox.nope=1"),
				"Property socket.mailbox.nope is '1': there is no such key");
		assertFails(() -> DeviceApplication.run("socket.mailbox.store=jdbc"),
				"Property socket.mailbox.store is 'jdbc': the application has no DataSource");
		assertFails(
				() -> DeviceApplication.runWithRedis("spring.datasource.url=jdbc:h2:mem:both", "socket.mailbox.store="),
				"Property socket.mailbox.store is not set: the application has both a DataSource and a connection to "
						+ "Redis. Set it to jdbc or redis.");
	}

	@Test
	void severalDatabasesOfWhichNoneIsPrimaryFailTheStart() {
		List<Class<?>> two = List.of(TwoDatabases.class);
		String text = "the application has several beans of type DataSource, and none is primary. Mark one as @Primary.";
		assertFails(() -> DeviceApplication.run(two, "socket.mailbox.store="),
				"Property socket.mailbox.store is not set: " + text);
		assertFails(() -> DeviceApplication.run(two, "socket.mailbox.store=jdbc"),
				"Property socket.mailbox.store is 'jdbc': " + text);
		DeviceApplication.run(two, "socket.mailbox.store=memory").close();
	}

	@Test
	void aHandlerThatReadsByItselfFailsTheStart() {
		assertFails(
				() -> DeviceApplication.run(List.of(Streams.class), "socket.servers.streams.port=0",
						"socket.servers.streams.mailbox.identity=device"),
				"Property socket.servers.streams.mailbox.identity is 'device': letters need a handler of messages, with "
						+ "frames, and server 'streams' has another");
	}

	@Test
	void aServerOfUdpMustTellRepliesFromOtherDatagrams() {
		String udp = "socket.servers.devices.protocol=udp";
		String inTurn = "socket.servers.devices.requests=one-at-a-time";
		String text = "Property socket.servers.devices.mailbox.identity is 'device': whatever a peer of UDP sends next, "
				+ "such as a login, would acknowledge a letter that was lost. Set correlator, or requests to "
				+ "one-at-a-time and requests-late to a time such as 10s.";
		assertFails(() -> DeviceApplication.run(udp), text);
		assertFails(() -> DeviceApplication.run(udp, inTurn), text);
		// Of several listeners one may have such peers.
		assertFails(() -> DeviceApplication.run("socket.servers.devices.listeners.radio.protocol=udp",
				"socket.servers.devices.listeners.radio.port=0"), text);
		DeviceApplication.run(udp, inTurn, "socket.servers.devices.requests-late=10s").close();
		DeviceApplication.run(udp, SERVER + "acknowledge=written").close();
	}

	@Configuration(proxyBeanMethods = false)
	static class TwoDatabases {

		@Bean
		DataSource first() {
			return new DriverManagerDataSource("jdbc:h2:mem:first");
		}

		@Bean
		DataSource second() {
			return new DriverManagerDataSource("jdbc:h2:mem:second");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Streams {

		@Bean
		@SocketHandler("streams")
		StreamHandler streams() {
			return (in, out, session) -> out.write("hello".getBytes(StandardCharsets.UTF_8));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class BrokenStore {

		private final LetterStore memory = new MemoryLetterStore(InstantSource.system());

		volatile boolean broken;

		@Bean
		LetterStore store() {
			return (LetterStore) Proxy.newProxyInstance(getClass().getClassLoader(),
					new Class<?>[] { LetterStore.class }, (proxy, method, arguments) -> {
						if (this.broken && method.getDeclaringClass() == LetterStore.class) {
							throw new MailboxUnavailableException("The store is closed", null);
						}
						return method.invoke(this.memory, arguments);
					});
		}

	}

}
